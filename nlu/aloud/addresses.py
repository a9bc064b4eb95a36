"""E-mail addresses said aloud → as they are typed, in their place in the text."""

import re
from collections.abc import Sequence

from msgspec import Struct

from nlu.entities.spoken_addresses import INTRO, LEADS, read_spoken
from nlu.entities.taken_back import without_taken_back
from nlu.languages.language import Language, Languages
from nlu.numbers.spelling import letter
from nlu.phrase_lines import Forms
from values.meaning import Entity
from values.parsing import fold_words, unaccent

_SAYS = Forms("aloud_addresses")
_BESIDE = INTRO | LEADS | frozenset("dziekuje dzieki grazie thanks thank".split())
_DENYING = frozenset("nie no non not wrong zle same sempre zawsze or albo lub oppure instead zamiast invece".split())


class ReadAddresses(Struct, frozen=True):
    """A text with its addresses as they are typed; not `sure` where one was said that can't be read for certain."""

    text: str
    sure: bool = True
    found: bool = False
    alone: str = ""  # the address, where nothing but words that lead to it stands beside it


def with_addresses(text: str, langs: Languages) -> ReadAddresses:
    """Put the addresses that were said in the place of their words."""
    said = _without_notes(text, langs[0])
    if said is None:
        return ReadAddresses(text, sure=False)
    spoken = read_spoken(said, langs, heard=True)
    if not spoken.found:
        return ReadAddresses(text, sure=not spoken.unread)
    found = spoken.found
    last = _standing(found, said, langs)
    if last is None:
        return ReadAddresses(text, sure=False)
    # What was taken back goes, with the words that take it back.
    before, behind = said[: found[0][0]], said[found[-1][1] :]
    alone = all(word in _BESIDE and word not in _DENYING for word in fold_words(f"{before} {behind}").split())
    return ReadAddresses(before + last + behind, sure=not spoken.unread, found=True, alone=last if alone else "")


def _standing(found: Sequence[tuple[int, int, str]], said: str, langs: Languages) -> str | None:
    """Return the one address that isn't taken back; None where several stand."""
    every = [Entity("email", value, start, end) for start, end, value in found]
    standing = {one.value for one in without_taken_back(every, said, langs)}
    return standing.pop() if len(standing) == 1 else None


def _without_notes(text: str, lang: Language) -> str | None:
    """Return the text without notes on its spelling; None where one of them changes what was said."""
    text = _SAYS.notes.sub(" ", text)
    for note in reversed([*_SAYS.by_letter.finditer(text)]):
        named = letter(unaccent(note[1]), lang.letters)
        before = re.search(r"[^\W\d_]+$", text[: note.start()])
        if not named or before is None:
            continue
        if named not in unaccent(before.group()):
            return None
        text = text[: note.start()] + text[note.end() :]
    return text
