"""Withdrawal from a contract: it waits for a person until one has decided, here or in another conversation."""

import pytest

from dialogs.kit import Said
from dialogs.messages import withdrawal as messages
from dialogs.messages.contact import EmailProven
from dialogs.messages.handoff import AgentLeft, AgentTook
from dialogs.messages.letters import SendNote
from dialogs.messages.order import CancelOrder
from dialogs.messages.own_data import AccountErased
from dialogs.state import PlacedOrder, Withdrawal
from tests.dialogs.driver import NOW, Driver, ordered, signed_up
from tests.dialogs.driver import paid as paid_now
from values.meaning import Intent
from values.rules import NOTE_WITHDRAWAL_DECIDED

WORDS = "I withdraw from the contract"
TWO = (PlacedOrder("order-1"), PlacedOrder("order-2"))
NUMBER = "FS/2026/000001"


def stated() -> Driver:
    return paid_now().hear(Said(Intent("inform", 1.0), declared=WORDS))


def judged(customer: Driver) -> Driver:
    """A person takes it and accepts."""
    return customer.hear(AgentTook("a-anna", "Anna")).hear(messages.WithdrawalJudged("withdrawal-1", True, NUMBER))


@pytest.mark.parametrize("here", [True, False])
def test_a_statement_waits_until_it_is_decided_here_or_elsewhere_and_then_no_longer(here: bool) -> None:
    customer = stated()
    assert (customer.heard[0], customer.case.handoff.mode) == ("withdrawal.kept", "waiting")
    customer.outcomes[messages.FindUndecided] = lambda _look: messages.UndecidedFound()
    (judged(customer) if here else customer.hear(AgentTook("a-anna", "Anna"))).hear(AgentLeft())
    assert "withdrawal.undecided" not in customer.heard
    assert (customer.case.withdrawal, customer.case.handoff.mode) == (Withdrawal(), "bot")


def test_another_statement_of_the_same_conversation_waits_on() -> None:
    customer = stated()
    customer.outcomes[messages.FindUndecided] = lambda _look: messages.UndecidedFound("withdrawal-2")
    judged(customer).hear(AgentLeft())
    assert "withdrawal.undecided" in customer.heard
    assert (customer.case.withdrawal.id, customer.case.handoff.mode) == ("withdrawal-2", "waiting")


def test_the_decision_is_mailed_also_to_whoever_has_logged_out_since() -> None:
    """The letter finds its account by the statement."""
    customer = Driver().hear(messages.WithdrawalDecided("withdrawal-1", True, NOW, NUMBER))
    notes = [job for job in customer.calls if isinstance(job, SendNote)]
    assert [(note.note, note.about, note.to) for note in notes] == [(NOTE_WITHDRAWAL_DECIDED, "withdrawal-1", "")]


def test_of_two_contracts_the_customer_says_which_once() -> None:
    customer = paid_now().hear(messages.WithdrawalKept("withdrawal-1", NOW, None, TWO))
    assert "withdrawal.which" in customer.heard
    customer.press("withdrawal:2")
    assert ("withdrawal.chosen" in customer.heard, customer.done(messages.NameContract)) == (True, 1)
    customer.press("withdrawal:1")
    assert customer.done(messages.NameContract) == 1, "the question is answered"


def test_an_erased_account_has_nothing_that_waits() -> None:
    assert stated().hear(AccountErased("seller", on_file=False)).case.withdrawal == Withdrawal()


def test_without_a_log_in_the_proven_address_of_the_account_stands_behind_it() -> None:
    """Another address, proven in the same conversation, doesn't."""
    customer = signed_up().hear(messages.WithdrawalKept("withdrawal-1", NOW, bound=False))
    customer.hear(EmailProven("another@example.com", NOW))
    assert customer.done(messages.StandBehindWithdrawal) == 0
    customer.hear(EmailProven(str(customer.email), NOW))
    assert customer.done(messages.StandBehindWithdrawal) == 1
    assert customer.case.withdrawal.bound


def test_an_order_that_nobody_has_paid_is_cancelled_and_the_statement_kept() -> None:
    customer = ordered().hear(messages.WithdrawalKept("withdrawal-1", NOW, NUMBER, unpaid="order-1"))
    assert [act.order_id for act in customer.acts if isinstance(act, CancelOrder)] == ["order-1"]
    assert (customer.case.withdrawal.id, customer.case.handoff.mode) == ("withdrawal-1", "waiting")
    assert not customer.asked  # nobody is asked to order what they have just withdrawn from
    assert [say.params["bound"] for say in customer.reply if say.key == "withdrawal.kept"] == ["unpaid"]
