"""Voice: a recording is heard by a job, and its words are read by the turn of the job's result.

Before the first one the customer is told who hears it. What is said later waits for it (`bot/conversation/hearing.py`);
a button or a command doesn't, and leaves the recording unheard.
"""

from datetime import timedelta

from msgspec.structs import replace

from dialogs.kit import (
    AsidePressed,
    Came,
    Decision,
    Dialog,
    DropTimer,
    Effect,
    Option,
    PutRight,
    Recorded,
    SaidAloud,
    Say,
    SetTimer,
    TimerDue,
    Unawait,
    then,
    unchanged,
)
from dialogs.messages.voice import DropNote, NoteDropped, NoteHeard, NoteUnheard, Transcribe
from dialogs.state import Ctx, Voice
from values.recording import KEPT_FOR, MOST_SECONDS

SLOW, UNHEARD, OVER = "voice_slow", "voice_unheard", "voice_over"
TOLD_AFTER = timedelta(seconds=3)
WAITED_FOR = timedelta(seconds=20)
"""So long later messages wait for a recording; then it counts as unheard."""
LISTEN = Option("voice:listen", "option.voice.listen", aside=True)
RIGHT = Option("voice:right", "option.voice.right", aside=True)
AGAIN = Option("voice:again", "option.voice.again", aside=True)
_timers = (DropTimer(SLOW), DropTimer(UNHEARD))


def _open(s: Voice, _ctx: Ctx) -> tuple[Option, ...]:
    waits = (s.note is not None or s.place is not None) and s.since is None
    return (*((LISTEN,) if waits else ()), *((RIGHT, AGAIN) if s.step is not None else ()))


dialog = Dialog("voice", Voice, outlives=lambda s: Voice(informed_at=s.informed_at), shown_as="handoff", asides=_open)


def is_heard(s: Voice, ctx: Ctx) -> bool:
    """Return whether a recording is being heard, so that what is said now waits for it."""
    return s.since is not None and ctx.now - s.since < WAITED_FOR


@dialog.always(Recorded)
def came(s: Voice, e: Recorded, ctx: Ctx) -> Decision[Voice]:
    """Have it heard; before the first one say who hears it."""
    if e.seconds is not None and e.seconds > MOST_SECONDS:
        dropped = (DropNote(e.note),) if e.note else ()
        return then(s, *dropped, Say("voice.unheard", {"reason": "too_long"}))
    held = replace(s, note=e.note or None, place=e.place or None)
    kept = (SetTimer(OVER, ctx.now + KEPT_FOR),) if e.note else ()
    kept += (DropNote(s.note),) if s.note is not None else ()
    if s.informed_at is None:
        return then(held, *kept, Say("voice.information", {"seller": ctx.seller.name}, (LISTEN,), alone=True))
    return _listens(held, ctx, *kept)


def _listens(s: Voice, ctx: Ctx, *kept: Effect) -> Decision[Voice]:
    timers = *kept, SetTimer(SLOW, ctx.now + TOLD_AFTER), SetTimer(UNHEARD, ctx.now + WAITED_FOR)
    listening = replace(s, since=ctx.now, informed_at=s.informed_at or ctx.now)
    return then(listening, Transcribe(s.note or "", s.place or ""), *timers, Say("", alone=True))


@dialog.always(Came)
def passed_over(s: Voice, _e: Came, _ctx: Ctx) -> Decision[Voice]:
    """Leave a recording unheard that the customer doesn't wait for."""
    if s.since is None:
        return then(s)
    return then(*_done(s), Say("voice.left"))


def _done(s: Voice) -> tuple[Voice, *tuple[Effect, ...]]:
    dropped = (DropNote(s.note),) if s.note is not None else ()
    return (Voice(informed_at=s.informed_at), *_timers, Unawait(), *dropped)


@dialog.always(AsidePressed)
def pressed(s: Voice, e: AsidePressed, ctx: Ctx) -> Decision[Voice]:
    """Hear a recording, or take a value that was said back."""
    match e.payload:
        case LISTEN.payload:
            return _listens(s, ctx)
        case RIGHT.payload if s.step is not None and s.text is not None:
            return then(replace(s, step=None, text=None), PutRight(s.step, s.text))
        case AGAIN.payload:
            return then(replace(s, step=None, text=None), Say("voice.say_again"))
        case _:
            return then(s)


@dialog.always(SaidAloud)
def said_back(s: Voice, e: SaidAloud, _ctx: Ctx) -> Decision[Voice]:
    """Say the value back in groups; it counts after a yes."""
    asked = Say("voice.said_back", {"value": e.shown}, (RIGHT, AGAIN), alone=True)
    return then(replace(s, step=e.step, text=e.text), asked)


@dialog.always(NoteUnheard)
def unheard(s: Voice, e: NoteUnheard, _ctx: Ctx) -> Decision[Voice]:
    """Say why it wasn't heard, and how to go on."""
    return then(*_done(s), Say("voice.unheard", {"reason": e.reason}))


@dialog.always(TimerDue)
def due(s: Voice, e: TimerDue, _ctx: Ctx) -> Decision[Voice]:
    """Say that it takes longer, and at last that it wasn't heard; delete what nobody has listened to."""
    if e.kind == OVER:
        return then(replace(s, note=None, place=None, since=None), Unawait(), DropNote(s.note or ""))
    if s.since is None:
        return then(s)
    if e.kind == SLOW:
        return then(s, Say("voice.slow", alone=True))
    if e.kind == UNHEARD:
        return then(*_done(s), Say("voice.unheard", {"reason": "away"}))
    return then(s)


dialog.always(NoteDropped, NoteHeard)(unchanged)
