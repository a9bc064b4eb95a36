"""Voice: a recording is heard by a job, and its words are read by the turn of the job's result.

Before the first one the customer is told who hears it, and agrees where the seller asks for that. What is said later
waits for it (`bot/conversation/pipeline.py`); a button or a command doesn't, and leaves the recording unheard. A spoken
number or address counts after a yes.
"""

from datetime import timedelta

from msgspec.structs import replace

from dialogs.kit import (
    Answered,
    AsidePressed,
    Came,
    ConsentTakenBack,
    Decision,
    Dialog,
    DropTimer,
    Effect,
    Option,
    Recorded,
    SaidAloud,
    Say,
    SetTimer,
    TakeFacts,
    TimerDue,
    Unawait,
    keep_slots,
    need_slot,
    then,
)
from dialogs.kit.harvest import word_value
from dialogs.kit.spoken import NOT_SO
from dialogs.messages import voice as messages
from dialogs.order import accepting
from dialogs.state import Ctx, Voice
from values.consent import VOICE
from values.recording import KEPT_FOR, is_too_long

SLOW, UNHEARD, OVER = "voice_slow", "voice_unheard", "voice_over"
TOLD_AFTER = timedelta(seconds=3)
WAITED_FOR = timedelta(seconds=20)
"""So long later messages wait for a recording; then it counts as unheard."""
LISTEN = Option("voice:listen", "option.voice.listen", aside=True)
AGREE = replace(LISTEN, key="option.voice.agree")
RIGHT = Option("said_back:yes", "option.said_back.yes")
WRONG = Option("said_back:no", "option.said_back.no")
_timers = (DropTimer(SLOW), DropTimer(UNHEARD))


def _open(s: Voice, _ctx: Ctx) -> tuple[Option, ...]:
    waits = (s.note is not None or s.place is not None) and s.since is None
    return (*((LISTEN,) if waits else ()), *((NOT_SO,) if s.informed is not None else ()))


def _known(s: Voice) -> Voice:
    return Voice(informed=s.informed, agreed=s.agreed)


dialog = Dialog("voice", Voice, outlives=_known, shown_as="handoff", asides=_open)


def is_heard(s: Voice, ctx: Ctx) -> bool:
    """Return whether a recording is being heard, so that what is said now waits for it."""
    return s.since is not None and ctx.now - s.since < WAITED_FOR


# --- a recording comes ---


@dialog.always(Recorded)
def have_recording_heard(s: Voice, e: Recorded, ctx: Ctx) -> Decision[Voice]:
    """Have it heard; before the first one say who hears it, and see whether the customer agrees."""
    if is_too_long(e.seconds):
        dropped = (messages.DropNote(e.note),) if e.note else ()
        return then(s, *dropped, Say("voice.unheard", {"reason": "too_long"}))
    held = replace(s, note=e.note or None, place=e.place or None, second_hand=e.second_hand)
    kept = (SetTimer(OVER, ctx.now + KEPT_FOR),) if e.note else ()
    kept += (messages.DropNote(s.note),) if s.note is not None else ()
    if not ctx.seller.accepts(VOICE):
        informed = s.informed is not None and ctx.seller.voice.is_still(s.informed)
        return _listens(held, ctx, *kept) if informed else then(held, *kept, _information(ctx))
    return _listens(held, ctx, *kept) if _agrees(s, ctx) else _asks(held, ctx, *kept)


def _agrees(s: Voice, ctx: Ctx) -> bool:
    """Return whether the consent stands: the account's wherever it was given, else the one given here."""
    here = () if s.agreed is None or not s.agreed.given else (s.agreed,)
    given = here if ctx.case.account.id is None else ctx.books.consents_given
    return any(one.id == VOICE and ctx.seller.document(VOICE).is_still(one) for one in given)


def _information(ctx: Ctx) -> Say:
    agreed = ctx.seller.accepts(VOICE)
    return Say("voice.consent" if agreed else "voice.information", options=(AGREE if agreed else LISTEN,), alone=True)


def _asks(s: Voice, ctx: Ctx, *kept: Effect) -> Decision[Voice]:
    """Ask for the consent, and remember in which words."""
    mark = ctx.seller.document(VOICE).fingerprint(ctx.case.talk.locale)
    return then(replace(s, asked=mark), *kept, _information(ctx))


def _listens(s: Voice, ctx: Ctx, *kept: Effect) -> Decision[Voice]:
    timers = *kept, SetTimer(SLOW, ctx.now + TOLD_AFTER), SetTimer(UNHEARD, ctx.now + WAITED_FOR)
    informed = s.informed or ctx.seller.voice.accepted(ctx.case.talk.locale, ctx.now, "button")
    listening = replace(s, since=ctx.now, informed=informed, asked=None)
    return then(listening, messages.Transcribe(s.note or "", s.place or ""), *timers, Say("", alone=True))


