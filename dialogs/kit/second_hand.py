"""Second-hand words, forwarded or put in by another bot: they give values and ask, and no act is done by them."""

from typing import Any

from dialogs.kit import harvest
from dialogs.kit.edited import is_no_wish
from dialogs.kit.messages import Said
from dialogs.kit.play import Runner
from dialogs.kit.reaction import never
from dialogs.kit.spoken import say_heard
from dialogs.kit.step import SKIP
from values.meaning import Consenting, Correction, Intent, Meaning, NavigationCommand, Press, Refusal, Unclear

SECOND_HAND = "kit.second_hand"
_NOT_TAKEN = "method_"
"""Begins intents of ways to pay that the seller doesn't take, which is told: nothing is chosen by them."""


def refuse_second_hand_act(play: Runner[Any], said: Said) -> bool:
    """Say that an act of somebody else's words isn't done, and keep the values beside it; False where none is meant."""
    if not said.second_hand or not _acts(play, said.meaning):
        return False
    if said.spoken:
        say_heard(play, said)
    facts = harvest.facts_of(said, play.position)
    if not (harvest.only_tells(play, said, facts) and harvest.keep_facts(play, facts, alone=True)):
        play.say(SECOND_HAND)
        harvest.keep_facts(play, facts)
    return True


def _acts(play: Runner[Any], meaning: Meaning) -> bool:
    """Return whether the words do something beside giving a value, telling or asking."""
    match meaning:
        case NavigationCommand() | Consenting() | Refusal():
            return True
        case Press(payload):
            return not _is_value(play, payload)
        case Correction(what, text):
            named = play.journey.named(what, play.position.dialog)
            free = [step for step in named if step.path == play.position.path or play.askable(step)]
            return text is None or not free or any(step.parse is None for step in free)
        case Intent(name):
            tells = is_no_wish(name) or name.startswith(_NOT_TAKEN)
            return name in play.position.intents or not tells
        case Unclear(candidates):
            return not all(candidate.startswith("faq:") for candidate in candidates)
        case _:
            return False


def _is_value(play: Runner[Any], payload: str) -> bool:
    """Return whether the press is a choice that might as well be named at another step, such as a plan."""
    here, (name, _, value) = play.position, payload.partition(":")
    offered = (option for option in play.offered(here) if option.payload == payload and not option.loses)
    free = any(option.binds is None and option.ticked is None for option in offered)
    return free and name == here.name and here.answer.ahead is not never and value not in ("yes", "no", SKIP)
