"""Questions about the open step or the desk itself, whatever the step: what for, must it be, who reads it.

They are told by question words and by what these refer to, so that a step needs no words of its own for them.
"""

import tomllib
from functools import cache, lru_cache
from pathlib import Path
from typing import cast

from nlu.intents.cues import Cue, CueIndex, CueMessage, compile_cue
from nlu.languages.language import Languages
from nlu.questions.asking import asks
from nlu.tokens import is_question
from values.parsing import fold_words

_FILE = Path(__file__).parents[1] / "phrases" / "side_questions.toml"
_LONGEST = 400
_BROUGHT = "ask:"
SURE = ("bot", "progress", "ads", "readers", "kept", "currency", "pay_by", "pay_later")
"""Questions that can mean nothing else; the others give way to whatever names its subject."""
ABOUT_THE_STEP = ("cancel", "later", "safe", "restart", "need", "step")


def read_side_question(text: str, langs: Languages, kinds: tuple[str, ...]) -> str | None:
    """Return the first of these kinds of question that a message asks."""
    asked = _asked(text, langs)
    return next((kind for kind in kinds if kind in asked), None)


@lru_cache(maxsize=4)  # several readers look at one message in a row
def _asked(text: str, langs: Languages) -> frozenset[str]:
    """Return all kinds of question that a message asks."""
    words = fold_words(text[:_LONGEST]).split()
    message = CueMessage.of(words, question=is_question(text, words, langs) or asks(text, langs))
    return frozenset(_cues(langs).holding(message))


@lru_cache(maxsize=64)
def _cues(langs: Languages) -> CueIndex:
    """Return the cues of all kinds: those of the shipped languages, and those that a seller's language brings."""
    brought = (
        (payload.removeprefix(_BROUGHT), cues)
        for lang in langs
        for payload, cues in lang.choices.items()
        if payload.startswith(_BROUGHT)
    )
    return CueIndex((*_shipped().items(), *brought))


@cache
def _shipped() -> dict[str, tuple[Cue, ...]]:
    raw = cast("dict[str, list[str]]", tomllib.loads(_FILE.read_text(encoding="utf-8")))
    return {kind: tuple(map(compile_cue, cues)) for kind, cues in raw.items()}


@cache
def words_of(kind: str) -> tuple[str, ...]:
    """Return the words by which a kind of question is known, as far as its cues name them."""
    raw = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    terms = (term for cue in raw.get(kind, ()) for term in cue.split() if term[0] not in "!<=?")
    return tuple(term.replace("/", " ").replace("_", " ").replace("*", "").replace("^", "") for term in terms)
