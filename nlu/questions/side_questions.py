"""Questions about the open step or the desk itself, whatever the step: what for, must it be, who reads it.

They are told by question words and by what these refer to, so that a step needs no words of its own for them.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path

from nlu.corrections.correction_words import load_corrections
from nlu.corrections.sentences import fold_letters
from nlu.intents.cues import Cue, CueIndex, CueMessage, phrase_cues
from nlu.languages.language import Languages
from nlu.phrase_lines import wish
from nlu.questions.asking import asks
from nlu.tokens import is_question
from values.parsing import fold_words
from values.patterns import regex

_FILE = Path(__file__).parents[1] / "phrases" / "side_questions.toml"
_LONGEST = 400
_BROUGHT, _MINE = "ask:", "mine"
SOLD_HERE = "soldhere"
"""Stands in cues for the name of what is sold."""
_VALUE = regex(r"@|\d{3}")
_ASKS, _SHOWS, _NO_OWN = wish(_MINE, "<asks>"), wish(_MINE, "<shows>"), wish(_MINE, "<not>")
_OWN, _HAVE = wish(_MINE, "<own>|<kept>"), wish(_MINE, "<have>")
_ALSO_CALLED = {name: wish(_MINE, f"<{name}>") for name in ("number", "method", "consents", "company")}
_WHY = frozenset({"step", "need"})
"""Questions for an answer's purpose, or whether it must be given: about it, not after its value."""
_REACHES = frozenset({"phone", "email"})
_TALK = ("where", "my_phone", "my_email", "sent", "charged", "what_is_this")
_GIVEN = ("my_consents", "my_company", _MINE, "my_method", "ordered", "total")
_LESS = ("invoice", "end", "this")
OF_THE_OFFER = ("price_in", "currency", "trial", "term", "renewal")
"""Questions about what the profile alone says of all that is sold; an entry that lists them says it better."""
_TOLD = ("bot", "wait", "progress", "ads", "readers", "kept", "pay_by", "pay_later")
SURE = (*OF_THE_OFFER[:3], *_TALK, *_TOLD, *_GIVEN, *OF_THE_OFFER[3:], *_LESS, "next")
"""Questions that can mean nothing else; the others give way to whatever names its subject."""
SPARING = frozenset({"total", *OF_THE_OFFER, *_LESS})
"""Those of them that may have few words of their own."""
ABOUT_THE_STEP = ("cancel", "later", "safe", "restart", "need", "step")


def read_side_question(text: str, langs: Languages, kinds: tuple[str, ...]) -> str | None:
    """Return the first of these kinds of question that a message asks."""
    asked = _asked(text, langs)
    own = None if _WHY.intersection(asked) else _of_answer(text, langs)
    found = (own if kind == _MINE else kind for kind in kinds if kind == _MINE or kind in asked)
    return next((kind for kind in found if kind is not None), None)


def _of_answer(text: str, langs: Languages) -> str | None:
    """Return the question after an answer of one's own by the name of that answer; None where a value is told."""
    said, words = fold_letters(text[:_LONGEST]), fold_words(text[:_LONGEST])
    asked = _SHOWS.search(words) or (_ASKS.search(words) and asks(text, langs))
    if not asked or _VALUE.search(said) or _NO_OWN.search(words):
        return None
    own, slot = _OWN.search(words), next((slots[0] for slots, noun in _nouns() if noun.search(said)), None)
    if slot is None and own:
        slot = next((name for name, noun in _ALSO_CALLED.items() if noun.search(words)), None)
    theirs = slot in _REACHES or not _HAVE.search(words)  # "what phone do you have?" is after the seller's own
    return f"my_{slot}" if slot is not None and (own or not theirs) else None


@cache
def _nouns() -> tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]:
    return tuple((slots, re.compile(rf"\b(?:{pattern})\b")) for slots, pattern in load_corrections().nouns)


def rest_beside(text: str, kind: str, langs: Languages) -> str:
    """Return what a message says beside the words by which it asks this kind of question, folded."""
    words = fold_words(text[:_LONGEST]).split()
    for cue in _asked(text, langs).get(kind, ()):
        words = cue.without(words)
    return " ".join(words) + ("?" if "?" in text else "")


@lru_cache(maxsize=4)  # several readers look at one message in a row
def _asked(text: str, langs: Languages) -> Mapping[str, Sequence[Cue]]:
    """Return all kinds of question that a message asks, each with the cues by which it does."""
    words = fold_words(text[:_LONGEST]).split()
    return _cues(langs).holding(CueMessage.of(words, question=is_question(text, words, langs) or asks(text, langs)))


@lru_cache(maxsize=64)
def _cues(langs: Languages) -> CueIndex:
    """Return the cues of all kinds: those of the shipped languages, and those that a seller's language brings."""
    brought = (
        (payload.removeprefix(_BROUGHT), cues)
        for lang in langs
        for payload, cues in lang.choices.items()
        if payload.startswith(_BROUGHT)
    )
    return CueIndex((*phrase_cues("side_questions").items(), *brought))


@cache
def words_of(kind: str) -> tuple[str, ...]:
    """Return the words by which a kind of question is known, as far as its cues name them."""
    raw = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    terms = (term for cue in raw.get(kind, ()) for term in cue.split() if term[0] not in "!<=?")
    return tuple(term.replace("/", " ").replace("_", " ").replace("*", "").replace("^", "") for term in terms)
