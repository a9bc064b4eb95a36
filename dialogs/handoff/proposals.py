"""Addresses that an agent typed: the customer is asked, old and new beside each other, and only their yes counts.

Asked on every way back from the agent, before anything else, without losing what the customer was in the middle of.
Whoever doesn't answer is written to at the address that holds; after a week it is asked no more.
"""

from datetime import datetime, timedelta

from msgspec.structs import replace

from dialogs.account.log_ins import ask_password_unless_fresh
from dialogs.kit import (
    AddressProposed,
    AddressTaken,
    Answered,
    Cancelled,
    Decision,
    Dialog,
    DropTimer,
    Effect,
    Event,
    Option,
    Params,
    PutRight,
    Say,
    SetTimer,
    Word,
    then,
)
from dialogs.messages.account import AccountLeft, EmailChanged, LoggedIn
from dialogs.messages.einvoice import InvoiceEmailChanged
from dialogs.messages.letters import SendNote
from dialogs.state import Became, ConversationState, Ctx, Handoff, Proposal
from values.account_view import NO_BOOKS, AccountView
from values.rules import NOTE_ADDRESS_PROPOSED, NOTE_ADDRESS_REPLACED

#: The timer that runs while a proposal waits for the customer.
WAITING = "proposed_address"
TOLD_AFTER = timedelta(days=1)
"""So long after it the address that holds is written to, if nobody has answered."""
LAPSES_AFTER = timedelta(days=7)
REMEMBERED = 8
"""Of so many proposals an agent sees what became of them."""
_NUMBERED = 9
_ACCOUNT, _INVOICES = "account.email", "einvoice.invoice_email"
_TOLD_ELSEWHERE = (_ACCOUNT, _INVOICES)
"""Steps whose own change tells the address before, once it has really changed."""


def judge_proposal(
    proposal: Proposal, case: ConversationState, now: datetime, books: AccountView = NO_BOOKS
) -> Became | None:
    """Return what became of a proposal; None while it waits for the customer, who may have logged out.

    Without `books` an address that they have counts as it was.
    """
    if proposal.became is not None:
        return proposal.became
    if now - proposal.at >= LAPSES_AFTER:
        return "lapsed"
    in_books = (_INVOICES,) if case.account.id is None else _TOLD_ELSEWHERE
    if proposal.step in in_books and not books.id:
        return None
    held = _held(proposal.step, proposal.slot, case, books)
    return "superseded" if _is_theirs(proposal, case) and held != proposal.old else None


def find_asked_proposal(s: Handoff, ctx: Ctx) -> Proposal | None:
    """Return the proposal that the customer is asked about: the oldest that waits."""
    waiting = (p for p in s.proposals if _is_theirs(p, ctx.case) and _waits(p, ctx))
    return next(waiting, None)


def _waits(proposal: Proposal, ctx: Ctx) -> bool:
    return judge_proposal(proposal, ctx.case, ctx.now, ctx.books) is None


def _is_theirs(proposal: Proposal, case: ConversationState) -> bool:
    return proposal.account in (None, case.account.id)


def _held(step: str, slot: str, case: ConversationState, books: AccountView) -> str | None:
    if step == _INVOICES:
        return books.einvoice_email or case.find_email(books)
    if step == _ACCOUNT:
        return case.find_email(books)
    value = getattr(getattr(case, step.partition(".")[0]), slot)
    return None if value is None else str(value)


def _payload(answer: str, number: int) -> str:
    return f"proposed_address:{answer}" if number == 1 else f"proposed_address:{answer}-{number}"


def _ways(s: Handoff, ctx: Ctx) -> tuple[Option, ...]:
    proposal = find_asked_proposal(s, ctx)
    number = proposal.number if proposal is not None else 1
    return (
        Option(_payload("yes", number), "option.proposed_address.yes"),
        Option(_payload("no", number), "option.proposed_address.no"),
    )


