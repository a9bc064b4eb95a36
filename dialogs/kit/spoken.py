"""Spoken words: what was heard is said back, and nothing that binds, opens or reaches somebody counts by voice alone.

A recogniser that mishears one digit sends a code to a stranger, and one that invents a sentence orders. So a binding
act keeps its button, a code and a password are typed, and a number or an address counts after a yes.
"""

from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from dialogs.kit import harvest
from dialogs.kit.journey import EDIT
from dialogs.kit.messages import NamedValue, Said, SaidAloud
from dialogs.kit.options import Option
from dialogs.kit.play import Runner
from values.kinds import KINDS, answers_with, kind_of
from values.meaning import Answer, Consenting, Correction, Discount, Fact, Meaning, Press, SecretTyped, SentCode

NOT_SO = Option("voice:not_so", "option.voice.not_so", aside=True)
_TYPE_CODE = "voice.type_code"
_REACHES = frozenset(str(kind.expects) for kind in KINDS.values() if kind.aloud.said_back)


class Counting(Struct, frozen=True):
    """The part of spoken words that counts at once (None: nothing), and the values that are said back first."""

    said: Said | None
    values: tuple[NamedValue, ...] = ()


def weigh_spoken_words(play: Runner[Any], said: Said) -> Counting:
    """Say what was heard; return what of it counts, and what counts after a yes."""
    if isinstance(said.meaning, SecretTyped):
        return Counting(said)
    if (refused := _never_spoken(play, said.meaning)) is not None:
        if refused != _TYPE_CODE:  # a code isn't repeated, not even as dots
            say_heard(play, said, _way_back(play, said.meaning))
        play.say(refused)
        return Counting(None)
    own = _own_value(play, said.meaning)
    besides = [fact for fact in said.facts if fact.kind in _REACHES and not _is_meant(play, said.meaning, fact)]
    values = tuple(value for fact in (*own, *besides) if (value := harvest.name_value(play, fact)) is not None)
    say_heard(play, said, *(() if values else (_way_back(play, said.meaning),)))  # a value has a no of its own
    rest = replace(said, facts=tuple(fact for fact in said.facts if fact.kind not in _REACHES))
    match said.meaning:
        case Correction(what) if own and not values:  # it is changed elsewhere, where it is asked for anew
            return Counting(replace(rest, meaning=Correction(what)))
        case _:
            return Counting(None if own else rest, values)


def say_heard(play: Runner[Any], said: Said, *ways: Option) -> None:
    """Say which words were heard."""
    play.say("voice.heard", {"words": said.spoken.rstrip(".")}, ways)


def say_back(play: Runner[Any], values: tuple[NamedValue, ...]) -> None:
    """Ask whether the values were heard right."""
    if values:
        play.deliver(SaidAloud(values))


def _way_back(play: Runner[Any], meaning: Meaning) -> Option:
    """Return the button of who was misheard: an answer is given anew, anything else said anew."""
    step = play.position
    answers = (
        isinstance(meaning, Answer | Press | Consenting)
        and bool(step.slots)
        and not kind_of(step.expects).aloud.said_back
    )
    return replace(NOT_SO, payload=f"{EDIT}:{step.name}") if answers else NOT_SO


def _never_spoken(play: Runner[Any], meaning: Meaning) -> str | None:
    """Return the key of the sentence about what is typed or pressed; None for what may be spoken."""
    match meaning:
        case SentCode() | Discount():
            return _TYPE_CODE
        case Answer() if kind_of(play.position.expects).aloud.only_typed:
            return _TYPE_CODE
        case Consenting():
            return "voice.press"
        case Press(payload) if _weighs(play, payload):
            return "voice.press"
        case _:
            return None


def _weighs(play: Runner[Any], payload: str) -> bool:
    """Tell whether the button binds to something or ends what the customer has."""
    here = play.journey.together(play.position)
    offered = (option for step in here for option in play.offered(step))
    return any(option.payload == payload and (option.binds is not None or option.loses) for option in offered)


def _own_value(play: Runner[Any], meaning: Meaning) -> tuple[Fact, ...]:
    """Return the number or address that the words are about; none where there is none, or the step would refuse it."""
    step = play.position
    match meaning:
        case Answer(text, value) if kind_of(step.expects).aloud.said_back:
            own = value if isinstance(value, str) else text
            return (Fact(str(step.expects), own),) if step.takes(own, play.ctx) else ()
        case Correction(what, str(text)) if what in _REACHES:
            return (Fact(what, text, corrects=True),)
        case _:
            return ()


def _is_meant(play: Runner[Any], meaning: Meaning, fact: Fact) -> bool:
    """Tell whether the fact is what the words are about, and not named besides."""
    match meaning:
        case Answer():
            return fact.kind in answers_with(play.position.expects)
        case Correction(what):
            return fact.kind == what
        case _:
            return False
