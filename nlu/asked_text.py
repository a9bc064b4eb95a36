"""Read what a message does to a text that was asked for, such as a report: send it, or take it back.

All else is its text. Only a message of which every clause says no more than that is read so, by closed lists: "no, the
data are right after all" isn't sent to anybody, and "the data aren't right" is what the report says.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from nlu.answer_words import SHIPPED
from nlu.choices import read_enough
from nlu.corrections.correction_words import nouns_of
from nlu.languages.language import Languages
from values.expected import Expected
from values.meaning import Press, Unclear
from values.parsing import fold_words
from values.patterns import regex

_FILE = Path(__file__).parent / "phrases" / "asked_text.toml"
_LONGEST = 120
_CLAUSES = regex(r"[,.;:!?\n]+|\s[–—-]\s")
_SEND, _DROP, _EITHER = "send", "drop", "either"
_OF_COMPANY = ("tax_number", "company_name", "street", "postal_code", "city")
_DROPPING = ("skip", "home")
"""Values of the ways past a text, the closest first."""


@cache
def _tables() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


@cache
def _words(name: str, code: str = "") -> frozenset[str]:
    """Return a list of the file: of all its languages, or of one that it has."""
    table = _tables()[name]
    return frozenset(fold_words(table.get(code) or " ".join(table.values())).split())


def read_asked_text(text: str, expected: Expected, langs: Languages) -> Press | Unclear | None:
    """Return the press that sends the text or takes it back; a bare yes or no at such a question is asked about."""
    if len(text) > _LONGEST or "?" in text:
        return None
    clauses = [clause for part in _CLAUSES.split(text) if (clause := fold_words(part))]
    done = {_does(clause, langs) for clause in clauses}
    if not done or None in done:
        return None
    payloads = [option.payload for option in expected.options]
    sends = [one for one in payloads if one.endswith(f":{_SEND}")]
    drops = [one for value in _DROPPING for one in payloads if one.endswith(f":{value}")][:1]
    if not (sends or drops) or (done == {_EITHER} and expected.optional and not sends):
        return None
    wanted = sends if done <= {_SEND, _EITHER} and _SEND in done else drops if _DROP in done else []
    if wanted and done != {_EITHER}:
        return Press(wanted[0], words=text)
    return Unclear((*sends, *drops) if sends else (), text)


def calls_data_right(text: str, langs: Languages) -> bool | None:
    """Return whether a message calls the data of a company, or one of them, right or wrong; None if it says more."""
    said = fold_words(text[:_LONGEST])
    if (_words("right") | _words("wrong")).isdisjoint(said.split()):
        return None
    for one in _OF_COMPANY:
        said = nouns_of(one).sub("data", said)
    words = _after_no(said.split(), langs)
    if len(text) > _LONGEST or "?" in text or _words("data").isdisjoint(words):
        return None
    telling, denied = [word for word in words if word not in _words("data")], _denies(words, langs)
    if _consists(telling, "right"):
        return not denied
    answered = _denies(words[:1], langs)  # "no, they're out of date"
    return False if _consists(telling, "wrong") and (answered or not denied) else None


def _denies(words: list[str], langs: Languages) -> bool:
    return not _words("negating", langs[0].code).isdisjoint(words)  # "no" opens a Polish sentence


def _after_no(words: list[str], langs: Languages) -> list[str]:
    """Return words without a no that is said for itself: "no, after all they are right"."""
    return words[1:] if words[1:2] and words[1] in _words("after_all") and _denies(words[:1], langs) else words


def _does(clause: str, langs: Languages) -> str | None:
    """Return what a clause does to the text, None where it is the text."""
    words = _after_no(clause.split(), langs)
    said = " ".join(words)
    if any(said in answers for lang in langs for answers in (lang.answers.yes, lang.answers.no)):
        return _EITHER
    if said in SHIPPED.yes or said in SHIPPED.no or said in _words("after_all"):
        return _EITHER
    if read_enough(said, langs):
        return _SEND
    denied = _denies(words, langs)
    if _consists(words, "giving_up"):
        return _DROP
    if _consists(words, "sending"):
        return _DROP if denied else _SEND
    return _DROP if not denied and _consists(words, "right") else None


def _consists(words: list[str], name: str) -> bool:
    """Return whether words are one of a list and else only the small ones that may stand beside it."""
    telling = _words(name)
    rest = [word for word in words if word not in telling]
    return len(rest) < len(words) and (_words("beside") | _words("negating") | _words("after_all")).issuperset(rest)
