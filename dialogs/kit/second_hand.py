"""Second-hand words, forwarded or put in by another bot: they give values and ask, and no act is done by them.

Somebody else's "I order" is no order of the customer's. What is done, agreed to, changed by a choice, thrown away or
asked of a person takes their own words or a button; a tax number in a forwarded footer is as good as a typed one.
"""

from typing import Any

from dialogs.kit import harvest
from dialogs.kit.dialog import SKIP
from dialogs.kit.edited import is_no_wish
from dialogs.kit.journey import AnyStep
from dialogs.kit.messages import Said
from dialogs.kit.play import Runner
from dialogs.kit.step import never
from values.meaning import Consenting, Correction, Intent, Meaning, NavigationCommand, Press, Refusal, Unclear

SECOND_HAND = "kit.second_hand"
_TALK = ("greet", "thank", "goodbye")
_NO_VALUES = ("yes", "no", SKIP)


def refused(play: Runner[Any], said: Said) -> bool:
    """Say that an act of somebody else's words isn't done, and keep the values beside it; False where none is meant."""
    if not said.second_hand or not _acts(play, said.meaning):
        return False
    facts = harvest.facts_of(said, play.position)
    if not (harvest.only_tells(play, said, facts) and harvest.gather(play, facts, alone=True)):
        play.say(SECOND_HAND)
        harvest.gather(play, facts)
    return True


def _acts(play: Runner[Any], meaning: Meaning) -> bool:
    """Return whether the words do something beside giving a value, telling or asking."""
    match meaning:
        case NavigationCommand() | Consenting() | Refusal():
            return True
        case Press(payload):
            return not _is_value(play, payload)
        case Correction(what, text):
            return text is None or not _only_rewrites(play, what)
        case Intent(name):
            return name in play.position.intents or not (is_no_wish(name) or name in _TALK)
        case Unclear(candidates):
            return not all(candidate.startswith("faq:") for candidate in candidates)
        case _:
            return False


def _is_value(play: Runner[Any], payload: str) -> bool:
    """Return whether the press is a choice that might as well be named at another step, such as a plan."""
    name, _, value = payload.partition(":")
    here = play.position
    offered = (option for option in play.offered(here) if option.payload == payload and not option.loses)
    free = any(option.binds is None and option.ticked is None for option in offered)
    return free and name == here.name and here.answer.ahead is not never and value not in _NO_VALUES


def _only_rewrites(play: Runner[Any], what: str) -> bool:
    """Return whether the correction replaces a typed answer on which no act stands yet."""

    def is_open(step: AnyStep) -> bool:
        return step.path == play.position.path or play.askable(step)

    named = [step for step in play.journey.named(what, play.position.dialog) if is_open(step)]
    return bool(named) and all(step.parse is not None for step in named)
