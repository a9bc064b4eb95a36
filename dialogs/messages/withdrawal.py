"""Commands and events of withdrawals, which count from the hour in which they are stated, and of refunds."""

from datetime import datetime
from typing import ClassVar, Literal

from dialogs.kit.effects import BackgroundJob, Command, Job
from dialogs.kit.messages import Event, News, WhoSpeaks
from dialogs.state import PlacedOrder
from values.money import Money
from values.private import Private


class KeepWithdrawal(Command):
    """Keep a statement with its words and hour. `account_id`: whoever states it is logged in to that account.

    `number`: of the contract that a button named, without words.
    """

    account_id: str | None
    words: Private[str] = ""
    number: str | None = None


class WithdrawalKept(News):
    """A stored statement. `first` is False if it was stated before; `decision` as of then.

    `number` is the contract's; without one, any of `among` may be meant. `unpaid` is the id of an order that nobody has
    paid for, which is all that there is to withdraw from. `bound`: an account stands behind it. `left`: something
    stated here waits for its account still; `anothers`: that isn't the one that is logged in.
    """

    id: str
    stated_at: datetime
    number: str | None = None
    among: tuple[PlacedOrder, ...] = ()
    unpaid: str | None = None
    first: bool = True
    bound: bool = True
    decision: str | None = None
    left: bool = False
    anothers: bool = False


class StandBehindWithdrawal(Command):
    """Give the account what was stated in this conversation before it was logged in."""

    account_id: str


class NothingStated(Event):
    """There is no such statement that waits."""


class FindUndecided(Command):
    """Look whether a statement of this conversation waits for a decision still."""


class UndecidedFound(Event):
    """The statement of this conversation that waits; None where none does."""

    id: str | None = None


class NameContract(Command):
    """Say which contract a statement is about."""

    id: str
    order_id: str


class ContractNamed(Event):
    """The statement is about the contract with this number."""

    number: str


class WithdrawalJudged(WhoSpeaks):
    """A person accepts or refuses a statement. `number`: the contract's; `reason`: why not, for the customer."""

    id: str
    accepted: bool
    number: str | None = None
    reason: Private[str | None] = None


class DecideWithdrawal(Command):
    """Decide on a statement, once."""

    id: str
    accepted: bool
    number: str | None = None
    reason: Private[str | None] = None


class ActNoted(WhoSpeaks):
    """An agent did something of which nothing is said here: a letter asks for a proof, a refund waits for another."""


class ProofMailed(Event):
    """The letter's end: taken, or refused for good."""


class MailProof(Job):
    """Mail the account of this link, which is *yes, that was me*."""

    link_id: str
    outcome = ProofMailed


class WithdrawalDecided(News):
    """A decided statement. `over`: its money is back already, so that its contract has ended.

    `back`: the sum that goes back now, `kept` what is kept of it for what was used. `elsewhere`: it was made in another
    place, from which the letter is sent.
    """

    id: str
    accepted: bool
    stated_at: datetime
    number: str | None = None
    reason: Private[str | None] = None
    over: bool = False
    elsewhere: bool = False
    back: Money | None = None
    kept: Money | None = None


class ReplyAddressGiven(Event):
    """The customer said where an answer is to go."""

    email: Private[str]


class GiveBack(BackgroundJob):
    """Give money back that the seller has asked to.

    `known`: the sum that was back, or on its way, before; `told`: the customer knows of it, and hears if it fails.
    """

    refund_id: str
    known: int
    told: bool = False


class RefundSettled(Event):
    """The end of a refund: done, failed for a `reason`, or unknown where the provider never answered."""

    unasked: ClassVar[bool] = True
    refund_id: str
    outcome: Literal["done", "failed", "unknown"]
    reason: str | None = None
