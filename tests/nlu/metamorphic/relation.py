"""Common to the relations between messages: which of them are broken, told apart from those that are known to be."""

from collections.abc import Collection, Iterable, Iterator
from functools import cache
from typing import Any

from bot.conversation.inbound import Inbound, Text
from bot.conversation.understanding import MessageUnderstanding
from dialogs.kit import Said, Step
from dialogs.state import Ctx
from tests.bot.conversation.uttered import at
from tests.journeys.teller import hearing
from values.channel import Channel
from values.meaning import Answer, Consenting, Correction, Discount, Faq, Intent, NavigationCommand, Press

LANGUAGES = ("pl", "it", "en")
_MOST_SHOWN = 60
_DIGITS_OF_PHONE = 9
Heard = frozenset[tuple[str, str]]


def held(broken: Iterable[str], known: Collection[str] = (), tried: Collection[str] | None = None) -> None:
    """Assert that nothing is broken but what is known, and that all of it still is.

    `tried`: the cases of which `broken` are some, where they are only a part of all; known ones beside them aren't
    judged.
    """
    found = dict.fromkeys(broken)
    awaited = [case for case in known if tried is None or case in tried]
    new = [case for case in found if case not in known]
    mended = [case for case in awaited if case not in found]
    told = [f"broken: {case}" for case in new[:_MOST_SHOWN]]
    told += [f"holds now, strike it from the known ones: {case}" for case in mended]
    assert not told, f"{len(new)} broken, {len(mended)} mended\n" + "\n".join(told)


@cache
def customer(step: str, lang: str) -> tuple[MessageUnderstanding, Step[Any], Ctx]:
    """Return a seller's ear and a customer at a step."""
    name, driver = at(step, lang)
    return hearing(name), driver.step, driver.context(driver.case)


@cache
def hear(step: str, lang: str, text: str) -> Said:
    """Return how the whole desk hears a message at a step."""
    desk, here, ctx = customer(step, lang)
    return desk.hear(Inbound(Channel.REST, "sender", "key", Text(text)), here, ctx).said


@cache
def heard(step: str, lang: str, text: str) -> Heard:
    """Return all that a message says at a step, each with what it is: values by slot, presses, wishes, questions."""
    said = hear(step, lang, text)
    return frozenset((kind, _normal(kind, value)) for kind, value in _told(said, customer(step, lang)[1]))


def _told(said: Said, here: Step[Any]) -> Iterator[tuple[str, str]]:
    yield from ((fact.kind, fact.text) for fact in said.facts if not fact.others)
    for meaning in (said.meaning, *said.also):
        match meaning:
            case Answer() as answer:
                yield here.expects, answer.words
            case Correction(what, value):
                yield what, str(value or "")
            case Discount(code):
                yield "discount_code", code
            case Press(payload):
                step, _, value = payload.rpartition(":")
                yield step, value
            case Consenting() as consents:
                yield "consents", repr((consents.given, consents.refused, consents.base))
            case NavigationCommand(name) | Intent(name):
                yield "wish", name
            case Faq(entry):
                yield "asks", entry
            case _:
                pass


def _normal(kind: str, value: str) -> str:
    """Return a value so that the answer to a question and a fact are the same; what stands around digits is dropped."""
    if kind == "phone":
        return "".join(filter(str.isdecimal, value))[-_DIGITS_OF_PHONE:]
    if kind in ("tax_number", "postal_code"):
        return "".join(filter(str.isdecimal, value))
    if kind == "email":
        return next((word for word in value.split() if "@" in word), value)
    return value.rstrip(".")  # of "srl." nobody knows whether it is the sentence's