@dialog.always(AsidePressed)
def answer_voice_button(s: Voice, e: AsidePressed, ctx: Ctx) -> Decision[Voice]:
    """Hear a recording; ask anew for what was misheard."""
    match e.payload:
        case NOT_SO.payload:
            return then(replace(s, values=()), Say("voice.not_so"))
        case LISTEN.payload if not ctx.seller.accepts(VOICE):
            return _listens(replace(s, informed=None), ctx)
        case LISTEN.payload if s.asked != ctx.seller.document(VOICE).fingerprint(ctx.case.talk.locale):
            return _asks(s, ctx)
        case LISTEN.payload:
            agreed = ctx.seller.document(VOICE).accepted(ctx.case.talk.locale, ctx.now, accepting.find_manner(ctx))
            given = messages.GiveVoiceConsent(ctx.case.account.id, agreed)
            return _listens(replace(s, agreed=agreed), ctx, given)
        case _:
            return then(s)


# --- what becomes of it ---


@dialog.always(Came)
def drop_passed_recording(s: Voice, _e: Came, ctx: Ctx) -> Decision[Voice]:
    """Leave a recording unheard that the customer doesn't wait for, and forget a value that is said otherwise."""
    if s.since is not None:
        return then(*_done(s), Say("voice.left"))
    said = ctx.said
    named = {fact.kind for fact in said.facts} if said is not None else set[str]()
    return then(replace(s, values=()) if any(value.fact.kind in named for value in s.values) else s)


def _done(s: Voice) -> tuple[Voice, *tuple[Effect, ...]]:
    dropped = (messages.DropNote(s.note),) if s.note is not None else ()
    return (replace(_known(s), values=s.values), *_timers, Unawait(), *dropped)


@dialog.always(messages.NoteUnheard)
def tell_unheard_recording(s: Voice, e: messages.NoteUnheard, _ctx: Ctx) -> Decision[Voice]:
    """Say why it wasn't heard, and how to go on."""
    return then(*_done(s), Say("voice.unheard", {"reason": e.reason}))


@dialog.always(TimerDue)
def answer_voice_timer(s: Voice, e: TimerDue, _ctx: Ctx) -> Decision[Voice]:
    """Say that it takes longer, and at last that it wasn't heard; delete what nobody has listened to."""
    if e.kind == OVER:
        return then(replace(s, note=None, place=None, since=None), Unawait(), messages.DropNote(s.note or ""))
    if s.since is None:
        return then(s)
    if e.kind == SLOW:
        return then(s, Say("voice.slow", alone=True))
    if e.kind == UNHEARD:
        return then(*_done(s), Say("voice.unheard", {"reason": "away"}))
    return then(s)


dialog.always(messages.NoteDropped, messages.NoteHeard)(keep_slots)

# --- a value is said back ---


back = dialog.choose(
    "said_back",
    lambda _s, _c: (RIGHT, WRONG),
    done=lambda s, _c: not s.values,
    when=lambda s, _c: bool(s.values),
    params=lambda s, _ctx: {"what": tuple(word_value(value) for value in s.values)},
    intents={"affirm": RIGHT.payload, "deny": WRONG.payload},
    counted=False,
    said_back=False,
)


@dialog.always(SaidAloud)
def say_values_back(s: Voice, e: SaidAloud, _ctx: Ctx) -> Decision[Voice]:
    """Say the values back in groups; they count after a yes."""
    return then(replace(s, values=e.values))


@back.on(Answered)
def take_heard_values(s: Voice, e: Answered, _ctx: Ctx) -> Decision[Voice]:
    """Take the values, or have them said again."""
    left = replace(s, values=())
    if str(e.value) != RIGHT.value:
        return then(left, Say("voice.said_back.declined"))
    return then(left, TakeFacts(tuple(value.fact for value in s.values)))


# --- the consent, where the seller asks for one ---


attach = dialog.do(
    "attach",
    lambda s, c: messages.GiveVoiceConsent(c.case.account.id, need_slot(s.agreed)),
    done=lambda s, c: c.case.account.id is None or s.agreed is None,
)
"""What was agreed to before there was an account is put on the account's record."""


@dialog.always(messages.VoiceConsentGiven)
def forget_recorded_consent(s: Voice, _e: messages.VoiceConsentGiven, ctx: Ctx) -> Decision[Voice]:
    return then(replace(s, agreed=None) if ctx.case.account.id is not None else s)


@dialog.always(ConsentTakenBack)
def end_voice_consent(s: Voice, e: ConsentTakenBack, ctx: Ctx) -> Decision[Voice]:
    """End a consent that no account has; that of an account is ended where its others are."""
    if VOICE not in e.said.refused or ctx.case.account.id is not None:
        return then(s)
    if s.agreed is None or not s.agreed.given:
        return then(s, Say("voice.consent_none"))
    ended = replace(s.agreed, at=ctx.now, how=accepting.find_manner(ctx), given=False)
    return then(replace(s, agreed=ended), messages.GiveVoiceConsent(None, ended), Say("voice.consent_ended"))
