"""Two questions in one message: "ile kosztuje i czy mogę płacić przelewem?"."""

import re

from nlu.languages.language import Languages
from nlu.questions.asking import asks
from nlu.tokens import is_question
from values.parsing import fold_words

_LONGEST = 300
_AND = r"(?:i|a|oraz|e|ed|and|und|sowie|also|plus)\s+"
_JOINING = re.compile(_AND, re.I)
_BETWEEN = re.compile(rf"\?\s+(?=\S)|(?:\s*[,;]\s*|\s+){_AND}|\s*[,;]\s+", re.I)
_CLAUSE = re.compile(r"[,;:.!]\s+")
_LEAST_WORDS = 2


def two_questions(text: str, langs: Languages) -> tuple[str, str] | None:
    """Return the two questions that a message asks, each by itself; None where it is one, or anything else."""
    if len(text) > _LONGEST:
        return None
    for between in _BETWEEN.finditer(text):
        first, second = text[: between.start()], text[between.end() :].rstrip(" ?")
        if (joined := _JOINING.match(second)) is not None:
            second = second[joined.end() :]
        marked = text[between.start()] == "?"
        if (marked or asks(first, langs) or _begins(_CLAUSE.split(first)[-1], langs)) and _begins(second, langs):
            return f"{first.strip()}?", f"{second}?"
    return None


def _begins(text: str, langs: Languages) -> bool:
    """Return whether a part begins as a question does, and has more than its first word."""
    words = fold_words(text.replace("?", " ")).split()
    return len(words) >= _LEAST_WORDS and is_question(" ".join(words), words, langs)
