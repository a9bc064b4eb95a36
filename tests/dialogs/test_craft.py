"""The craft of conversation, made once for every dialog: misunderstandings, corrections, old buttons, silence."""

from datetime import UTC, datetime

from msgspec.structs import replace

from dialogs.kit import Said
from dialogs.kit.press import word_answer
from dialogs.messages.account import PasswordSet
from dialogs.messages.contact import SendCode
from dialogs.messages.order import PlaceOrder
from tests.dialogs.driver import SELLER, Driver, activated, card_filled, contact_proven, ordered, paid, signed_up
from tests.table import table
from values.incoming_text import MAX_CHARS
from values.meaning import (
    Answer,
    Empty,
    Expects,
    Fact,
    Faq,
    Intent,
    Meaning,
    NavigationCommand,
    NotText,
    Press,
    Refusal,
    SecretTyped,
    TooLong,
    Unclear,
)
from values.offer import Addon

STAGES = [Driver, signed_up, contact_proven, card_filled, ordered, paid, activated]


# --- not understood ---


def test_three_misunderstandings_help_more_each_time() -> None:
    customer = contact_proven().write("nie wiem")
    assert customer.heard == ["refused.tax_number.no_digits"]
    assert customer.write("123").heard == ["refused.tax_number.too_short", "company.tax_number.hint"]
    customer.write("1234563219")

    assert customer.heard == ["refused.tax_number.checksum", "kit.offer_human"]
    assert "/agent" in customer.buttons
    assert customer.write("1234563218").case.talk.misses == 0


def test_misunderstandings_are_counted_per_step() -> None:
    assert signed_up().write("x", "y", "512 000 999").write("x").heard == ["refused.code.no_digits"]


def test_words_without_a_meaning_get_the_parsers_reason() -> None:
    assert contact_proven().say(Intent("out_of_scope", 0.9, (), "asdf")).heard == ["refused.tax_number.no_digits"]


def test_at_a_choice_unknown_words_are_told_to_be_so() -> None:
    assert Driver().write("hmm").heard == ["kit.greeting", "refused.not_understood"]


def test_two_meanings_are_offered_to_choose_from() -> None:
    customer = Driver().say(Unclear(("log_in", "sign_up", "talk_to_agent", "ask_ksef"), "konto"))

    assert customer.heard[-1] == "kit.which"
    assert [o.payload for o in customer.reply[-1].options] == ["start:log_in", "start:sign_up", "/agent"]
    assert customer.press("start:log_in").at == "account.secure_page"


@table("guessed, heard", [("complaint", "kit.vexed"), ("talk_to_agent", "kit.for_a_person")])
def test_a_person_who_is_probably_wanted_is_offered_not_put_to_choice(guessed: str, heard: str) -> None:
    """“It doesn't work!” can't be taken in more than one way."""
    customer = Driver().say(Unclear((guessed,), "nie działa!!!"))

    assert customer.heard[-1] == heard
    assert [option.payload for option in customer.reply[-1].options] == ["/agent"]


@table("wish, heard", [("correct_data", ["kit.nothing_to_correct"]), ("add_company", [])])
def test_a_correction_of_a_company_not_yet_asked_for_is_answered(wish: str, heard: list[str]) -> None:
    at_the_code = signed_up().write("512 000 111")
    assert at_the_code.at == "contact.contact_code"

    assert at_the_code.want(wish).heard == heard
    assert contact_proven().want(wish).heard == [], "the question for the number is the answer"


def test_two_meanings_that_come_to_the_same_are_no_choice() -> None:
    customer = Driver().say(Unclear(("choose_plan", "order_addon"), "kupuję"))

    assert "kit.which" not in customer.heard
    assert customer.at == "account.account"


def test_meanings_that_no_button_stands_for_are_taken_by_the_likeliest() -> None:
    assert contact_proven().say(Unclear(("ask_price", "pay"), "ile")).heard == ["order.cart"]


# --- a question in the middle ---


@table("stage", STAGES)
def test_a_question_in_the_middle_leads_back_to_the_step(stage: type[Driver]) -> None:
    customer = stage()
    at = customer.at
    customer.say(Faq("ksef", 0.9))

    assert customer.heard[-1] == "faq.ksef"
    assert (customer.at, customer.asked) == (at, True)


@table("stage", STAGES)
@table(
    ("meaning", "words"),
    [
        (NotText("voice"), "kit.not_text"),
        (NotText("sticker"), "kit.not_text"),
        (Empty(), "kit.empty"),
        (TooLong(), "kit.too_long"),
        (SecretTyped(("card",)), "kit.secret_removed"),
        (NavigationCommand("repeat"), "kit.repeat"),
        (NavigationCommand("where"), "kit.where"),
        (Intent("thank", 0.9), "kit.thank"),
    ],
)
def test_what_is_no_answer_is_answered_and_changes_nothing(stage: type[Driver], meaning: object, words: str) -> None:
    customer = stage()
    before = customer.case
    customer.say(meaning)  # type: ignore[arg-type]

    assert customer.heard[-1] == words
    assert customer.asked
    assert replace(customer.case, talk=before.talk, purchases=before.purchases) == before


