"""A number or a day corrected by its value alone: "no, 12", "nie, 12 osób", "zmień na 12"."""

import re
from collections.abc import Iterator, Sequence

from nlu.answers import attempt, numeric
from nlu.corrections.correction_words import Corrections
from nlu.languages.language import Languages
from values.kinds import COUNTED, AnswerKind, kind_of
from values.meaning import Correction, Expected
from values.parsing import fold_words

_MOST_WORDS = 3
_TO = re.compile(r"\s*(?:(?:it|that|es|das|lo|la|je)\s+)?(?:to|na|in|auf|a|con|by)\s+")


def read_count(
    text: str, said: str, expected: Expected, langs: Languages, forms: Sequence[Corrections]
) -> Correction | None:
    """Return the correction of the only number, or the only day, that was given; None where it may mean another.

    `said` is the message unaccented. Where digits of another kind are asked for, digits are tried as those.
    """
    if "?" in text or numeric(expected.expects) or kind_of(expected.expects).called_code:
        return None
    values = tuple(_values(text, said, forms))
    for kind in COUNTED if values else ():
        known = expected.correctable.items()
        steps = [name for name, expects in known if expects is kind.expects and name != kind.expects]
        if len(steps) != 1 or kind.expects is expected.expects:
            continue
        for value in values:
            offered = attempt(value, kind.expects, expected, langs) if _is_alone(value, kind, expected) else None
            own = attempt(value, expected.expects, expected, langs)
            if offered is not None and offered.good and not (own is not None and own.good):
                return Correction(steps[0], offered.value or value.strip(" .,;!"))
    return None


def _values(text: str, said: str, forms: Sequence[Corrections]) -> Iterator[str]:
    """Yield what stands behind words of error, and behind a verb of change with nothing but "to" between."""
    for words in forms:
        if (erred := words.err_value.match(said)) is not None:
            yield text[erred.start("rest") : erred.end("rest")]
        if (change := words.change.search(said)) is not None:
            to = _TO.match(said, change.end())
            if to is not None and len(fold_words(said[: change.start()]).split()) <= _MOST_WORDS:
                yield text[to.end() :]


def _is_alone(value: str, kind: AnswerKind, expected: Expected) -> bool:
    return kind.is_alone is not None and kind.is_alone(value, expected)
