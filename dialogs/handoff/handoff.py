"""Hand-off: a person is asked for, takes the conversation over, and gives it back at the same step.

While one is awaited the talk may go on; while one speaks the dialogs are silent (`Case.muted`).
"""

from collections.abc import Sequence
from datetime import timedelta

from msgspec.structs import replace

from dialogs.company.data import read_company
from dialogs.contact.in_books import email_proven
from dialogs.handoff import moving, proposals
from dialogs.kit import (
    Answered,
    Decision,
    Dialog,
    DropTimer,
    Effect,
    HumanAsked,
    Option,
    SaidToPerson,
    Say,
    SetTimer,
    Skipped,
    Speak,
    Tell,
    TimerDue,
    from_text,
    keep_slots,
    then,
)
from dialogs.messages import handoff as messages
from dialogs.messages.account import LoggedIn
from dialogs.messages.contact import EmailProven
from dialogs.messages.voice import GiveUpNote, KeepNote, NoteGivenUp, NoteKept, NoteLost
from dialogs.messages.withdrawal import ReplyAddressGiven, WithdrawalJudged
from dialogs.order.in_books import order_here, price_of
from dialogs.state import Ctx, Handoff
from dialogs.to_pay import status_of
from values.channel import Channel
from values.email import parse as parse_email
from values.meaning import Expects, Fact
from values.parsing import Ok
from values.rules import GIVE_UP

#: The timer that runs while the customer's words to a person are without an answer.
UNANSWERED = "unanswered"
#: The timer that warns agents where no page of theirs counts the minutes: in a group, in a help desk.
ANSWER_SOON = "answer_soon"
WARNED_BEFORE = timedelta(minutes=3)
_ANSWERED = (DropTimer(UNANSWERED), DropTimer(ANSWER_SOON))
#: The timer that runs while the customer is asked where the answer is to go: support is told even if they have left.
TELL_SUPPORT = "tell_support"
TELL_AFTER = timedelta(minutes=1)
_CAME: dict[messages.Came, str] = {
    "took": "handoff.taken",
    "took_over": "handoff.taken_over",
    "took_back": "handoff.stays",
}
_BACK: dict[messages.Back, str] = {
    "waited": "handoff.back_in_queue",
    "put_back": "handoff.put_back",
    "disabled": "handoff.disabled",
    "logged_out": "handoff.logged_out",
    "nobody_came": "handoff.nobody_came",
}
NOT_UNDERSTOOD = 3
"""So many answers in a row that the open step couldn't take."""


def worth_inviting(ctx: Ctx) -> bool:
    """Return whether the seller's rules ask for a person, wanted by the customer or not."""
    ruled = _is_vip(ctx) or _is_large(ctx)  # asked several times a turn: only then are all reasons gone through
    return ruled and reason_for(ctx) in ("vip", "large_order")


def _is_vip(ctx: Ctx) -> bool:
    return ctx.seller.desk.is_vip(ctx.case.find_email(ctx.books))


def _is_large(ctx: Ctx) -> bool:
    above, order = ctx.seller.desk.above, order_here(ctx)
    price = ctx.case.order.price if order is None else price_of(order)
    return above is not None and (price.net.minor if price is not None else 0) > above


def reason_for(ctx: Ctx) -> str:
    """Return the first of `dialogs.messages.handoff.REASONS` that holds; agents see it in the queue."""
    case = ctx.case
    found = (
        ("erasure", case.own_data.wanted),
        ("withdrawal", case.withdrawal.id is not None),
        ("vip", _is_vip(ctx)),
        ("payment", status_of(ctx) in ("failed", "expired")),
        ("large_order", _is_large(ctx)),
        ("wrong_data", case.company.reporting or read_company(ctx).check == "not_found"),
        ("no_contact", case.on_file.told == "no_contact"),
        ("not_understood", case.talk.misses >= NOT_UNDERSTOOD),
    )
    return next((reason for reason, holds in found if holds), "asked")


dialog = Dialog("handoff", Handoff, outlives=lambda s: s)
proposals.add_proposals(dialog)
moving.add_moving(dialog, UNANSWERED, ANSWER_SOON, TELL_SUPPORT, GIVE_UP)

email = dialog.ask(
    "agent_email",
    Expects.email,
    slot="email",
    parse=from_text(parse_email),
    when=lambda s, c: s.mode == "waiting" and c.case.find_email(c.books) is None and _asks_where(c),
    options=lambda _s, _c: (Option("agent_email:skip", "option.agent_email.skip"),),
    counted=False,
)

