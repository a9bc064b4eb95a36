"""Withdrawal from a contract: stated in words at any step, it counts from that hour.

It is kept and acknowledged at once, put before a person, and stops every charge of its contract until that person has
decided. Stated by somebody who isn't known as the contract's own it is kept all the same; it stops charges, and can be
decided, from the proof on.
"""

from msgspec.structs import replace

from dialogs.account.log_ins import is_told_by_site
from dialogs.handoff.handoff import find_own_email
from dialogs.kit import (
    AsidePressed,
    Decision,
    Declared,
    Dialog,
    Effect,
    Event,
    Option,
    Params,
    Say,
    Tell,
    need_slot,
    then,
)
from dialogs.messages import withdrawal as messages
from dialogs.messages.account import LoggedIn
from dialogs.messages.contact import EmailProven
from dialogs.messages.handoff import AgentLeft, ReplyAddressKept, RequestHuman
from dialogs.messages.letters import SendNote
from dialogs.messages.order import CancelOrder
from dialogs.order.in_books import find_order
from dialogs.state import Ctx, Withdrawal
from values.rules import NOTE_WITHDRAWAL, NOTE_WITHDRAWAL_DECIDED

REASON = "withdrawal"
"""For which the conversation waits for a person."""


def _which(s: Withdrawal, ctx: Ctx) -> tuple[Option, ...]:
    known = ((n, find_order(ctx.books, one.id)) for n, one in enumerate(s.among, start=1))
    return tuple(
        Option(f"withdrawal:{n}", "option.withdrawal.contract", {"number": order.number}, aside=True)
        for n, order in known
        if order is not None
    )


dialog = Dialog("withdrawal", Withdrawal, outlives=lambda s: s, shown_as="handoff", asides=_which)


@dialog.always(Declared)
def keep_statement(s: Withdrawal, e: Declared, ctx: Ctx) -> Decision[Withdrawal]:
    """Keep the statement, whatever is open, of any speaker; the site's word makes it nobody's own.

    An address in the same words is where the receipt goes, unless the account has one.
    """
    known = None if is_told_by_site(ctx) else ctx.case.account.id
    given = find_own_email(ctx.said.facts) if ctx.said is not None and ctx.case.find_email(ctx.books) is None else None
    kept = (Tell(ReplyAddressKept(given)),) if given is not None else ()
    stated = messages.KeepWithdrawal(e.account_id or known, e.words, e.number)
    return then(replace(s, receipt=e.receipt), *kept, stated)


@dialog.always(messages.WithdrawalKept)
def acknowledge_withdrawal(s: Withdrawal, e: messages.WithdrawalKept, ctx: Ctx) -> Decision[Withdrawal]:
    """Acknowledge it with its hour, in the chat and by letter, and put it before a person."""
    if e.decision is not None:
        return then(s, Say(f"withdrawal.before.{e.decision}", {"number": e.number, "stated_at": e.stated_at}))
    waiting = replace(s, id=e.id, bound=e.bound and not e.left, among=e.among)
    said = "kept" if e.first else "again"
    unpaid = (CancelOrder(e.unpaid),) if e.unpaid is not None else ()
    bound = "unpaid" if unpaid else e.bound  # nothing is charged for what is cancelled at once
    params: Params = {"number": e.number, "stated_at": e.stated_at, "bound": bound}
    told = Say(f"withdrawal.{said}", params, alone=bool(unpaid))  # nor is it asked to be ordered anew
    which = _asked_which(waiting, e, ctx)
    letter = _letter(s, ctx, e)
    waiting = replace(waiting, unsent=not letter and s.receipt is None, receipt=None)
    return then(waiting, told, *letter, *unpaid, *which, *_before_a_person(ctx))


@dialog.always(LoggedIn)
def claim_statement_on_log_in(s: Withdrawal, e: LoggedIn, _ctx: Ctx) -> Decision[Withdrawal]:
    """Have the account stand behind what was stated before, once its holder has proved to be that."""
    return then(s, *(_stand_behind(s, e.view.id) if e.told_by is None else ()))


@dialog.always(EmailProven)
def claim_statement_by_email(s: Withdrawal, e: EmailProven, ctx: Ctx) -> Decision[Withdrawal]:
    """Have the account stand behind it whose address is proven."""
    account_id = ctx.case.account.id
    return then(s, *(_stand_behind(s, account_id) if account_id is not None and ctx.books.email == e.email else ()))


@dialog.always(messages.NothingStated)
def stop_claiming_statement(s: Withdrawal, _e: messages.NothingStated, _ctx: Ctx) -> Decision[Withdrawal]:
    """Leave all as it is: it is decided by now, or gone with a person who was erased."""
    return then(replace(s, bound=True, among=()))


