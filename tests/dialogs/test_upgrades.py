"""Conversations of an earlier release under a later one: slots reshaped or dropped; steps added, removed, moved."""

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from msgspec.structs import replace

from dialogs import state
from dialogs.journey import journey
from dialogs.kit import Answered, Decision, Dialog, Journey, Option, then
from dialogs.messages.order import PlaceOrder
from dialogs.order import order
from dialogs.versions import LADDER, VERSION, dump, load
from tests.dialogs.driver import SELLER, Driver, known_account, with_company
from tests.specimens.archives import conversations, releases
from tests.specimens.stored import with_kept
from tests.table import table
from values.meaning import NavigationCommand
from values.seller import Seller

DIALOGS = tuple(journey(SELLER.dialogs).dialogs.values())


FIRST = conversations("0.1.0")


def specimen(name: str, texts: Mapping[str, str] = FIRST) -> Any:
    return json.loads(texts[name])["stored"]


def contact(**slots: Any) -> dict[str, Any]:
    """A conversation as 0.1.0 stored it, of which only the contact is known."""
    return {"v": 1, "contact": slots}


# --- reshaped: 0.1.0's two slots of a code are one value ---


def test_there_is_a_rung_for_every_version() -> None:
    assert sorted(LADDER) == list(range(1, VERSION))


def test_a_code_that_was_awaited_is_awaited() -> None:
    old = specimen("code-awaited")

    assert old["contact"]["challenge"] == "challenge-1"
    assert load(old).contact.code == state.PhoneCode("challenge-1", datetime.fromisoformat(old["contact"]["sent_at"]))


def test_a_code_that_was_being_sent_is_being_sent() -> None:
    found = load(contact(phone="+48512000999", challenge="challenge-1")).contact
    assert found == state.Contact(phone="+48512000999", code=state.PhoneCode("challenge-1"))


def test_what_was_proven_is_proven() -> None:
    assert load(specimen("summary-shown")).contact == state.Contact(phone="+48512000999", proven="+48512000999")


moments = st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat)
slots = st.fixed_dictionaries(
    {},
    optional={
        "phone": st.none() | st.text(),
        "proven": st.none() | st.text(),
        "challenge": st.none() | st.text(),
        "sent_at": st.none() | moments,
        "phone_proven_at": st.none() | moments,
        "email_proven_at": st.none() | moments,
    },
)


@given(slots)
def test_any_contact_of_0_1_0_is_read_and_nothing_of_it_is_lost(known: dict[str, Any]) -> None:
    raw = contact(**known)
    before = copy.deepcopy(raw)

    case = load(raw)

    assert raw == before, "the stored state itself was changed"
    assert (case.contact.phone, case.contact.proven) == (known.get("phone"), known.get("proven"))
    assert (case.contact.email_proven_at is None) == (known.get("email_proven_at") is None)
    assert (case.contact.code.challenge if case.contact.code else None) == known.get("challenge")
    assert load(json.loads(json.dumps(dump(case)))) == case


@given(st.sampled_from(sorted(FIRST)), st.data())
def test_a_state_that_knows_less_is_read_too(name: str, data: st.DataObject) -> None:
    """Slots are left out where nothing is known: any of them may be missing."""
    raw = specimen(name)
    for dialog in sorted(raw.keys() - {"v", "talk"}):
        for slot in sorted(raw[dialog]):
            if data.draw(st.booleans(), label=f"without {dialog}.{slot}"):
                del raw[dialog][slot]
    customer = Driver(case=load(raw))

    assert load(dump(customer.case)) == customer.case
    assert customer.at


def test_what_is_no_contact_is_named() -> None:
    with pytest.raises(ValueError, match="contact"):
        load({"v": 1, "contact": ["+48512000999"]})


FORMS_OF_0_16_0: dict[str, Any] = {"contact_forms": "email,sms", "ticked": ["sms"], "id": "company-1"}


def test_forms_of_contact_are_the_answer_to_a_question_of_the_seller_s() -> None:
    talk = {"revising": "company.contact_forms", "answered": ["company.confirm", "company.contact_forms"]}
    case = load({"v": 4, "talk": talk, "company": FORMS_OF_0_16_0, "own_data": {"left": {"company": FORMS_OF_0_16_0}}})

    asked = state.OwnAnswers(ticked={"contact_forms": "sms"})
    assert (case.own, case.company) == (asked, state.Company(id="company-1", of="company-1", over=True))
    assert case.talk.revising == "own.contact_forms"
    assert case.talk.answered == ("company.confirm", "own.contact_forms")
    assert case.own_data.left is not None
    assert case.own_data.left.own == asked