invite = dialog.do(
    "invite",
    lambda _s, c: messages.RequestHuman(c.case.find_email(c.books), reason_for(c)),
    when=lambda s, c: s.mode == "bot" and s.invited is None and worth_inviting(c),
    done=lambda s, _c: s.invited is not None,
)

# --- one is wanted ---


@dialog.always(HumanAsked)
def request_person(s: Handoff, e: HumanAsked, ctx: Ctx) -> Decision[Handoff]:
    """Request a person, at any step; a repeated wish counts once."""
    return then(s, messages.RequestHuman(s.email or ctx.case.find_email(ctx.books), e.reason or reason_for(ctx)))


@dialog.always(messages.HumanRequested)
def promise_answer(s: Handoff, e: messages.HumanRequested, ctx: Ctx) -> Decision[Handoff]:
    """Promise an answer; without a known address ask for one first, but not for long."""
    address = s.email or ctx.case.find_email(ctx.books)
    waiting = replace(s, mode="waiting", asked_at=s.asked_at or e.at, wished=True)
    if not e.first and _waited_for(s):
        return _told_of_erasure(waiting, ctx, Say("handoff.already"))
    waiting = replace(waiting, told=False)
    when = _when(e)
    if address:
        return _promised(waiting, ctx, address, _not_for_ever(ctx), *when)
    if s.email is not None:  # asked before: the answer is to come into the chat
        return _told(waiting, ctx, None, _not_for_ever(ctx), Say("handoff.asked"), *when)
    if not _asks_where(ctx):
        return _told(waiting, ctx, None, _not_for_ever(ctx), Say("handoff.here"), *when)
    soon = SetTimer(TELL_SUPPORT, ctx.now + TELL_AFTER)
    return then(waiting, _not_for_ever(ctx), soon, Say("handoff.asked"), *when)


@invite.on(messages.HumanRequested)
def invite_person(s: Handoff, e: messages.HumanRequested, ctx: Ctx) -> Decision[Handoff]:
    """Call a person whom the seller wants at hand; the customer goes on all the same."""
    waiting = replace(s, mode="waiting", asked_at=e.at, invited=reason_for(ctx), told=True)
    told = messages.MailSupport(ctx.case.find_email(ctx.books), "invited")
    return then(waiting, _not_for_ever(ctx), Say("handoff.invited"), told)


@email.on(Answered)
def promise_answer_by_mail(s: Handoff, e: Answered, ctx: Ctx) -> Decision[Handoff]:
    """Promise an answer to the address."""
    return _promised(s, ctx, str(e.value), Tell(ReplyAddressGiven(str(e.value))))


@email.on(Skipped)
def promise_answer_here(s: Handoff, _e: Skipped, ctx: Ctx) -> Decision[Handoff]:
    """Promise an answer in this chat."""
    here = replace(s, email="")
    return then(here, Say("handoff.here")) if s.told else _told(here, ctx, None, Say("handoff.here"))


@dialog.always(LoggedIn)
def take_account_address(s: Handoff, e: LoggedIn, ctx: Ctx) -> Decision[Handoff]:
    """Take the account's address for the answer."""
    s = proposals.drop_others_proposals(s, e)
    if not _waited_for(s) or s.email is not None or not e.view.email:
        return then(s)
    return _promised(s, ctx, e.view.email, proven=e.view.email_verified)


@dialog.always(EmailProven)
def take_proven_address(s: Handoff, e: EmailProven, ctx: Ctx) -> Decision[Handoff]:
    """Take the proven address for the answer."""
    theirs = e.email == ctx.case.find_email(ctx.books)
    wanted = theirs and _waited_for(s) and not s.email and s.told
    return _promised(s, ctx, e.email, proven=True) if wanted else then(s)


dialog.always(messages.SupportMailed, messages.SupportNotMailed, messages.AnswerMailed, messages.AnswerNotMailed)(
    keep_slots
)


# --- one speaks ---


