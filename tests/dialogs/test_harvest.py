"""Values that a message names besides: kept for their steps, said once, and never more than that."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from dialogs.kit import Said
from dialogs.kit.reaction import never
from dialogs.messages import account, contact, order
from dialogs.messages.on_file import FindOnFile, MatchContact
from dialogs.state import ConversationState
from tests.dialogs.driver import (
    BY_NUMBER,
    SELLER,
    Driver,
    card_filled,
    contact_proven,
    known_account,
    known_company,
    ordered,
    paid,
    signed_up,
)
from tests.table import table
from values.meaning import Answer, Correction, Discount, Expects, Fact, Faq, Intent, Meaning, Press, Refusal, Unclear
from values.rules import SignUp

MAIL = Fact(Expects.email, "ala@example.com")
NIP = Fact(Expects.tax_number, "1234563218")
PHONE = Fact(Expects.phone, "+48512000321")
BLIK = Fact("method", "blik")
TOLD = Intent("inform", 1.0)


def tells(customer: Driver, *facts: Fact, meaning: Meaning = TOLD) -> Driver:
    return customer.hear(Said(meaning, facts=facts, typed=True))


def named(customer: Driver) -> list[Any]:
    """The values said back, in their order."""
    what = [say.params["what"] for say in customer.reply if say.key == "kit.kept"]
    assert len(what) <= 1
    return [dict(word.params)["value"] for words in what for word in words]  # type: ignore[union-attr]


def test_all_is_kept_with_the_wish_and_asked_no_more() -> None:
    customer = tells(Driver(), MAIL, NIP, PHONE, meaning=Intent("choose_plan", 0.9))
    assert customer.at == "account.account"
    assert named(customer) == ["ala@example.com", "123-456-32-18", "+48 512 000 321"]
    customer.press("account:new")
    assert customer.at == "account.secure_page"
    customer.happen(account.PasswordSet("page-set_password", "credential-1"))
    assert customer.press("consents:required").at == "contact.contact_code"  # its code is sent all the same
    assert customer.write("123456").at == "company.confirm"  # and the company is shown
    assert customer.firm.tax_number == "1234563218"
    assert "kit.kept" not in customer.said[customer.said.index("kit.kept") + 1 :]


def test_an_email_where_an_account_is_asked_for_means_a_new_one() -> None:
    customer = tells(Driver().press("start:buy"), MAIL)
    assert (customer.case.account.has_one, customer.at) == ("new", "account.secure_page")
    assert named(customer) == ["ala@example.com"]


def test_an_email_with_words_of_logging_in_does_not() -> None:
    customer = tells(Driver().press("start:buy"), MAIL, meaning=Press("account:existing"))
    assert customer.email is None
    assert customer.case.account.has_one == "existing"


def test_an_email_with_a_wish_for_a_person_does_not() -> None:
    customer = tells(Driver().press("start:buy"), PHONE, MAIL, meaning=Faq("ksef", 1.0))
    assert (customer.at, customer.case.account.has_one) == ("account.account", None)
    assert named(customer) == ["+48 512 000 321", "ala@example.com"]


def test_the_open_steps_answer_is_taken_and_the_other_fact_too() -> None:
    customer = tells(signed_up(), NIP, PHONE, meaning=Answer("512000654 a NIP 123 456 32 18", "512000654"))
    assert (customer.at, customer.case.contact.phone) == ("contact.contact_code", "+48512000654")
    assert named(customer) == ["123-456-32-18"]


def test_an_attempt_that_is_another_steps_value_is_no_mistake() -> None:
    customer = tells(signed_up(), NIP, meaning=Answer("1234563218"))
    assert (customer.at, customer.case.talk.misses) == ("contact.phone", 0)
    assert named(customer) == ["123-456-32-18"]


def test_a_value_kept_is_changed_by_its_button_and_by_a_correction() -> None:
    customer = tells(Driver().press("start:buy"), NIP, PHONE)
    assert {"edit:tax_number", "edit:phone"} <= set(customer.buttons)
    customer.press("edit:phone")
    assert customer.at == "contact.phone"
    assert customer.write("512 000 777").case.contact.phone == "+48512000777"
    assert customer.correct("tax_number", "9876543210").firm.tax_number == "9876543210"
    assert customer.at == "account.account"


def test_what_is_kept_but_not_reached_follows_the_last_word() -> None:
    customer = tells(Driver().press("start:buy"), PHONE)
    tells(customer, Fact(Expects.phone, "+48512000777"))
    assert customer.case.contact.phone == "+48512000777"
    assert named(customer) == ["+48 512 000 777"]


def test_an_answer_is_not_changed_by_a_mention() -> None:
    customer = tells(contact_proven(), Fact(Expects.email, "ewa@example.com"))
    assert (customer.email, customer.heard) == ("jan@example.com", ["kit.chosen_before"])
    assert "edit:email" in customer.buttons


@table(("others", "number"), [(False, "9876543210"), (True, "1234563218")])
def test_another_number_than_the_one_to_be_confirmed_corrects_it_unless_somebody_elses(
    others: bool, number: str
) -> None:
    customer = tells(contact_proven().write("1234563218"), Fact(Expects.tax_number, "9876543210", others=others))
    assert (customer.at, customer.firm.tax_number) == ("company.confirm", number)


def test_another_number_where_its_code_is_asked_is_a_correction() -> None:
    customer = signed_up().write("512 000 999")
    assert customer.at == "contact.contact_code"
    tells(customer, PHONE)
    assert (customer.at, customer.case.contact.phone) == ("contact.contact_code", "+48512000321")


def test_a_fact_that_corrects_changes_an_answer_beside_another() -> None:
    customer = contact_proven()
    tells(customer, Fact(Expects.email, "ewa@example.com", corrects=True), meaning=Answer("1234563218"))
    assert (customer.firm.tax_number, customer.email) == ("1234563218", "ewa@example.com")


def test_a_method_among_facts_at_the_greeting_begins_a_purchase() -> None:
    customer = tells(Driver().command("start"), NIP, MAIL, BLIK)
    assert (customer.case.account.entry, customer.case.account.has_one) == ("buy", "new")
    assert (customer.at, customer.email) == ("account.secure_page", "ala@example.com")


def test_a_new_account_with_a_method_is_a_purchase() -> None:
    customer = tells(Driver().command("start"), MAIL, BLIK, meaning=Intent("sign_up", 0.9))
    assert (customer.case.account.entry, customer.case.account.has_one) == ("buy", "new")
    assert tells(Driver().command("start"), MAIL, meaning=Intent("sign_up", 0.9)).case.account.entry == "sign_up"


def test_a_name_is_kept_for_a_seller_who_asks_for_it() -> None:
    named_too = replace(SELLER, sign_up=SignUp(person_name=True))
    name = Fact(Expects.person_name, "Anna Nowak")
    customer = tells(Driver(named_too).press("start:buy"), name, MAIL)
    assert (customer.case.account.name, customer.at) == ("Anna Nowak", "account.secure_page")
    assert tells(Driver().press("start:buy"), name).case.account.name is None


def test_a_value_that_the_parser_refuses_is_asked_for_later() -> None:
    customer = tells(Driver().press("start:buy"), Fact(Expects.tax_number, "1234563219"), Fact(Expects.phone, "12"))
    assert (customer.firm.tax_number, customer.case.contact.phone) == (None, None)
    assert named(customer) == []


def test_a_number_that_gets_no_codes_is_asked_for_at_its_step() -> None:
    assert tells(Driver(SELLER).press("start:buy"), Fact(Expects.phone, "+41781234567")).case.contact.phone is None


def test_a_method_is_kept_and_may_not_be_asked_again() -> None:
    customer = tells(contact_proven(), BLIK, meaning=Intent("choose_payment_method", 0.9))
    assert (customer.case.order.method, customer.heard) == ("blik", ["kit.kept"])
    customer.write("1234563218").press("confirm:yes", "auto_renewal:no")
    assert customer.at == "order.terms"


def test_a_method_that_is_not_sold_is_nothing() -> None:
    assert tells(contact_proven(), Fact("method", "postal_slip")).case.order.method is None


def test_a_discount_code_among_facts_is_taken() -> None:
    customer = tells(Driver().press("start:buy"), NIP, Fact(Expects.discount_code, "START20"))
    assert (customer.case.order.discount, customer.heard) == ("START20", ["order.discount_taken", "kit.kept"])


SAID = Said(TOLD, facts=(NIP,))


@table("said", [replace(SAID, edited=True), replace(SAID, stale=True), replace(SAID, unseen=True)])
def test_a_message_that_answers_nothing_keeps_nothing(said: Said) -> None:
    assert Driver().press("start:buy").hear(said).firm.tax_number is None


def test_a_customer_on_file_may_name_the_contact_for_the_channel() -> None:
    customer = tells(
        Driver(BY_NUMBER), Fact(Expects.customer_number, "10000017"), PHONE, meaning=Intent("sign_up", 0.9)
    )
    assert customer.done(FindOnFile) == 1
    assert (customer.at, customer.done(MatchContact)) == ("contact.contact_channel", 0)
    assert tells(customer, PHONE).at == "contact.contact_code"
    assert customer.done(MatchContact) == 1


def test_a_new_password_on_file_keeps_no_contact_ahead() -> None:
    customer = tells(Driver(BY_NUMBER), MAIL, PHONE, meaning=Intent("greet", 0.9))
    assert customer.email is None
    assert customer.case.contact == ConversationState().contact


def test_facts_of_dialogs_that_the_seller_lacks_are_nothing() -> None:
    assert tells(Driver(BY_NUMBER).press("start:sign_up"), NIP).heard == ["refused.not_understood"]


def test_a_returning_customers_company_stays() -> None:
    customer = Driver().press("start:buy", "account:existing")
    customer.happen(account.LoggedIn(known_account(company=known_company())))
    assert customer.at == "company.confirm"
    tells(customer, MAIL)
    assert customer.email == "owner@example.com"


def test_only_reading_is_done_ahead() -> None:
    """What keeps an answer ahead causes nothing in the world but a look at what is stored."""
    customer = contact_proven()
    before = list(customer.acts)
    tells(customer, NIP, PHONE, MAIL, BLIK)
    assert (customer.acts, customer.done(contact.KeepPhone)) == (before, 0)


def test_every_step_that_keeps_ahead_has_one_slot() -> None:
    ahead = [step for step in Driver().journey.steps if step.answer.ahead is not never]
    assert ahead
    assert all(len(step.slots) == 1 for step in ahead)


# --- whatever is named, whenever ---

BINDING = ("consents", "statement", "terms", "clauses", "pay", "confirm", "auto_renewal", "einvoice")
VALUES = frozenset(map(str, Expects))
FACTS = st.lists(
    st.one_of(
        st.sampled_from((MAIL, NIP, PHONE, BLIK)),
        st.builds(
            lambda kind, text, adds: Fact(kind, text, adds=adds and kind not in VALUES),  # choices alone are added to
            st.sampled_from([*map(str, Expects), *BINDING, "method", "plan", "addons", "account", "start", "zone"]),
            st.sampled_from(
                "yes accept now all required done activate new existing buy card blik 1234563218 9876543210 "
                "+48512000777 ewa@example.com START20 123456 users:2 M5UXCR1 10000017 x".split()
            )
            | st.text(max_size=12),
            st.booleans(),
        ),
    ),
    max_size=5,
).map(tuple)
MEANINGS: st.SearchStrategy[Meaning] = st.sampled_from(
    (
        *(TOLD, Intent("affirm", 1.0), Intent("pay", 0.9), Intent("choose_payment_method", 0.9), Intent("greet", 0.9)),
        *(Answer("123456"), Answer("x"), Faq("ksef", 1.0), Unclear(("pay", "affirm"), "x"), Unclear((), "tak")),
        *(Refusal("nie"), Correction("email", "ewa@example.com"), Discount("START20")),
    )
)


def bound(case: ConversationState) -> tuple[object, ...]:
    its, company = case.order, case.company
    given = (its.terms, its.clauses, its.pay, its.id)
    return (*given, company.statement, company.confirmed, case.account.consents, case.einvoice.choice)


@settings(deadline=None, max_examples=150)
@given(st.sampled_from((Driver, signed_up, contact_proven, card_filled, ordered, paid)), FACTS, MEANINGS)
def test_no_facts_bind_raise_or_overwrite(stage: Any, facts: tuple[Fact, ...], meaning: Meaning) -> None:
    bare, customer = stage(), stage()
    bare.hear(Said(meaning, typed=True))
    answers = {
        path: getattr(getattr(customer.case, step.dialog), step.slots[0])
        for path in customer.case.talk.answered
        if (step := customer.journey.step(path)).slots
    }
    before, here = bound(customer.case), customer.at
    customer.hear(Said(meaning, facts=facts, typed=True))
    assert all(is_less(one, other) for one, other in zip(bound(customer.case), before, strict=True)) or (
        bound(customer.case) == bound(bare.case)
    )
    assert customer.done(order.PlaceOrder) == bare.done(order.PlaceOrder)
    renewals = {fact.text for fact in facts if fact.kind == "auto_renewal" and not (fact.others or fact.wrong)}
    renewed = customer.case.order.auto_renewal  # where it is a free choice, it may be made ahead, by its own words
    assert renewed in (bare.case.order.auto_renewal, None) or ("yes" if renewed else "no") in renewals
    for path, answer in answers.items():
        step = customer.journey.step(path)
        now = getattr(getattr(customer.case, step.dialog), step.slots[0])
        alike = getattr(getattr(bare.case, step.dialog), step.slots[0])
        discounted = path == "order.discount"
        shown = here in ("company.confirm", "order.confirm")
        assert now in (answer, alike, None) or discounted or shown, path


def is_less(now: object, before: object) -> bool:
    """Return whether nothing was given that wasn't before; it may have been taken back."""
    return now == before or now is None


WRONG_NIP = Fact(Expects.tax_number, "1234567890", wrong=True)


def test_a_wrong_value_is_told_at_once_and_the_others_are_kept() -> None:
    customer = tells(Driver(), MAIL, WRONG_NIP, PHONE)
    assert named(customer) == ["ala@example.com", "+48 512 000 321"]
    [told] = [say.params for say in customer.reply if say.key == "kit.fact_wrong"]
    assert told["value"] == "1234567890"
    assert "refused.tax_number.checksum" in repr(told["why"])
    assert customer.firm.tax_number is None


def test_a_wrong_value_of_somebody_else_or_without_a_place_is_not_spoken_of() -> None:
    assert "kit.fact_wrong" not in tells(Driver(), replace(WRONG_NIP, others=True), MAIL).heard
    assert "kit.fact_wrong" not in tells(Driver(seller=BY_NUMBER), WRONG_NIP).heard
