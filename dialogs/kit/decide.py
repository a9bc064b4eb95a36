"""The kit's one door: an event comes in, what is true afterwards and what it causes comes out. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from dialogs.kit.context import Context
from dialogs.kit.hear import hear, reset_misses
from dialogs.kit.journey import Journey
from dialogs.kit.play import SLOW, Perform, Play, Played
from dialogs.kit.talk import CaseBase
from dialogs.kit.words import DropTimer, Event, Said, SetTimer, TimerDue
from values.expects import Expects

C = TypeVar("C", bound=CaseBase)
SILENCE = "silence"


@dataclass(frozen=True, slots=True)
class ResultOf(Event):
    """The outcome of the call with this key."""

    key: str
    outcome: Event


def decide(
    journey: Journey,
    case: C,
    event: Event,
    *,
    context: Callable[[C], Context[C]],
    perform: Perform,
    new_key: Callable[[], str],
    ask: bool = True,
) -> Played[C]:
    """Plays `event`. `perform` does an act and gives its outcome; `new_key` names acts and calls, the same in a re-run.

    `ask=False` leaves the question out: more of the customer's messages wait already. Errors: TypeError and
    RuntimeError for a dialog that contradicts itself; nothing that a customer can say raises.
    """
    play = Play(journey, case, context, perform, new_key)
    before = play.position
    match event:
        case Said():
            _greet(play)
            hear(play, event)
            _expect_an_answer(play)
        case ResultOf(key, outcome):
            if not play.result(key, outcome):
                return play.played(ask=False, dropped=True)
        case TimerDue(kind) if kind == SLOW:
            if not play.is_slow():
                return play.played(ask=False, dropped=True)
            play.say(f"{play.position.path}.slow")
        case TimerDue(kind) if kind == SILENCE:
            return _silence(play)
        case _:
            if not play.deliver(event):
                return play.played(ask=False, dropped=True)
    play.settle()
    reset_misses(play, before)
    news = isinstance(event, Said) or bool(play.says) or play.position.path != before.path
    return play.played(ask=ask and news)


def _greet(play: Play[C]) -> None:
    if not play.case.talk.greeted:
        play.talk(greeted=True)
        play.say("kit.greeting")
    elif play.case.talk.closed:
        play.say("kit.welcome_back")
    play.talk(reminded=False, closed=False)


def _expect_an_answer(play: Play[C]) -> None:
    """The customer spoke: from now on silence is counted anew."""
    if play.position.expects in (Expects.nothing, Expects.agent):
        play.timers.append(DropTimer(SILENCE))
    else:
        play.timers.append(SetTimer(SILENCE, play.ctx.now + play.ctx.seller.manners.remind_after))


def _silence(play: Play[C]) -> Played[C]:
    """Nobody answered: remind once with the same question, then close kindly; the step stays."""
    if play.position.expects is Expects.nothing or play.case.talk.closed:
        return play.played(ask=False, dropped=True)
    if play.case.talk.reminded:
        play.talk(closed=True)
        play.say("kit.closed")
        return play.played(ask=False)
    play.talk(reminded=True)
    play.say("kit.reminder")
    play.timers.append(SetTimer(SILENCE, play.ctx.now + play.ctx.seller.manners.close_after))
    return play.played(ask=True)