def _shown(s: Handoff, ctx: Ctx) -> Params:
    proposal = find_asked_proposal(s, ctx)
    return {} if proposal is None else _told_of(proposal)


def _told_of(proposal: Proposal) -> Params:
    name = proposal.step.partition(".")[2]
    return {"name": proposal.by, "what": Word(f"label.{name}"), "old": proposal.old, "new": proposal.new}


def add_proposals(dialog: Dialog[Handoff]) -> None:
    """Declare the question, and what becomes of proposals at any step."""
    _asking(dialog)
    _coming_and_going(dialog)


def _asking(dialog: Dialog[Handoff]) -> None:
    question = dialog.choose(
        "proposed_address",
        _ways,
        done=lambda s, _c: not s.proposals,  # looked at in every turn
        when=lambda s, c: bool(s.proposals) and s.mode != "agent" and find_asked_proposal(s, c) is not None,
        params=_shown,
        intents={
            intent: tuple(_payload(answer, number) for number in range(1, _NUMBERED + 1))
            for intent, answer in (("affirm", "yes"), ("deny", "no"))
        },
        counted=False,
        said_back=False,
    )

    @question.on(Answered)
    def settle_proposal(s: Handoff, e: Answered, ctx: Ctx) -> Decision[Handoff]:
        """Take the address as the customer's own answer, or keep the one that holds.

        After a silence a stranger may have found the chat open: a change takes the password first.
        """
        proposal = find_asked_proposal(s, ctx)
        if proposal is None:
            return then(s)
        if not str(e.value).startswith("yes"):
            refused = _ended(s, proposal, "refused")
            return then(refused, *_timed(refused, ctx), Say("handoff.proposal_refused", _told_of(proposal)))
        if (again := ask_password_unless_fresh(ctx)) is not None:
            return then(s, again)
        accepted = _ended(s, proposal, "accepted")
        return then(accepted, *_timed(accepted, ctx), PutRight(proposal.step, proposal.new))


def _coming_and_going(dialog: Dialog[Handoff]) -> None:
    @dialog.always(AddressProposed)
    def keep_proposal(s: Handoff, e: AddressProposed, ctx: Ctx) -> Decision[Handoff]:
        """Keep the proposal in place of an older one for the same step; what holds already takes that back."""
        held = _held(e.step, e.slot, ctx.case, ctx.books)
        older = find_waiting_proposal(s, e.step, ctx)
        if e.address == held:
            if older is None:
                return then(s, Say("refused.same_address"))
            withdrawn = _ended(s, older, "withdrawn")
            return then(withdrawn, *_timed(withdrawn, ctx))
        if older is not None and older.new == e.address:
            return then(s)
        number = (s.proposals[-1].number if s.proposals else 0) % _NUMBERED + 1
        new = Proposal(e.step, e.slot, e.address, ctx.now, number, held, ctx.case.account.id, s.name)
        before = s if older is None else _ended(s, older, "superseded")
        kept = replace(before, proposals=(*before.proposals, new)[-REMEMBERED:])
        return then(kept, *_timed(kept, ctx))

    @dialog.always(InvoiceEmailChanged)
    def end_overtaken_proposal(s: Handoff, _e: InvoiceEmailChanged, ctx: Ctx) -> Decision[Handoff]:
        """End what was proposed in place of an address that has been replaced otherwise."""
        older = next((p for p in s.proposals if p.step == _INVOICES and p.became is None), None)
        ended = s if older is None else _ended(s, older, "superseded")
        return then(ended, *(() if older is None else _timed(ended, ctx)))

    @dialog.always(AddressTaken)
    def warn_former_address(s: Handoff, e: AddressTaken, ctx: Ctx) -> Decision[Handoff]:
        """Write to the address before, where the change of the step doesn't do that itself."""
        proposal = _last_accepted(s, e.step, e.address)
        return then(s, *(_replaced(proposal, ctx) if proposal is not None and e.step not in _TOLD_ELSEWHERE else ()))

    @dialog.always(EmailChanged)
    def warn_former_email(s: Handoff, e: EmailChanged, ctx: Ctx) -> Decision[Handoff]:
        """Write to the account's address before, which nobody has proven, of a change that came from an agent."""
        proposal = _last_accepted(s, _ACCOUNT, e.email)
        fits = proposal is not None and e.old == proposal.old
        return then(s, *(_replaced(proposal, ctx) if proposal is not None and fits else ()))

    @dialog.always(Cancelled)
    @dialog.always(AccountLeft)
    def drop_account_proposals(s: Handoff, _e: Event, _ctx: Ctx) -> Decision[Handoff]:
        """Drop what was proposed for an account that isn't to be made any more."""
        return then(_only_of(s, None, others=True))