def test_forms_of_contact_of_a_company_that_is_not_saved_wait_for_it() -> None:
    assert load({"v": 4, "company": {"contact_forms": "none"}}).own == state.OwnAnswers({"contact_forms": "none"})


def test_of_a_company_being_changed_what_was_typed_stays_and_what_was_seen() -> None:
    kept = {"tax_number": "5260250274", "name": "Znana", "street": "ul. Stara 1", "source": "mf", "id": "company-9"}
    typed = {"tax_number": "5260250274", "name": "Znana", "street": "ul. Nowa 5", "source": "customer", "kept": kept}
    company = load({"v": 6, "company": typed}).company

    seen = state.CompanySeen(state.CompanyData("Znana", "ul. Stara 1", "", ""), None, None)
    assert company == state.Company(street="ul. Nowa 5", source="customer", of="company-9", over=True, seen=seen)


def test_orders_that_were_placed_are_placed_in_what_was_put_aside_too() -> None:
    def flat(id: str) -> dict[str, Any]:
        return {"id": id, "number": "FS/1", "items": [["standard", 1]]}

    left = {"order": flat("order-1") | {"behind": flat("order-0")}}
    case = load({"v": 2, "order": flat("order-2"), "own_data": {"left": left}}).own_data.left

    assert case is not None
    assert case.order.placed == state.PlacedOrder("order-1")
    assert case.order.behind == state.Order(placed=state.PlacedOrder("order-0"))


def test_a_log_in_is_one_value_and_what_was_yes_is_true() -> None:
    account = {"entry": "log_in", "id": "account-1", "inside": True, "known_as": "jan", "email": "jan@example.com"}
    case = load({"v": 2, "account": account, "on_file": {"found": "yes"}, "lost_password": {"sent": None}})

    assert case.account == state.Account(entry="log_in", login=state.LogIn("account-1", inside=True))
    assert (case.on_file.told, case.lost_password.sent, case.contact.letter_sent) == ("found", False, False)


# --- dropped ---


@table("name", sorted(FIRST))
def test_a_slot_that_is_gone_is_forgotten(name: str) -> None:
    """When the number was proven lies in the account's record; 0.1.0 kept it here, too."""
    assert ("phone_proven_at" in FIRST[name]) == ("proven" in specimen(name).get("contact", {}))
    assert "phone_proven_at" not in json.dumps(dump(load(specimen(name))))


# --- gone: the summary, whose sums stand on the order's card ---

DEARER = replace(SELLER, plans=tuple(replace(plan, net=plan.net + 10000) for plan in SELLER.plans))


def of_release(release: str, name: str, seller: Seller = SELLER) -> Driver:
    """A conversation as this release stored it."""
    stored = specimen(name, conversations(release))
    case = load(stored)
    view = with_company(known_account(id=case.account.id), case)
    return Driver(seller, case).read_books(with_kept(view, stored))


@table("release", [release for release in releases() if "summary-shown" in conversations(release)])
@table("name", ["summary-shown", "ready-to-order"])
def test_whoever_stood_at_the_summary_or_behind_it_orders_from_the_card(release: str, name: str) -> None:
    customer = of_release(release, name).press("confirm:yes")
    if customer.at == "order.email_link":
        customer.prove_email()
    assert (customer.at, customer.asked, customer.case.order.pay) == ("order.pay", True, None)
    customer.press("terms:withdraw", "terms:accept", "clauses:withdraw", "clauses:accept", "pay:now")

    assert (customer.at, customer.done(PlaceOrder)) == ("payment.payment", 1)


@table("release", ["0.3.0", "0.4.0", "0.5.0"])
def test_sums_that_changed_since_the_summary_are_told_before_the_order(release: str) -> None:
    customer = of_release(release, "ready-to-order", DEARER).press("pay:now")

    assert (customer.heard, customer.at) == (["order.refused.price_changed"], "order.pay")
    assert customer.press("pay:now").case.order.pay == "now"


def test_what_isnt_asked_for_yet_shows_nothing() -> None:
    assert load({"v": 3, "order": {"method": "blik"}}).talk.shown is None
    assert load({"v": 3}) == state.ConversationState()


