"""Questions about the step or the desk: answered in place, nothing changes, the same question is open again."""

from collections.abc import Callable

from dialogs.kit import Said
from tests.dialogs.driver import BY_NUMBER, Driver, card_filled, contact_proven, signed_up
from tests.kit.rows import all_rows
from tests.table import table
from values.meaning import Intent, Unclear

STAGES = [Driver, signed_up, contact_proven, card_filled]
QUESTIONS = {
    "ask_bot": ["kit.aside.bot"],
    "ask_ads": ["kit.aside.ads"],
    "ask_readers": ["kit.aside.readers"],
    "ask_kept": ["kit.aside.kept"],
    "ask_pay_later": ["kit.aside.pay_later"],
    "ask_pay_by": ["payment.pay_within"],
    "ask_currency": ["kit.aside.currency"],
    "ask_term": ["order.for_how_long"],
    "ask_trial": ["zone.no_trial"],
    "ask_renewal": ["order.renews"],
    "ask_later": ["kit.aside.later"],
    "ask_safe": ["kit.aside.safe"],
    "ask_progress": ["kit.where"],
}


@table("question", QUESTIONS)
@table("stage", STAGES)
def test_a_question_about_the_desk(stage: Callable[[], Driver], question: str) -> None:
    customer = stage()
    at = customer.at
    assert customer.want(question).heard[-len(QUESTIONS[question]) :] == QUESTIONS[question]
    assert customer.at == at


@table("stage", STAGES)
def test_a_question_about_the_step_is_answered_by_its_help(stage: Callable[[], Driver]) -> None:
    customer = stage()
    at = customer.at
    assert customer.want("ask_step").heard[-1] == f"{at}.help"
    assert customer.at == at


def test_whether_it_has_to_be() -> None:
    assert contact_proven().want("ask_need").heard == ["kit.aside.needed", "company.tax_number.help"]


@table("stage", STAGES)
@all_rows
def test_asking_about_an_end_ends_nothing(stage: Callable[[], Driver], question: str, answer: str) -> None:
    customer = stage()
    before, at = customer.case, customer.at
    assert answer in customer.want(question).heard
    assert (customer.at, customer.case.account, customer.case.order) == (at, before.account, before.order)


def test_where_nothing_is_sold_there_is_no_order_to_cancel() -> None:
    customer = Driver(seller=BY_NUMBER)
    assert customer.want("ask_cancel").heard[-1:] == ["kit.aside.cancel"]
    assert "kit.aside.unknown" in customer.want("ask_leaving").heard


def test_a_person_is_offered_but_not_called() -> None:
    customer = signed_up().want("ask_bot")
    assert "/agent" in customer.buttons
    assert customer.case.handoff.mode == "bot"


def test_a_question_without_an_answer_is_said_to_have_none() -> None:
    customer = contact_proven().say(Intent("out_of_scope", 0.9, (), "Kto wygrał mecz?"))
    assert customer.heard == ["kit.aside.unknown", "company.tax_number.help"]
    assert customer.case.talk.misses == 0


def test_what_may_help_stands_right_below_its_offer() -> None:
    """The price lets one change renewal and method; beside a question without an answer these would be its help."""
    price, unanswered = Intent("ask_price", 1.0), Unclear((), "is there a discount for clubs?")
    assert {"edit:auto_renewal", "edit:method"} <= set(card_filled().say(price).buttons)

    customer = card_filled().hear(Said(price, also=(unanswered,)))
    assert customer.heard[:2] == ["order.cart", "kit.aside.unanswered"]
    assert customer.buttons[0] == "/agent"
    assert not any(payload.startswith("edit:") for payload in customer.buttons)
