"""The kit's entry point: an event in, the new state and the effects out.

It has no I/O of its own: the caller's `perform` executes commands on the way.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from msgspec import structs

from dialogs.kit import effects, messages
from dialogs.kit.correct import take_agreed, take_from_somebody_else
from dialogs.kit.harvest import keep_facts
from dialogs.kit.hear import hear
from dialogs.kit.journey import EDIT, AnyStep, Journey
from dialogs.kit.play import SLOW, Outcome, Perform, Runner
from dialogs.kit.silence import SILENCE, count_silence, remind_of_silence, restart_silence_timer
from dialogs.kit.talk import Reopened, StateBase, Wish
from values.codes import parse_pair
from values.meaning import Answer, Expects, Intent, NotText, Press, UnheardNote
from values.parsing import Ok
from values.recording import is_too_long

C = TypeVar("C", bound=StateBase)
KEPT_FOR = timedelta(minutes=30)
"""How long a wish waits for the log-in that it needs, and for its step."""
LOG_OUTS = ("log_out", "log_out_everywhere", "log_out_others")
"""The intents that are carried out beside a person, too."""


class Corrected(messages.Event):
    """A person answers a step, or corrects its answer, in the customer's stead: the same parsers, the same rules.

    `step` is "dialog.step"; for a choice `text` is the VALUE of its payload.
    """

    step: str
    text: messages.Private[str]


class ResultOf(messages.Event):
    """The outcome of the call with this key."""

    key: str
    outcome: messages.Event


def decide(
    journey: Journey,
    case: C,
    event: messages.Event,
    *,
    context: Callable[[C], messages.Context[C]],
    perform: Perform,
    new_key: Callable[[], str],
    ask: bool = True,
    understood: messages.Context[C] | None = None,
) -> Outcome[C]:
    """Play `event`; `perform` executes a command, `new_key` names commands and jobs, the same in a re-run.

    `ask=False` leaves the question out: more of the customer's messages wait already. `understood`: the context of
    `case` in which the message was understood. Errors: those of `perform`;
    TypeError, RuntimeError and LookupError for a dialog that contradicts itself. No customer's message raises.
    """
    play = Runner(journey, case, context, perform, new_key)
    if understood is not None:
        play.stand_in(understood)
    if isinstance(event, messages.Said):
        _take_language(play, event)
    before, silent = play.position, case.muted and not isinstance(event, messages.WhoSpeaks)
    play.before, play.began = before.path, understood or play.ctx
    if not isinstance(event, messages.Said):
        play.compare()
    if isinstance(event, messages.Said):
        play.hear_in(_as_said(event, before.path, context))
    match event:
        case messages.Said(Intent(name), second_hand=False) if silent and name in LOG_OUTS:
            play.ask(name)  # of no concern to a person: whoever sits there next must not be in
            return play.played(ask=False)
        case messages.Said(Answer() as digits) if silent and _proves(before, digits):
            hear(play, event)
            return play.played(ask=False)
        case messages.Said(NotText(kind)) if silent:
            play.deliver(messages.SaidToPerson(event.facts, kind))
            return play.played(ask=False)  # said, though a person has the talk: the person can't open it
        case messages.Said(UnheardNote(seconds=seconds)) if silent and is_too_long(seconds):
            play.deliver(messages.SaidToPerson(event.facts))
            play.say("voice.unheard", {"reason": "too_long"})
            return play.played(ask=False)
        case messages.Said(UnheardNote(note, place)) if silent:
            play.deliver(messages.SaidToPerson(event.facts, "voice", note, place))
            return play.played(ask=False)  # said, so that nobody types it once more: the person can hear it
        case messages.Said(under=str(kind)) if silent:
            play.deliver(messages.SaidToPerson(event.facts, kind))
            _declare(play, event)
            return play.played(ask=False)  # said: the person reads the words, and can't open what they stand under
        case messages.Said() if silent:
            play.deliver(messages.SaidToPerson(event.facts))
            _declare(play, event)
            return play.played(ask=False, held=True)
        case Corrected(step, text):
            take_from_somebody_else(play, step, text)
        case messages.Said():
            _greet(play)
            play.deliver(messages.Came())
            _declare(play, event)
            play.talk(remark=False)
            _compare(play)
            if not play.unheard:
                hear(play, event)
            if event.under is not None:
                play.say("kit.words_only", {"kind": event.under})
        case ResultOf(key, outcome):
            if not play.result(key, outcome):
                return play.played(ask=False, dropped=True)
        case messages.TimerDue(kind) if kind == SLOW:
            if before.act.slow_after is None or not play.awaited(before):
                return play.played(ask=False, dropped=True)
            play.say(f"{before.path}.slow")
        case messages.TimerDue(kind) if kind == SILENCE:
            return remind_of_silence(play) if not silent else restart_silence_timer(play)
        case messages.RemindersEnded():
            play.talk(unreminded=True)
            play.timers.append(effects.DropTimer(SILENCE))
            return play.played(ask=False)
        case _:
            if not play.deliver(event):
                return play.played(ask=False, dropped=True)
    _hear_wish(play, context)
    if play.agreed is not None:
        take_agreed(play, play.agreed)
    if play.facts and not keep_facts(play, play.facts):
        play.say("kit.not_now")
    moved = _come_to_rest(play, before, event)
    ask = ask and not play.case.muted and (isinstance(event, messages.Said) or moved or bool(play.says))
    return play.played(ask=ask, held=silent and play.case.muted)


def _compare(play: Runner[C]) -> None:
    """Say first what the open question would show otherwise by now, whatever the customer answers to it."""
    play.compare()
    play.says += play.changed


def _as_said(
    said: messages.Said, asked: str, context: Callable[[C], messages.Context[C]]
) -> Callable[[C], messages.Context[C]]:
    return lambda case: structs.replace(context(case), typed=said.typed, about=said.about, said=said, asked=asked)


def _proves(step: AnyStep, said: Answer) -> bool:
    """Return whether these are the digits of a log-in and nothing else, as a person may have asked for them."""
    alone = not any(map(str.isalpha, said.words))
    return alone and step.expects is Expects.login_code and isinstance(parse_pair(said.words), Ok)


def _declare(play: Runner[C], said: messages.Said) -> None:
    """Let the dialogs react to what has effect by itself, also where the message is heard no further."""
    if said.declared:
        play.deliver(messages.Declared(said.declared))


def _hear_wish(play: Runner[C], context: Callable[[C], messages.Context[C]]) -> None:
    """Hear what the end of a log-in cut off, once nothing is asked before it.

    It binds nobody: what a command binds to is shown first.
    """
    wish = play.case.talk.wish
    if wish is None:
        return
    play.settle()
    said, asked, fresh = _said_by(wish), play.journey.known(wish.asked), play.ctx.now - wish.at < KEPT_FOR
    means = fresh and not play.binds(play.position) and _still_means_it(play, said, wish.asked)
    if fresh and not means and asked is not None and play.journey.precedes(play.position, asked):
        return
    play.talk(wish=None)
    if means:
        play.hear_in(_as_said(said, play.position.path, context))
        hear(play, said)


def _said_by(wish: Wish) -> messages.Said:
    """Return the wish as the message that it was."""
    if wish.press is not None:
        return messages.Said(Press(wish.press), stale=wish.stale)
    if wish.intent is not None:
        return messages.Said(Intent(wish.intent, 1.0, text=wish.text), typed=True)
    return messages.Said(Answer(wish.text), typed=True)


def _still_means_it(play: Runner[C], said: messages.Said, asked: str) -> bool:
    """Return whether an answer answers the open step, and a button is still there.

    A menu's button leads to where it pointed.
    """
    step = play.position
    here = step.path == asked or step.ways.menu
    match said.meaning:
        case Press(payload):
            offered = {option.payload: option.binds for option in play.offered(step)}
            anywhere = payload.startswith(f"{EDIT}:") or any(d.takes(payload) for d in play.journey.dialogs.values())
            return anywhere or (here and payload in offered and offered[payload] is None)
        case Intent(name):
            return here or name not in step.intents
        case _:
            return here


def _come_to_rest(play: Runner[C], before: AnyStep, event: messages.Event) -> bool:
    """Settle everything that follows; return whether it has led to another step."""
    play.settle()
    moved = play.position.path != before.path
    arrived = moved and not play.gave_up and not event.by_desk
    if arrived and (play.position.expects is Expects.nothing) and before.expects is not Expects.nothing:
        play.deliver(messages.WayEnded(play.journey.host(before).name))
    _tidy(play, moved)
    if isinstance(event, messages.Said) or (moved and not event.by_desk):
        count_silence(play, spoke=isinstance(event, messages.Said))
    return moved


def _take_language(play: Runner[C], said: messages.Said) -> None:
    """Take the language of the first words that have one, where the channel doesn't tell it."""
    undecided = play.case.talk.undecided or (said.untold and not play.case.talk.greeted)
    heard = said.written if undecided and said.written in play.ctx.seller.locales else None
    play.talk(locale=heard or play.case.talk.locale, undecided=undecided and heard is None)


def _greet(play: Runner[C]) -> None:
    if not play.case.talk.greeted:
        play.talk(greeted=True)
        play.say("kit.greeting")
    elif play.case.talk.closed:
        play.say("kit.welcome_back")


def _tidy(play: Runner[C], moved: bool) -> None:
    """Close what was reopened and isn't open any more; at another step count misunderstandings anew."""
    talk, here = play.case.talk, play.position
    revising = talk.revising if talk.revising == here.path else None
    editing = talk.editing if here.name == EDIT else None
    reopened = talk.reopened if talk.reopened is not None and _on_the_way(play, talk.reopened) else None
    told = None if moved else talk.told
    play.talk(revising=revising, reopened=reopened, editing=editing, told=told, misses=0 if moved else talk.misses)


def _on_the_way(play: Runner[C], reopened: Reopened) -> bool:
    """Return whether a correction is still asked about: the talk hasn't come back to where it was made."""
    stood = play.journey.known(reopened.stood)
    return stood is not None and play.journey.precedes(play.position, stood)