def find_waiting_proposal(s: Handoff, step: str, ctx: Ctx) -> Proposal | None:
    """Return the step's proposal that waits for the customer."""
    return next((p for p in s.proposals if p.step == step and _waits(p, ctx)), None)


def drop_others_proposals(s: Handoff, e: LoggedIn) -> Handoff:
    """Return the slots with what is of this account alone: another's addresses are nothing to it."""
    return _only_of(s, e.view.id)


def look_at_proposals(s: Handoff, ctx: Ctx) -> Decision[Handoff]:
    """Write to the addresses that hold while nobody answers; end what is a week old."""
    found = tuple(_looked_at(p, ctx) for p in s.proposals)
    told = (new for old, new in zip(s.proposals, found, strict=True) if new.told and not old.told)
    letters = (_letter(NOTE_ADDRESS_PROPOSED, proposal) for proposal in told)
    looked = replace(s, proposals=found)
    return then(looked, *_timed(looked, ctx), *(letter for letter in letters if letter is not None))


def _looked_at(proposal: Proposal, ctx: Ctx) -> Proposal:
    if judge_proposal(proposal, ctx.case, ctx.now) == "lapsed":
        return replace(proposal, became="lapsed")
    waits = _waits(proposal, ctx) and ctx.now - proposal.at >= TOLD_AFTER
    return replace(proposal, told=True) if waits else proposal


def _replaced(proposal: Proposal, ctx: Ctx) -> tuple[Effect, ...]:
    letter = _letter(NOTE_ADDRESS_REPLACED, replace(proposal, account=ctx.case.account.id))
    return () if letter is None else (letter,)


def _letter(note: str, proposal: Proposal) -> SendNote | None:
    """Return the letter to the address that holds, or held; without an account nobody was ever written to there."""
    if proposal.account is None or proposal.old is None or "@" not in proposal.old:
        return None
    return SendNote(note, proposal.account, proposal.old, proposal.step.partition(".")[2])


def _last_accepted(s: Handoff, step: str, address: str) -> Proposal | None:
    found = (p for p in reversed(s.proposals) if (p.step, p.new, p.became) == (step, address, "accepted"))
    return next(found, None)


def _ended(s: Handoff, proposal: Proposal, became: Became) -> Handoff:
    ended = (replace(p, became=became) if p is proposal else p for p in s.proposals)
    return replace(s, proposals=tuple(ended))


def _only_of(s: Handoff, account_id: str | None, *, others: bool = False) -> Handoff:
    """Return the slots with the proposals of this account, or with those of all `others`."""
    return replace(s, proposals=tuple(p for p in s.proposals if (p.account == account_id) is not others))


def _timed(s: Handoff, ctx: Ctx) -> tuple[Effect, ...]:
    """Return the timer for what is due next."""
    waiting = [p for p in s.proposals if _waits(p, ctx)]
    due = [p.at + (LAPSES_AFTER if p.told else TOLD_AFTER) for p in waiting]
    return (SetTimer(WAITING, min(due)),) if due else (DropTimer(WAITING),)
