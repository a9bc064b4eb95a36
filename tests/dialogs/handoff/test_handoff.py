"""A person is wanted: anywhere, with or without an address, once."""

from typing import Any

from msgspec.structs import replace

from dialogs.handoff.handoff import TELL_AFTER, TELL_SUPPORT
from dialogs.messages.contact import EmailProven
from dialogs.messages.handoff import (
    AgentGone,
    AgentLeft,
    AgentTook,
    HumanRequested,
    MailSupport,
    RequestHuman,
    SupportMailed,
    SupportNotMailed,
)
from tests.dialogs.driver import NOW, SELLER, Driver, activated, card_filled, contact_proven, ordered, signed_up
from tests.table import table


@table("stage", [signed_up, contact_proven, card_filled, ordered, activated])
def test_with_an_address_known_the_promise_is_made_at_once_and_the_talk_goes_on(stage: type[Driver]) -> None:
    customer = stage()
    at = customer.at
    customer.command("agent")

    proven = customer.books.email_verified
    assert customer.heard == ["handoff.promised" if proven else "handoff.promised_notice"]
    assert MailSupport("jan@example.com") in customer.calls
    assert (customer.at, customer.case.handoff.mode) == (at, "waiting")
    assert customer.asked, "the customer may go on at the step"


def test_without_an_address_it_is_asked_for() -> None:
    customer = Driver().command("agent")
    assert customer.at == "handoff.agent_email"
    assert customer.case.handoff.mode == "waiting", "the wish is stored whatever comes"
    customer.write("jan@example.com")

    assert customer.heard == ["handoff.promised_notice"]
    assert customer.calls == [MailSupport("jan@example.com")]
    assert customer.at == "account.start"


def test_who_leaves_at_the_question_is_reported_once_and_once_more_with_the_address() -> None:
    customer = Driver().command("agent")
    assert customer.timers[TELL_SUPPORT] == NOW + TELL_AFTER
    customer.timer(TELL_SUPPORT).timer(TELL_SUPPORT)
    assert customer.calls == [MailSupport(None)]
    assert (customer.heard, customer.at) == ([], "handoff.agent_email"), "nothing changes for the customer"

    customer.write("jan@example.com")
    assert customer.calls == [MailSupport(None), MailSupport("jan@example.com", "address")]
    assert customer.timer(TELL_SUPPORT).called(MailSupport) == 2


def test_an_address_in_time_needs_one_letter() -> None:
    customer = Driver().command("agent").write("jan@example.com")
    assert TELL_SUPPORT not in customer.timers
    assert customer.timer(TELL_SUPPORT).calls == [MailSupport("jan@example.com")], "one that was due already is late"


def test_who_signs_up_instead_is_answered_there() -> None:
    customer = signed_up()
    customer.calls.clear()
    customer.case = replace(customer.case, handoff=Driver().command("agent").timer(TELL_SUPPORT).case.handoff)
    assert customer.prove_email().calls == [MailSupport("jan@example.com", "address")]
    assert customer.case.handoff.email == "jan@example.com"


def test_whoever_wanted_no_letter_is_reported_at_once_the_next_time() -> None:
    customer = Driver().command("agent").press("agent_email:skip").happen(AgentTook("agent-anna", "Anna"))
    customer.happen(AgentLeft()).command("agent")
    assert customer.calls == [MailSupport(None), MailSupport(None)]


def test_who_was_taken_in_time_is_not_reported() -> None:
    customer = Driver().command("agent").happen(AgentTook("agent-anna", "Anna"))
    assert TELL_SUPPORT not in customer.timers
    assert customer.calls == []


def test_asked_twice_it_counts_once() -> None:
    customer = contact_proven().command("agent").given(RequestHuman, HumanRequested(NOW, first=False)).command("agent")

    assert (customer.heard, customer.called(MailSupport)) == (["handoff.already"], 1)


@table("intent", ["talk_to_agent", "complaint"])
def test_a_person_is_wanted_in_words(intent: str) -> None:
    assert contact_proven().want(intent).case.handoff.mode == "waiting"


@table("result", [SupportMailed(), SupportNotMailed()])
def test_the_promise_stands_whether_the_letter_left_or_not(result: SupportMailed | SupportNotMailed) -> None:
    customer = contact_proven().holding(MailSupport).command("agent").answer(MailSupport, result)

    assert (customer.heard, customer.at) == ([], "company.tax_number")


@table("move", ["cancel", "restart"])
def test_the_wish_outlives_the_answers(move: str) -> None:
    customer = Driver().press("start:sign_up").write("jan@example.com").command("agent").command(move)

    assert customer.case.handoff.mode == "waiting"
    assert customer.at == "account.start", "the address is known; it isn't asked again"


def test_the_button_that_offers_a_person_works() -> None:
    customer = signed_up().write("x", "y", "z")
    assert "/agent" in customer.buttons

    assert customer.press("/agent").heard == ["handoff.promised_notice"]


@table(
    "away", [{"seller": replace(SELLER, desk=replace(SELLER.desk, mail_replies_after=None))}, {"channel": "telegram"}]
)
def test_where_no_answer_is_mailed_none_is_promised_and_no_address_asked_for(away: dict[str, Any]) -> None:
    customer = Driver(**away).command("agent")
    assert (customer.heard[-1], customer.at) == ("handoff.here", "account.start")
    assert customer.calls == [MailSupport(None)]
    known = replace_of(signed_up(), away).command("agent")
    assert known.heard == ["handoff.here"]
    known.hear(AgentTook("a-anna", "Anna")).write("Halo?").hear(AgentGone("a-anna", "put_back"))
    assert known.heard == ["handoff.put_back"]


def replace_of(customer: Driver, fields: dict[str, Any]) -> Driver:
    """The same customer elsewhere."""
    for name, value in fields.items():
        setattr(customer, name, value)
    return customer


def test_what_is_promised_is_what_will_be_mailed() -> None:
    assert signed_up().command("agent").heard == ["handoff.promised_notice"], "nobody has proven the address yet"
    proven = signed_up()
    proven.hear(EmailProven("jan@example.com", NOW))
    assert proven.command("agent").heard == ["handoff.promised"]
