"""A whole address typed where one part of it is asked for: that part is the answer, the others are facts beside it.

The company's name may stand in front of it or behind it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from dialogs.kit import Journey, Step
from dialogs.kit.journey import EDIT
from dialogs.state import Ctx
from nlu.corrections.told_addresses import LONGEST, read_addresses, told_in_words
from nlu.facts.told_places import told_parts
from nlu.languages.language import Languages
from values.expected import Expected
from values.kinds.places import PARTS
from values.meaning import Answer, Correction, Expects, Fact
from values.slots.spans import AnswerSpan, Slot, find_span

_A_DIGIT = re.compile(r"\d")
_BETWEEN = re.compile(r"\s*[,;\n]\s*")
_COMPANY = re.compile(
    r"\b(?:sp\. ?z ?o\. ?o|sp\. ?[jkp]\b|spółka|s\.? ?a\b|s\.? ?r\.? ?l|s\.? ?p\.? ?a|s\.? ?n\.? ?c|gmbh|ug\b"
    r"|e\. ?k\b|ag\b|ltd|llc|inc)\b",
    re.I,
)


def whole_address(text: str, step: Step[Any], ctx: Ctx, journey: Journey) -> tuple[Answer, tuple[Fact, ...]] | None:
    """Return the open step's part of an address with the other parts; None where the text is no address.

    Each part must be one for its own step, which knows the country. The others take the place of what was given.
    """
    if step.expects not in (*PARTS, Expects.company_name):
        return None
    for parts in _read(text, step, ctx.case.talk.locale):
        if step.expects in parts and _fit(parts, step, ctx, journey):
            others = (Fact(kind, value, corrects=True) for kind, value in parts.items() if kind is not step.expects)
            return Answer(parts[step.expects]), tuple(others)
    return None


def told_anew(
    text: str, step: Step[Any], ctx: Ctx, expected: Expected, journey: Journey, langs: Languages
) -> tuple[Correction | Answer, tuple[Fact, ...]] | None:
    """Return the street that is asked for and told in a sentence, or the address of a line in place of the one shown.

    None where the message tells none, where it may not be changed now, or where its parts don't fit the country.
    """
    if len(text) > LONGEST or _A_DIGIT.search(text) is None:
        return None
    asked = step.expects is Expects.street and told_in_words(text)
    shown = step.expects is Expects.confirm_data or step.name == EDIT
    street = journey.known(f"company.{Expects.street}")
    if street is None or not (asked or (shown and Expects.street in expected.correctable)):
        return None
    span = find_span(text.strip(), Slot.street)
    if asked and span.sure and (span.value == text.strip() or told_in_words(span.value)):  # its own parser reads it
        return None
    for parts in (told_parts(text, langs),) if asked else read_addresses(text, ctx.case.talk.locale):
        line = parts.get(Expects.street, "")
        told = Expects.street in parts if asked else find_span(line, Slot.street) == AnswerSpan(line)
        if told and _fit(parts, street, ctx, journey):
            (first, value), *others = parts.items()
            facts = tuple(Fact(kind, other, corrects=True) for kind, other in others)
            return Answer(value) if asked else Correction(str(first), value), facts
    return None


def _read(text: str, step: Step[Any], locale: str) -> Iterator[Mapping[Expects, str]]:
    """Yield the ways to read the text as an address, first those with the company's name beside it."""
    for name, rest in _named(text):
        if step.expects is Expects.company_name or _COMPANY.search(name) is not None:
            for parts in read_addresses(rest, locale):
                if any(c.isdecimal() for c in parts.get(Expects.street, "")):
                    yield {Expects.company_name: name, **parts}
    yield from read_addresses(text, locale)


def _named(text: str) -> Iterator[tuple[str, str]]:
    """Yield what may be a name with the rest of the text: the first piece, and the last."""
    breaks = list(_BETWEEN.finditer(text.strip()))
    if len(breaks) > 1:
        line, first, last = text.strip(), breaks[0], breaks[-1]
        yield line[: first.start()], line[first.end() :]
        yield line[last.end() :], line[: last.start()]


def _fit(parts: Mapping[Expects, str], here: Step[Any], ctx: Ctx, journey: Journey) -> bool:
    for kind, value in parts.items():
        step = next((s for s in journey.named(kind, here.dialog) if s.dialog == here.dialog), None)
        if step is None or not step.takes(value, ctx):
            return False
    return True