@dialog.always(messages.AgentTook)
def introduce_person(s: Handoff, e: messages.AgentTook, ctx: Ctx) -> Decision[Handoff]:
    """Introduce the person by name; from now on the dialogs are silent.

    A customer who waits for a word waits on until it is said.
    """
    expected = s.unanswered or _waited_for(s) or (s.passed and e.how == "took")
    taken = replace(s, mode="agent", agent=e.agent, name=e.name, unanswered=expected, passed=False)
    # Of a conversation that was only assigned, nobody's name has been told.
    told = Say(_CAME[e.how] if s.name else "handoff.taken", {"name": e.name, "before": s.name})
    timer = _in_time(ctx) if expected else _ANSWERED
    owed = replace(taken, owed_since=ctx.now if expected else None)
    return then(owed, *timer, DropTimer(TELL_SUPPORT), _not_for_ever(ctx), told)


@dialog.always(messages.AgentPassed)
def await_colleague(s: Handoff, e: messages.AgentPassed, ctx: Ctx) -> Decision[Handoff]:
    """Wait for the colleague, who has no name for the customer until the first word."""
    passed = replace(s, mode="agent", agent=e.agent, passed=True, owed_since=ctx.now)
    told = Say("handoff.passed_on", {"name": s.name}) if s.name else Say("handoff.assigned")
    return then(passed, *_in_time(ctx), DropTimer(TELL_SUPPORT), _not_for_ever(ctx), told)


@dialog.always(SaidToPerson)
def start_answer_time(s: Handoff, e: SaidToPerson, ctx: Ctx) -> Decision[Handoff]:
    """Start the person's time to answer, and tell the customer once in a row what the person can hear or can't open.

    An address answers the question for one that was open when the person came.
    """
    address = (
        find_own_email(e.facts) if s.wished and s.email is None and ctx.case.find_email(ctx.books) is None else None
    )
    kept: tuple[Effect, ...] = (Tell(ReplyAddressGiven(address)),) if address is not None else ()
    if e.other is not None and e.other != s.unopened:
        kept = (*kept, Say("handoff.not_text", {"kind": e.other, "name": None if s.passed else s.name}))
    if e.note and (e.place or ctx.seller.desk.transcribe_recordings):
        kept = (*kept, KeepNote(e.note, e.place))
    heard = replace(s, unanswered=True, email=address or s.email, unopened=e.other)
    if s.unanswered or s.passed:
        return then(heard, *kept)
    return then(replace(heard, owed_since=ctx.now), *_in_time(ctx), *kept)


@dialog.always(NoteLost)
def give_up_recording(s: Handoff, e: NoteLost, _ctx: Ctx) -> Decision[Handoff]:
    """Let the line say that the recording couldn't be fetched."""
    return then(s, GiveUpNote(e.note))


dialog.always(NoteKept, NoteGivenUp)(keep_slots)


def find_own_email(facts: Sequence[Fact]) -> str | None:
    """Return the e-mail address that the customer wrote as their own."""
    named = (parse_email(one.text) for one in facts if one.kind == Expects.email and not one.others)
    return next((one.value for one in named if isinstance(one, Ok)), None)


@dialog.always(messages.ReplyAddressKept)
def take_reply_address(s: Handoff, e: messages.ReplyAddressKept, _ctx: Ctx) -> Decision[Handoff]:
    """Take the address for the answer without a word: it is the customer's own."""
    return then(replace(s, email=e.email), Tell(ReplyAddressGiven(e.email)))


@dialog.always(messages.LanguageSet)
def switch_language(s: Handoff, e: messages.LanguageSet, _ctx: Ctx) -> Decision[Handoff]:
    """Switch the language without a word: the next words are in it."""
    return then(s, Speak(e.locale))


@dialog.always(messages.AgentSpoke, WithdrawalJudged)
def stop_answer_time(s: Handoff, e: messages.AgentSpoke | WithdrawalJudged, _ctx: Ctx) -> Decision[Handoff]:
    """Stop the wait for an answer, perhaps by a colleague's first word; a decision is told in the agent's name, too."""
    by = replace(s, agent=e.agent, name=e.name) if isinstance(e, messages.AgentSpoke) else s
    return then(replace(by, unanswered=False, passed=False, owed_since=None), *_ANSWERED)


@dialog.always(messages.AgentLeft)
def resume_talk(s: Handoff, e: messages.AgentLeft, ctx: Ctx) -> Decision[Handoff]:
    """Go on where the talk stood, with the person's corrections."""
    if s.mode == "bot":
        return then(s)
    if e.blocked:
        return then(_alone(s), *_ANSWERED, DropTimer(GIVE_UP), DropTimer(TELL_SUPPORT))
    said = "handoff.to_confirm" if e.confirm else "handoff.done" if e.done else "handoff.given_back"
    mailed = ctx.case.account.asked_email if e.confirm else None
    how = (Say("account.email_change_letter", {"email": mailed}),) if mailed else ()
    return then(_alone(s), *_ANSWERED, DropTimer(GIVE_UP), Say(said, {"name": s.name}), *how)


