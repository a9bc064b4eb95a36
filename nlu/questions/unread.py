"""Pieces of a message that no reading has used."""

import re
from collections.abc import Callable, Sequence

from nlu.intents.score import OUT_OF_SCOPE
from nlu.languages.language import Languages
from nlu.questions.pieces import holds, pieces
from nlu.reading import Reading
from values.meaning import Answer, Correction, Discount, Faq, Intent, Meaning, NavigationCommand, Press, Unclear
from values.slots.word_classes import WordClass, class_of

_TAIL = 6
"""The last characters of a value, which stand in a message however it begins: without a country's code."""


def find_unread(reading: Reading, langs: Languages, read: Callable[[str], Meaning]) -> tuple[str, ...]:
    """Return the pieces that say something by themselves, hold no value and mean nothing that the message was read as.

    `read` understands a piece as a message. A message of one piece is read as a whole, or not at all.
    """
    cut = pieces(reading.text, langs) if reading.typed else []
    if len(cut) < 2:
        return ()
    found, unread = (reading.meaning, *reading.besides), list[str]()
    withheld = [_bare(one.text)[-_TAIL:] for one in reading.not_given]
    for part in cut:
        said = reading.text[part.start : part.end].strip(" ,;")
        told = holds(part, reading.facts) or not _says_something([token.word for token in part.words])
        told = told or any(value in _bare(said) for value in withheld) or any(_uses(one, said) for one in found)
        if not told and _kind(read(said)) not in map(_kind, found):
            unread.append(said)
    return tuple(unread)


def _bare(text: str) -> str:
    return re.sub(r"\W", "", text)


def _says_something(words: Sequence[str]) -> bool:
    """Return whether words are more than talk: "ok", "please", "as I said"."""
    return any(class_of(word) in (WordClass.content, WordClass.noun) for word in words)


def _uses(meaning: Meaning, said: str) -> bool:
    """Return whether a meaning was made of these words, or of some of them."""
    match meaning:
        case Answer():
            words = meaning.words
        case Correction(_, str(words)) | Discount(words) | Unclear(_, words):
            pass
        case _:
            return False
    return words in said or said in words


def _kind(meaning: Meaning) -> tuple[str, ...]:
    """Name a meaning without its words; one that none is understood by is like no other."""
    match meaning:
        case Intent(name) | Press(name) | Faq(name) | NavigationCommand(name) | Correction(name):
            return (name,) if name != OUT_OF_SCOPE else ()
        case _:
            return (type(meaning).__name__,)
