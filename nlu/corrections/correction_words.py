"""The words of corrections, unaccented: what answers are called, words of change and of error, and the forms they make.

Here are those of the shipped languages, all in one; a profile's own language brings its own. What the answer of one
dialog alone is called stands in its texts, as `called.STEP`, and comes with the open step.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache, lru_cache

from msgspec import Struct

from nlu.phrase_lines import patterns
from values.patterns import regex
from values.slots.word_classes import answer_names

Noun = tuple[tuple[str, ...], str]
"""The answers that a noun may mean, and the noun as a regular expression."""

NOUNS: tuple[Noun, ...] = tuple((one.of, one.called) for one in answer_names())

CORRECTING = tuple(
    "change lead error whose is wrong wrong_before said later instead rather should signs moved renamed right"
    " except".split()
)
"""The names of the lists of words, which `corrections.toml` explains."""


class CorrectionForm(Struct, frozen=True, eq=False):
    """One form of a correction. `needs_value`: it is none without the new answer; `bare`: it only states an answer.

    `shown`: it is one only where the answers are shown to be confirmed ("all right, but the street …").
    """

    pattern: re.Pattern[str]
    needs_value: bool = False
    bare: bool = False
    shown: bool = False
    ends: bool = False  # without the new answer it is one only where nothing follows the noun
    slot: str = ""  # what it is about where no noun says it


class Corrections(Struct, frozen=True, eq=False):
    """The forms of corrections in some languages, in the order in which they are tried."""

    nouns: tuple[Noun, ...]
    forms: tuple[CorrectionForm, ...]
    err_value: re.Pattern[str]
    starts_is: re.Pattern[str]
    later_is: re.Pattern[str]
    not_meant: re.Pattern[str]
    rather: re.Pattern[str]
    lead_in: re.Pattern[str]
    signs: re.Pattern[str]
    denies: re.Pattern[str]
    change: re.Pattern[str]
    words: Mapping[str, str]
    change_last: bool

    def slots(self, form: CorrectionForm, match: re.Match[str]) -> tuple[str, ...]:
        """Return the slots that the noun of a match names, or its form."""
        if form.slot:
            return (form.slot,)
        return next(slots for i, (slots, _) in enumerate(self.nouns) if match.group(f"n{i}") is not None)


_EDGE = r"(?![^\W_])"
_START = r"(?<![^\W_])"
_TO_PLACE = r"teraz|obecnie|to|na|do|w|pod|adres|ora|adesso|in|a|siamo|now|at|jetzt|nach"
_BEFORE_VALUE = r"jest|to|na|do|is|was|the|e|e'|era|il|la|al|numer|nr|number|numero"


def corrections_of(nouns: tuple[Noun, ...], words: Mapping[str, str], *, change_last: bool = False) -> Corrections:
    """Compile the forms of correction made of words, by the names that `corrections.toml` explains. Errors: re.error.

    `change_last`: the language also puts the word of change at the end. Of words that are missing there are none.
    """
    w = defaultdict(lambda: "(?!)", words)
    noun = "|".join(f"(?P<n{i}>{pattern})" for i, (_, pattern) in enumerate(nouns))
    lead, whose, is_ = rf"(?:(?:{w['lead']}) )*", rf"(?:(?:{w['whose']}) |l')*", rf"(?:{w['is']})"
    erred = rf"(?:(?:{w['error']})[\s,.!:;-]+)"
    named = rf"{whose}(?:{noun})(?: (?:{w['right']}))?{_EDGE}"
    begins = rf"(?:[^?]{{0,40}}[,.;!]\s+)?{erred}*"
    moved, renamed, change = w["moved"], w["renamed"], w["change"]
    either = rf"(?P<rest>(?:{w['instead']})\s+\S.*[\s,;](?:{w['rather']})\s+[^?]+)"
    forms = [
        CorrectionForm(_whole(rf"{erred}?{lead}(?:{change}) {named}(?P<rest>.*)")),
        CorrectionForm(_whole(rf"{erred}*{named}(?: sie|'s)? (?:{w['wrong']}){_EDGE}(?P<rest>.*)")),
        CorrectionForm(_whole(rf"{erred}*(?:(?:{w['said']}) )*(?:{w['wrong_before']}) {named}(?P<rest>.*)")),
        CorrectionForm(_whole(rf"{erred}+{named}\s*{is_}(?![^\W_])\s*(?P<rest>.+)"), needs_value=True),
        CorrectionForm(_whole(rf"{erred}*{named}\s+{either}"), needs_value=True),
        CorrectionForm(_whole(rf"{named},?\s+(?:{w['should']})\s+(?P<rest>[^?]+)"), needs_value=True),
        CorrectionForm(_whole(rf"{named}\s*(?:{w['states']})\s+(?P<rest>.+)"), needs_value=True, bare=True),
        CorrectionForm(
            _whole(rf"{begins}(?:{moved})[\s,:]+(?:(?:{_TO_PLACE})\s+)*(?P<rest>[^?]+)"),
            needs_value=True,
            shown=True,
            slot="street",
        ),
        CorrectionForm(_whole(rf"{begins}(?:{renamed})[\s:]+(?P<rest>[^?]+)"), needs_value=True, slot="company_name"),
        CorrectionForm(
            _whole(rf"(?:[^?]{{0,60}}?[\s,])?(?:{w['except']})\s+{named}(?P<rest>[^?]*)"), shown=True, ends=True
        ),
    ]
    if change_last:
        forms.insert(1, CorrectionForm(_whole(rf"{erred}*{lead}{named}(?P<rest>.*?)\s+(?:{change})\W*")))
    return Corrections(
        nouns,
        tuple(forms),
        re.compile(rf"^{erred}+(?P<rest>.+)$", re.S),
        re.compile(rf"^\s*(?:{is_})(?![^\W_])\s*", re.S),
        re.compile(rf"(?:^|(?<=[\s,;:]))(?:{w['later']})\s+(?P<value>\S.*)$", re.S),
        re.compile(rf"(?:^|(?<=[\s,;(]))(?:{w['instead']})\s+(?=\S)", re.S),
        re.compile(rf"[\s,;]+(?:{w['rather']})\s+(?P<value>\S.*)$", re.S),
        re.compile(rf"^{erred}*(?:{named}\s*(?:(?:{w['states']})\s+)?)?"),
        re.compile(rf"{_START}(?:{w['signs']}){_EDGE}"),
        re.compile(rf"{_START}(?:{w['instead']}|isn'?t|wasn'?t)\s+(?:(?:{_BEFORE_VALUE})\s+)*$"),
        re.compile(rf"{_START}(?:{w['change']}){_EDGE}"),
        w,
        change_last,
    )


def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(f"^{pattern}$", re.S)


_NOUNS_OF = {
    kind: regex(rf"{_START}(?:{'|'.join(noun for of, noun in NOUNS if kind in of)}){_EDGE}")
    for kind in dict.fromkeys(kind for of, _ in NOUNS for kind in of)
}
_NOTHING = regex("(?!)")


def nouns_of(kind: str) -> re.Pattern[str]:
    """Return the pattern of the nouns that may mean an answer of a kind."""
    return _NOUNS_OF.get(kind, _NOTHING)


@lru_cache(maxsize=32)
def also_called(known: Corrections, nouns: tuple[Noun, ...]) -> Corrections:
    """Return the forms with more nouns, looked for before the others."""
    return corrections_of((*nouns, *known.nouns), known.words, change_last=known.change_last) if nouns else known


@cache
def load_corrections() -> Corrections:
    """Return the corrections in any of the shipped languages."""
    w = patterns("corrections")
    other = w["other"]
    wrong = (
        rf"(?:(?:{w['verbs']}) )?(?:{w['mistaken']})"
        rf"|(?:jest|to juz|is|was|e|e'|era) (?:{other})|(?:{other})(?=\s*[:,;.!-])"
    )
    made = {
        "error": rf"{w['error']}|nie|no",
        "is": rf"(?:{w['is']})(?: (?:{w['now']}))?",
        "wrong": wrong,
        "later": rf"{w['later']}|to|is|e",
        "signs": rf"{w['change']}|{w['error']}|{w['later']}|{w['signs']}",
    }
    return corrections_of(NOUNS, {**w, **made})


def tells_a_move(said: str) -> bool:
    """Return whether unaccented words tell that somebody has moved: street, postal code and town are others now."""
    return _moved().search(said) is not None


@cache
def _moved() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{load_corrections().words['moved']})\b")