# --- one is lost ---


@dialog.always(TimerDue)
def act_on_timer(s: Handoff, e: TimerDue, ctx: Ctx) -> Decision[Handoff]:
    """Act on a timer: put an unanswered talk back, check a request long open, or tell support without an address."""
    if e.kind == TELL_SUPPORT:
        return then(s) if s.told else _told(s, ctx, s.email or ctx.case.find_email(ctx.books))
    if e.kind == proposals.WAITING:
        return proposals.look_at_proposals(s, ctx)
    if e.kind == GIVE_UP:
        return then(s, messages.LookAtWait(_give_up(ctx)))
    if e.kind != UNANSWERED or s.mode != "agent":
        return then(s)
    if s.passed:
        return then(s, messages.PutBack("nobody_came"))
    within = ctx.seller.desk.answer_within
    since = s.owed_since or ctx.now - within
    return then(replace(s, owed_since=since), messages.LookAtWriting(since + 2 * within))


@dialog.always(messages.StillWriting)
def extend_answer_time(s: Handoff, e: messages.StillWriting, _ctx: Ctx) -> Decision[Handoff]:
    """Wait on: an answer in the making isn't taken from its writer."""
    return then(s, SetTimer(UNANSWERED, e.until))


@dialog.always(messages.NotWriting)
def put_talk_back(s: Handoff, _e: messages.NotWriting, _ctx: Ctx) -> Decision[Handoff]:
    """Put the talk back into the queue."""
    return then(s, messages.PutBack())


@dialog.always(messages.AgentGone)
def put_back_left_talk(s: Handoff, e: messages.AgentGone, _ctx: Ctx) -> Decision[Handoff]:
    """Put the talk back, which the person still had."""
    if s.mode != "agent" or s.agent != e.agent:
        return then(s)
    return then(s, messages.PutBack("nobody_came" if s.passed and e.why != "put_back" else e.why))


@dialog.always(messages.PutBackDone)
def wait_for_another_person(s: Handoff, e: messages.PutBackDone, ctx: Ctx) -> Decision[Handoff]:
    """Tell that another person will come, with a promise if an address is known."""
    waiting = replace(_alone(s), mode="waiting", asked_at=s.asked_at, wished=True)
    address = s.email or ctx.case.find_email(ctx.books)
    promise = (_also_there(ctx, address),) if address and mails_answers(ctx) else ()
    told = (messages.MailSupport(address),) if address or not s.told else ()
    said = Say(_BACK[e.cause], {"name": s.name})
    return then(replace(waiting, told=True), *_ANSWERED, said, *promise, *told)


# --- one never comes ---


@dialog.always(messages.StillTalking)
def extend_wait(s: Handoff, e: messages.StillTalking, _ctx: Ctx) -> Decision[Handoff]:
    """Check again when that word, too, is long ago."""
    return then(s, SetTimer(GIVE_UP, e.until))


@dialog.always(messages.FellSilent)
def end_silent_request(s: Handoff, _e: messages.FellSilent, ctx: Ctx) -> Decision[Handoff]:
    """End the request: whatever the state says, none stays open, but one about a withdrawal that nobody decided on."""
    return then(s, _not_for_ever(ctx) if ctx.case.withdrawal.id is not None else messages.EndWait())


@dialog.always(messages.NetworkClosed)
def end_wait_on_closed_network(s: Handoff, e: messages.NetworkClosed, ctx: Ctx) -> Decision[Handoff]:
    """End the wait and say so, unless somebody came, the customer logged in or the request has a legal term."""
    legal = ctx.case.withdrawal.id is not None or ctx.case.own_data.wanted
    if s.mode != "waiting" or ctx.case.account.id is not None or legal:
        return then(s)
    return then(
        _alone(s),
        messages.EndWait(noted=True),
        DropTimer(GIVE_UP),
        Say("kit.network_blocked", {"ends_lately": e.until}),
    )