@dialog.always(messages.ReplyAddressGiven)
def send_waiting_letter(s: Withdrawal, e: messages.ReplyAddressGiven, _ctx: Ctx) -> Decision[Withdrawal]:
    """Send the letter that had no address until now."""
    if s.id is None or not s.unsent:
        return then(s)
    return then(replace(s, unsent=False), SendNote(NOTE_WITHDRAWAL, s.id, e.email))


@dialog.always(AsidePressed)
def take_chosen_contract(s: Withdrawal, e: AsidePressed, ctx: Ctx) -> Decision[Withdrawal]:
    """Take the contract that the statement is about."""
    chosen = next((option for option in _which(s, ctx) if option.payload == e.payload), None)
    return (
        then(s)
        if chosen is None
        else then(s, messages.NameContract(need_slot(s.id), s.among[int(chosen.value) - 1].id))
    )


@dialog.always(messages.ContractNamed)
def tell_named_contract(s: Withdrawal, e: messages.ContractNamed, _ctx: Ctx) -> Decision[Withdrawal]:
    """Say it back."""
    return then(replace(s, among=()), Say("withdrawal.chosen", {"number": e.number}))


@dialog.always(AgentLeft)
def find_undecided_statement(s: Withdrawal, e: AgentLeft, _ctx: Ctx) -> Decision[Withdrawal]:
    """Ask for a person again while none has decided, here or where else the customer writes."""
    return then(s, *(() if s.id is None or e.blocked else (messages.FindUndecided(),)))


@dialog.always(messages.UndecidedFound)
def put_undecided_before_person(s: Withdrawal, e: messages.UndecidedFound, ctx: Ctx) -> Decision[Withdrawal]:
    """Say what waits still, and put it before a person; what nobody has proven waits for a log-in, or for its link."""
    if e.id is None:
        return then(Withdrawal() if s.bound else s)
    return then(replace(s, id=e.id), Say("withdrawal.undecided"), *_before_a_person(ctx))


@dialog.always(messages.WithdrawalJudged)
def note_decision(s: Withdrawal, e: messages.WithdrawalJudged, _ctx: Ctx) -> Decision[Withdrawal]:
    """Note the decision."""
    return then(s, messages.DecideWithdrawal(e.id, e.accepted, e.number, e.reason))


@dialog.always(messages.ActNoted)
@dialog.always(messages.ProofMailed)
def say_nothing_of_act(s: Withdrawal, _e: Event, _ctx: Ctx) -> Decision[Withdrawal]:
    """Tell nothing here: whether there is such a contract, and whose, is its account's alone to know."""
    return then(s)


@dialog.always(messages.WithdrawalDecided)
def tell_decision(s: Withdrawal, e: messages.WithdrawalDecided, ctx: Ctx) -> Decision[Withdrawal]:
    """Tell the decision, in the chat and by letter.

    Whether another statement waits is looked for when the person leaves.
    """
    told = "accepted" if e.accepted else "refused"
    sums: Params = {"back": e.back, "kept": e.kept}
    shown: Params = {"number": e.number, "stated_at": e.stated_at, "reason": e.reason, "over": e.over, **sums}
    said = Say(f"withdrawal.{told}", shown)
    letter = () if e.elsewhere else (SendNote(NOTE_WITHDRAWAL_DECIDED, e.id, _address(ctx)),)
    return then(Withdrawal(id=s.id, bound=s.bound) if s.id == e.id else s, said, *letter)


def _asked_which(s: Withdrawal, e: messages.WithdrawalKept, ctx: Ctx) -> tuple[Say, ...]:
    """Ask which contract is meant; whoever is logged in elsewhere than it is hears so, whether there is such a one."""
    if e.anothers:
        return (Say("withdrawal.anothers", {"any": bool(e.among)}, _which(s, ctx)),)
    return (Say("withdrawal.which", options=_which(s, ctx)),) if e.among else ()


def _letter(s: Withdrawal, ctx: Ctx, e: messages.WithdrawalKept) -> tuple[SendNote, ...]:
    """Return the acknowledgement, where an address is known; a proven one of the account goes before it."""
    to, page = _address(ctx), s.receipt
    if page is not None:
        return (SendNote(NOTE_WITHDRAWAL, e.id, to, name=page.name),) if page.goes else ()
    return (SendNote(NOTE_WITHDRAWAL, e.id, to),) if to or e.bound else ()


def _address(ctx: Ctx) -> str:
    return ctx.case.find_email(ctx.books) or ctx.case.handoff.email or ""


def _stand_behind(s: Withdrawal, account_id: str) -> tuple[Effect, ...]:
    return (messages.StandBehindWithdrawal(account_id),) if s.id is not None and not s.bound else ()


def _before_a_person(ctx: Ctx) -> tuple[Effect, ...]:
    """Return the request; whoever speaks with the customer already sees it."""
    handoff = ctx.case.handoff
    return () if handoff.mode == "agent" else (RequestHuman(handoff.email or ctx.case.find_email(ctx.books), REASON),)