def test_a_message_too_long_is_told_how_long_it_may_be() -> None:
    assert {say.key: say.params for say in Driver().say(TooLong()).reply}["kit.too_long"] == {"most": MAX_CHARS}


@table("stage", STAGES)
def test_help_is_of_the_step(stage: type[Driver]) -> None:
    customer = stage()
    customer.command("help")

    assert customer.heard[-1] == f"{customer.at}.help"


def test_where_tells_the_part_and_how_far() -> None:
    customer = card_filled().command("where")

    done, of = customer.reply[0].params["done"], customer.reply[0].params["of"]
    assert 0 < done < of  # type: ignore[operator]
    assert signed_up().command("where").reply[0].params["of"] == of, "steps ahead count from the start"


# --- corrections ---


def test_a_slot_is_only_named() -> None:
    customer = contact_proven().correct("phone")

    assert customer.at == "contact.phone"
    assert customer.command("back").at == "company.tax_number"


def test_what_was_never_answered_cannot_be_corrected() -> None:
    assert signed_up().correct("street", "ul. Krótka 5").heard == ["kit.nothing_to_correct"]
    assert signed_up().correct("no such thing").heard == ["kit.nothing_to_correct"]


def test_a_correction_of_the_open_step_is_its_answer() -> None:
    assert contact_proven().correct("tax_number", "1234563218").at == "company.confirm"
    assert contact_proven().correct("tax_number", "123").heard == ["refused.tax_number.too_short"]


def test_the_same_answer_again_is_said_back_and_costs_nothing() -> None:
    customer = contact_proven().correct("phone", "+48 512 000 999")

    assert (customer.heard, customer.called(SendCode)) == (["kit.chosen_before"], 1)


def test_a_tax_number_and_a_phone_are_said_back_in_groups() -> None:
    assert word_answer(Expects.tax_number, "9876543210") == "987-654-32-10"
    assert word_answer(Expects.phone, "+48512000999") == "+48 512 000 999"


# --- an edited message ---


@table(("typed", "edit"), [("jan@example.com", "jam@example.com"), ("jan.example.com", "jan@example.com")])
def test_an_edited_message_corrects_the_answer_it_is_like_or_that_was_refused(typed: str, edit: str) -> None:
    customer = Driver().press("start:sign_up").write(typed).edit(edit)
    assert (customer.email, customer.at) == (edit, "account.secure_page")


def test_an_edit_that_changes_nothing_is_no_correction() -> None:
    customer = contact_proven().edit("512 000 999")

    assert (customer.heard, customer.called(SendCode)) == ([], 1)


def test_an_edit_never_presses_a_button() -> None:
    customer = Driver().say(Press("start:buy"), edited=True)
    assert (customer.at, customer.heard[-1]) == ("account.start", "kit.edit_unread")

    assert contact_proven().say(NavigationCommand("cancel"), edited=True).books.phone_verified


def test_an_edit_that_cannot_be_read_says_why() -> None:
    assert Driver().press("start:sign_up").write("jan").edit("jan.example.com").heard[0] == "refused.email.missing_at"


def test_an_edit_is_never_a_new_answer() -> None:
    customer = Driver().press("start:sign_up").edit("jan@example.com")

    assert (customer.heard, customer.at) == (["kit.edit_unread"], "account.email")


def test_an_edited_free_text_goes_to_the_answer_it_is_like() -> None:
    customer = activated()
    for name, text in (("company_name", "Bursztyn"), ("street", "ul. Długa 12"), ("city", "Gdańsk")):
        customer.press(f"edit:{name}").write(text)
    customer.edit("ul. Długa 13")

    assert customer.heard == ["kit.edit_offered"]  # it is saved: the edit changes nothing by itself
    assert "edit:street" in customer.buttons
    assert (customer.firm.street, customer.firm.city) == ("ul. Długa 12", "Gdańsk")


MAIL, PHONE, NIP = (
    Fact(Expects.email, "jan@exmple.com"),
    Fact(Expects.phone, "+48512000111"),
    Fact(Expects.tax_number, "1234563218"),
)
PUT_RIGHT = (
    Fact(Expects.email, "jan@example.com"),
    Fact(Expects.phone, "+48512000222"),
    Fact(Expects.tax_number, "9876543210"),
)
TOLD = Intent("inform", 1.0)


def told_at_once() -> Driver:
    """A customer who gave e-mail, phone and tax number in one message."""
    return Driver().press("start:buy").hear(Said(TOLD, facts=(MAIL, PHONE, NIP), typed=True))