@dialog.always(messages.WaitEnded)
def resume_talk_after_wait(s: Handoff, _e: messages.WaitEnded, _ctx: Ctx) -> Decision[Handoff]:
    """Go on where the talk stood; say so only to a customer who waited."""
    told = Say("handoff.given_up") if _waited_for(s) else Say("handoff.fell_silent") if s.mode == "agent" else None
    return then(_alone(s), *_ANSWERED, DropTimer(TELL_SUPPORT), *((told,) if told else ()))


def _waited_for(s: Handoff) -> bool:
    """Return whether the customer waits for a person, and not only the seller wanted one at hand."""
    return s.mode == "waiting" and (s.wished or s.invited is None)


def _in_time(ctx: Ctx) -> tuple[SetTimer, SetTimer]:
    within = ctx.seller.desk.answer_within
    return SetTimer(UNANSWERED, ctx.now + within), SetTimer(
        ANSWER_SOON, ctx.now + within - min(WARNED_BEFORE, within / 2)
    )


def _not_for_ever(ctx: Ctx) -> SetTimer:
    return SetTimer(GIVE_UP, ctx.now + _give_up(ctx))


def _give_up(ctx: Ctx) -> timedelta:
    """Return the time after which a request is given up; one for deletion has a legal term."""
    given = ctx.seller.desk.give_up
    return max(given, timedelta(days=31)) if ctx.case.own_data.wanted else given


def _alone(s: Handoff) -> Handoff:
    alone = replace(s, mode="bot", agent=None, name=None, asked_at=None, unanswered=False, wished=False, told=False)
    return replace(alone, passed=False, owed_since=None, unopened=None)


def _promised(s: Handoff, ctx: Ctx, address: str, *more: Effect, proven: bool | None = None) -> Decision[Handoff]:
    """Promise what will be: the words to a proven address, to another one only that they wait."""
    known = _is_proven(ctx, address) if proven is None else proven
    said = Say("handoff.promised" if known else "handoff.promised_notice", {"email": address})
    return _told(replace(s, email=address), ctx, address, said if mails_answers(ctx) else Say("handoff.here"), *more)


def mails_answers(ctx: Ctx) -> bool:
    """Return whether an answer that isn't read is mailed: nobody knows that of one that a messenger brings."""
    return ctx.seller.desk.mail_replies_after is not None and Channel(ctx.channel).replies_by != "sender"


def _asks_where(ctx: Ctx) -> bool:
    """Return whether an address is of use: for the answer, or for the receipt of a statement of withdrawal."""
    return mails_answers(ctx) or ctx.case.withdrawal.id is not None


def _is_proven(ctx: Ctx, address: str) -> bool:
    known = ctx.case.account.id is not None and address == ctx.books.email
    return known and email_proven(ctx)


def _also_there(ctx: Ctx, address: str) -> Say:
    return Say("handoff.also_by_mail" if _is_proven(ctx, address) else "handoff.also_a_notice", {"email": address})


def _told(s: Handoff, ctx: Ctx, address: str | None, *said: Effect) -> Decision[Handoff]:
    """Write to support, again if there is an address only now."""
    stated = "withdrawal" if ctx.case.withdrawal.id is not None else "asked"
    why = "address" if s.told else "erasure" if ctx.case.own_data.wanted else stated
    told = replace(s, told=True, erasure=ctx.case.own_data.wanted)
    return then(told, DropTimer(TELL_SUPPORT), *said, messages.MailSupport(address, why))


def _told_of_erasure(s: Handoff, ctx: Ctx, said: Say) -> Decision[Handoff]:
    """Tell support that the request is for deletion, which has a legal term."""
    if not s.told or s.erasure or not ctx.case.own_data.wanted:
        return then(s, said)
    late = (_not_for_ever(ctx), said, messages.MailSupport(s.email or ctx.case.find_email(ctx.books), "erasure"))
    return then(replace(s, erasure=True), *late)


def _when(e: messages.HumanRequested) -> tuple[Say, ...]:
    """Return the expected wait, or nothing if it is unknown; in the second line nobody can tell it."""
    if e.full:
        return (Say("handoff.full"),)
    if e.opens_at is not None:
        return (Say("handoff.closed_now", {"opens_at": e.opens_at}),)
    if e.wait_minutes is not None:
        return (Say("handoff.wait", {"place": e.place, "minutes": e.wait_minutes}),)
    return (Say("handoff.place", {"place": e.place}),) if e.place > 1 else ()
