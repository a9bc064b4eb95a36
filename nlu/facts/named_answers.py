"""Answers to a seller's own questions that a message gives by their names, at whatever step: "people: 12", "12 people".

Only what is called so, in a clause of its own: such a question may be about anything, so a value's form tells nothing.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from nlu.corrections.sentences import plain
from nlu.facts.named_choices import FoundFact
from nlu.languages.brought import loose
from nlu.languages.language import Languages
from nlu.stance import Stance, stance_at
from nlu.tokens import is_question
from values.kinds import kind_of
from values.meaning import Expects, Fact, Nameable
from values.parsing import fold_words
from values.patterns import regex

_HINT = regex(r"[:=\d]|\s(?:to|jest|è|is|ist)\s")
_BEGINS = r"(?:^|[,;.!\n]\s|\s(?:i|oraz|e|and|und)\s)\s*"
_IS = r"\s*(?:[:=]|\s(?:to|jest|e|is|ist)\s)\s*"
_VALUE = r"(?P<value>[^\s,;:\n][^,;:?\n]{0,120}?)(?=[.!]*\s*(?:$|[,;\n])|\s(?:i|oraz|e|and|und)\s)"
_WORDS = r"(?P<value>\S[^\n?]{0,500})"
"""Whatever follows the name of a question for words is its answer, commas and all."""


def named_answers(text: str, langs: Languages, nameable: Callable[[], Sequence[Nameable]]) -> Iterator[FoundFact]:
    """Yield the answers that a message gives by name; a question gives none."""
    if " " not in text or _HINT.search(text) is None or not (questions := [one for one in nameable() if one.called]):
        return
    if is_question(text, fold_words(text).split(), langs):
        return
    said = plain(text)
    for question in questions:
        for match in _named(question.called, question.expects).finditer(said):
            start, end = match.span("number" if match["number"] else "value")
            value = _meant(text[start:end], question)
            clause = match.start("clause"), match.end()
            if value is not None and stance_at(text, *clause, langs) is Stance.asserted:
                yield FoundFact(Fact(question.step, value), *clause)


@cache
def _named(called: str, expects: Expects) -> re.Pattern[str]:
    """Return the pattern of a named answer: `NAME: VALUE`, and for a number also `VALUE NAME`."""
    name = loose(called.split(", "))
    kind = kind_of(expects)
    value = _WORDS if kind.worded.says_all else _VALUE
    counted = rf"(?P<number>\d{{1,6}})\s(?:{name})(?!\w)" if kind.found_by == "number" else "(?P<number>(?!))"
    return re.compile(f"{_BEGINS}(?P<clause>(?:{name}){_IS}{value}|{counted})")


def _meant(words: str, question: Nameable) -> str | None:
    """Return what the words are as an answer: the VALUE of an option, or what the step's parser reads."""
    if not question.options:
        return words
    titles = {fold_words(title): option.payload for option in question.options for title in option.titles}
    payload = titles.get(fold_words(words))
    return None if payload is None else payload.partition(":")[2]