def rewritten(customer: Driver, facts: tuple[Fact, ...], before: tuple[Fact, ...] = (MAIL, PHONE, NIP)) -> Driver:
    """The message with these values is changed."""
    return customer.hear(Said(Answer(""), edited=True, before=before, facts=facts))


def test_an_edit_replaces_every_value_that_the_message_gave() -> None:
    customer = rewritten(told_at_once(), PUT_RIGHT)

    assert customer.heard == ["kit.corrected", "kit.answer", "kit.answer"]
    known = (customer.email, customer.case.contact.phone, customer.firm.tax_number)
    assert known == ("jan@example.com", "+48512000222", "9876543210")
    assert customer.at == "account.secure_page"


def test_an_edit_keeps_what_it_names_for_the_first_time_but_answers_nothing() -> None:
    customer = rewritten(told_at_once().press("edit:phone"), (*PUT_RIGHT[:1], PUT_RIGHT[1], NIP), before=(MAIL, NIP))

    assert (customer.email, customer.case.contact.phone) == ("jan@example.com", "+48512000111")


def test_an_edit_of_a_number_that_was_sent_a_code_sends_no_second_one() -> None:
    customer = told_at_once()
    customer.happen(PasswordSet("page-set_password", "credential-1"))
    customer.press("consents:required")
    assert (customer.at, customer.called(SendCode)) == ("contact.contact_code", 1)
    rewritten(customer, (MAIL, PUT_RIGHT[1], NIP))

    assert (customer.heard, customer.called(SendCode)) == (["kit.edit_offered"], 1)
    assert "edit:phone" in customer.buttons
    assert customer.case.contact.phone == "+48512000111"


def test_an_edit_beyond_the_account_offers_the_change_of_its_address() -> None:
    customer = told_at_once()
    customer.happen(PasswordSet("page-set_password", "credential-1"))
    rewritten(customer.press("consents:required"), (PUT_RIGHT[0], PHONE, NIP))

    assert (customer.heard, customer.email) == (["kit.edit_offered"], "jan@exmple.com")
    assert "edit:email" in customer.buttons


def test_what_was_said_after_a_message_stands_against_its_edit() -> None:
    customer = told_at_once().correct("email", "ola@example.com")
    rewritten(customer, (PUT_RIGHT[0], PHONE, NIP))

    assert (customer.heard, customer.email) == (["kit.chosen_before"], "ola@example.com")


@table("first", [NavigationCommand("agent"), Intent("talk_to_agent", 1.0), Intent("complaint", 1.0)])
@table("again", [NavigationCommand("agent"), Intent("talk_to_agent", 1.0), Intent("complaint", 1.0)])
def test_who_asks_twice_for_a_person_in_one_message_is_passed_on_once(first: Meaning, again: Meaning) -> None:
    """“I want a human, not a bot” asks by its words and by the whole."""
    once = signed_up().say(first).heard

    assert signed_up().hear(Said(first, also=(again,))).heard == once


@table("meaning", [NavigationCommand("restart"), Intent("restart", 1.0), Intent("talk_to_agent", 1.0), Refusal("nie")])
def test_an_edit_of_the_last_message_wipes_and_calls_nobody(meaning: Meaning) -> None:
    customer = told_at_once()
    before = customer.case
    customer.hear(Said(meaning, before=()))

    assert (customer.heard, customer.case) == (["kit.edit_unread"], before)


def test_an_edit_changes_and_takes_out_add_ons_that_the_message_named() -> None:
    seller = replace(
        SELLER, addons=(Addon("users", 1200), Addon("space", 1800, pack=5)), dialogs=("cart", *SELLER.dialogs)
    )
    named = (Fact("addons", "users:3", adds=True), Fact("addons", "space:10 pieces", adds=True))
    customer = Driver(seller).press("start:buy").hear(Said(TOLD, facts=named, typed=True))
    assert customer.case.cart.extra == (("users", 3), ("space", 2))
    rewritten(customer, (Fact("addons", "users:5", adds=True),), before=named)

    assert customer.case.cart.extra == (("users", 5),)


def test_an_edit_like_no_answer_is_not_taken_for_one_that_any_words_fit() -> None:
    customer = card_filled().correct("company_name", "Bursztyn").press("confirm:yes").edit("karta")

    assert (customer.heard, customer.firm.name) == (["kit.edit_unread"], "Bursztyn")


# --- old buttons ---


def test_an_old_button_says_what_was_chosen_and_changes_nothing() -> None:
    customer = card_filled()
    before = customer.case
    customer.say(Press("auto_renewal:no"), stale=True)

    assert (customer.heard, customer.buttons[0]) == (["kit.chosen_before"], "edit:auto_renewal")
    assert customer.case == before
    assert customer.press("edit:auto_renewal").at == "order.auto_renewal"