# --- steps added, removed, put elsewhere ---


def with_years() -> Journey:
    """The journey of a release that asks for how many years, first of all in the order."""
    years = Dialog("order", state.Order).choose(
        "how_long",
        lambda _s, _c: (Option("how_long:1", "option.years.1"), Option("how_long:2", "option.years.2")),
        slot="years",
        when=lambda s, _c: s.id is None,
    )

    @years.on(Answered)
    def chosen(s: state.Order, e: Answered, _ctx: Any) -> Decision[state.Order]:
        return then(structs.replace(s, years=int(str(e.value))))

    asking = copy.copy(order.dialog)
    asking.steps = [years, *order.dialog.steps]
    return Journey([asking if dialog is order.dialog else dialog for dialog in DIALOGS])


def under(way: Journey, name: str) -> Driver:
    """A conversation of 0.1.0 under another journey."""
    customer = Driver(case=load(specimen(name)))
    customer.journey = way
    return customer


@table("name", ["discount-given", "summary-shown", "email-awaited", "ready-to-order"])
def test_a_step_added_is_asked_of_whoever_is_beyond_it_and_then_the_talk_goes_on(name: str) -> None:
    before, customer = Driver(case=load(specimen(name))).at, under(with_years(), name)
    if before.startswith("order."):
        assert customer.at == "order.how_long"
        assert customer.press("how_long:2").at == before
        assert customer.case.order.years == 2
    else:
        assert customer.at == before


@table("name", ["ordered", "paid", "active", "einvoice-put-off", "code-awaited", "greeted"])
def test_a_step_added_is_not_asked_where_it_does_not_apply(name: str) -> None:
    assert under(with_years(), name).at == Driver(case=load(specimen(name))).at


def rebuilt(dialog: Dialog[Any], steps: Sequence[Any]) -> Journey:
    """The journey with other steps in one dialog; what named a step that is gone names it no more."""
    own = copy.copy(dialog)
    own.steps = list(steps)
    dialogs = [own if known is dialog else copy.copy(known) for known in DIALOGS]
    there = {step.path for known in dialogs for step in known.steps}

    def left(names: tuple[str, ...], near: str) -> tuple[str, ...]:
        return tuple(name for name in names if (name if "." in name else f"{near}.{name}") in there)

    for known in dialogs:
        known.steps = [
            replace(s, needs=left(s.needs, s.dialog), ways=replace(s.ways, edits=left(s.ways.edits, s.dialog)))
            for s in known.steps
        ]
    return Journey(dialogs)


def changes() -> Iterator[Any]:
    """Each step removed, each two neighbours swapped; but the zone, where every journey ends."""
    for dialog in DIALOGS:
        for i, step in enumerate(dialog.steps):
            if dialog.name != "zone":
                yield pytest.param(dialog, [*dialog.steps[:i], *dialog.steps[i + 1 :]], id=f"without {step.path}")
            if i > 0:
                before = dialog.steps[i - 1]
                swapped = [*dialog.steps[: i - 1], step, before, *dialog.steps[i + 1 :]]
                yield pytest.param(dialog, swapped, id=f"{step.path} before {before.name}")


@table(("dialog", "steps"), list(changes()))
def test_whatever_becomes_of_a_step_no_conversation_is_stuck(dialog: Dialog[Any], steps: list[Any]) -> None:
    way = rebuilt(dialog, steps)
    for name in FIRST:
        customer = under(way, name)
        customer.say(NavigationCommand("help"))
        assert customer.asked or customer.case.talk.awaiting or customer.step.awaits_machine, name
        assert load(dump(customer.case)) == customer.case


def test_a_case_that_was_never_stored_is_todays() -> None:
    assert load({}) == state.ConversationState()


# --- an order that is asked about: the books have what was copied of it ---


def test_an_order_that_was_asked_about_is_asked_about() -> None:
    asked = {"seen_at": "2026-11-20T09:00:00Z", "unpaid": {"id": "order-9", "number": "FS/2026/000009"}}
    aside = {"v": 5, "own_data": {"left": {"purchases": asked}}}
    assert load({"v": 5, "purchases": asked}).purchases == state.Purchases(open="order-9")
    left = load(aside).own_data.left
    assert left is not None
    assert left.purchases.open == "order-9"
    assert load({"v": 5, "purchases": {"seen_at": "2026-11-20T09:00:00Z"}}) == state.ConversationState()