def test_the_old_answer_is_said_in_the_buttons_own_words() -> None:
    customer = contact_proven().write("1234563218").press("confirm:yes", "auto_renewal:yes").press("confirm:yes")

    assert customer.reply[0].params["answer"].key == "option.company.yes"  # type: ignore[union-attr]


def test_ticked_boxes_are_said_back() -> None:
    customer = signed_up().press("consents:all")

    assert [word.key for word in customer.reply[0].params["answer"]] == ["consent.privacy.title"]  # type: ignore[union-attr]


def test_an_old_button_of_what_is_fixed_says_so_and_its_edit_tells_what_is_possible() -> None:
    customer = contact_proven().press("account:existing")
    assert customer.heard == ["kit.chosen_fixed"]
    customer.press(customer.buttons[0])

    assert customer.heard == ["kit.act_done.contact.contact_code"]
    assert "edit:phone" in customer.buttons


def test_a_button_of_a_message_that_asked_something_else_answers_nothing() -> None:
    customer = card_filled()
    customer.say(Press("pay:now"), stale=True)

    assert (customer.at, customer.heard, customer.done(PlaceOrder)) == ("order.pay", ["kit.not_now"], 0)


def test_a_button_pressed_twice_counts_once() -> None:
    customer = Driver().press("start:buy", "account:new", "account:new")

    assert (customer.at, customer.heard) == ("account.email", ["kit.chosen_before"])


@table("payload", ["edit:unheard_of", "unheard:of", "edit:page", "zone:home", "/unheard", ":", ""])
def test_an_unknown_button_is_harmless(payload: str) -> None:
    customer = contact_proven().press(payload)

    assert (customer.heard, customer.at) == (["kit.not_now"], "company.tax_number")


@table("payload", ["/help", "/back", "/lang it", "/restart"])
def test_a_command_may_stand_on_a_button(payload: str) -> None:
    assert contact_proven().press(payload).heard != ["kit.not_now"]


# --- languages ---


@table("stage", STAGES)
def test_the_language_changes_at_any_step_and_nothing_else(stage: type[Driver]) -> None:
    customer = stage()
    at = customer.at
    customer.command("lang", "it")

    assert (customer.case.talk.locale, customer.at) == ("it", at)
    assert customer.asked


def test_a_language_that_isnt_spoken_is_chosen_by_button() -> None:
    customer = Driver().command("lang", "de")

    assert customer.heard[-1] == "kit.which_language"
    assert [o.payload for o in customer.reply[-1].options] == ["/lang pl", "/lang it", "/lang en"]
    assert customer.press("/lang en").case.talk.locale == "en"
    assert customer.want("change_language").heard == ["kit.which_language"]


# --- silence ---


def test_a_page_filled_in_after_the_closing_opens_the_talk_again() -> None:
    customer = Driver().press("start:sign_up").write("jan@example.com")
    customer.timer("silence").timer("silence").timer("silence")
    customer.hear(PasswordSet("page-set_password", "c"))

    assert customer.at == "account.consents"
    assert customer.timer("silence").heard == ["kit.reminder"]


def test_a_machines_silence_is_no_customers() -> None:
    customer = signed_up().holding(SendCode).write("512 000 999").timer("silence")

    assert customer.heard == []
    assert "silence" in customer.timers


def test_the_greeting_is_said_once() -> None:
    assert Driver().command("start").command("start").said == ["kit.greeting", "kit.welcome_back"]


def test_of_a_burst_only_the_last_message_is_asked_about() -> None:
    customer = signed_up()
    waiting = customer.decide(Said(Answer("22 123 45 67")), ask=False)
    last = customer.decide(Said(Answer("22 123 45 67")), ask=True)

    assert waiting.question is None
    assert waiting.case == last.case


def test_quiet_hours_are_those_of_the_customers_country() -> None:
    in_warsaw, in_helsinki = contact_proven(), contact_proven()
    in_helsinki.read_books(replace(in_helsinki.books, phone="+358401234567"))
    for customer in (in_warsaw, in_helsinki):
        customer.now = datetime(2026, 11, 20, 20, 30, tzinfo=UTC)
        customer.timer("silence")
    assert in_warsaw.heard == ["kit.reminder"]
    assert in_helsinki.heard == []
    assert in_helsinki.timers["silence"] == datetime(2026, 11, 21, 5, tzinfo=UTC)


def test_what_cant_be_read_takes_no_button_off_the_question() -> None:
    customer = told_at_once()
    offered = {button for button in customer.buttons if button.startswith("edit:")}
    assert offered
    for kind in ("voice", "photo"):
        customer.say(NotText(kind))
        assert customer.heard == ["kit.not_text"]
        assert offered <= set(customer.buttons)
    assert len(customer.buttons) == len(set(customer.buttons)), "none stands there twice"
