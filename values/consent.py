"""Consents and documents: the words of a profile, their full text, and what a customer accepted.

A full text is plain text with `# ` before its heading and `## ` before those of its parts; a line of three dashes parts
it from the sentence with which it is accepted.
"""

from datetime import datetime
from hashlib import sha256

from msgspec import Struct

from values.private import Private, PrivateStruct

VOICE = "voice"
"""The document with the words of the consent to recordings being heard, for sellers who ask for one."""


class Acceptance(Struct, frozen=True):
    """An acceptance: the version and language, the words (their fingerprint), when and how; or its taking back."""

    id: str
    version: str
    locale: str
    words: str
    at: datetime
    how: str  # button, word
    given: bool = True  # False: taken back


class Consent(PrivateStruct):
    """A consent, or a document accepted by an act of its own.

    `words` are all that is accepted with it, in each of the profile's languages: its full text, where there is one,
    and the sentence that the question shows. `sentences` are those alone, and those of earlier releases: all that was
    accepted before there was a full text.
    """

    id: str
    version: str
    obligatory: bool = True
    words: Private[tuple[tuple[str, str], ...]] = ()
    sentences: Private[tuple[tuple[str, str], ...]] = ()
    headings: tuple[tuple[str, str], ...] = ()  # of its full text; none where there is only the sentence

    def words_in(self, locale: str) -> str:
        """Return its words in a language; none where the profile doesn't speak it."""
        return dict(self.words).get(locale, "")

    def heading_in(self, locale: str) -> str | None:
        """Return the heading of its full text in a language; None where there is nothing more to read."""
        return dict(self.headings).get(locale)

    def fingerprint(self, locale: str) -> str:
        return fingerprint(self.words_in(locale))

    def accepted(self, locale: str, at: datetime, how: str) -> Acceptance:
        """Return an acceptance of the present wording."""
        return Acceptance(self.id, self.version, locale, self.fingerprint(locale), at, how)

    def is_still(self, accepted: Acceptance) -> bool:
        """Return whether version and words are those that were accepted."""
        return (accepted.version, accepted.words) == (self.version, self.fingerprint(accepted.locale))


def fingerprint(words: str) -> str:
    """Return the SHA-256 of the exact words, under which they are kept."""
    return sha256(words.encode()).hexdigest()


_HEADING, _PART, _RULE = "# ", "## ", "---"


class Block(Struct, frozen=True):
    """A heading (level 1 or 2), a paragraph (level 0) with its lines, or a rule (no lines)."""

    level: int
    lines: tuple[str, ...]


def is_document(text: str) -> bool:
    """Return whether the text begins with a heading, as full texts do."""
    return text.startswith(_HEADING) and bool(document_heading(text))


def document_heading(text: str) -> str:
    return text.partition("\n")[0].removeprefix(_HEADING).strip()


def document_blocks(text: str) -> tuple[Block, ...]:
    """Return the headings and paragraphs, in order."""
    parts = (part.strip("\n") for part in text.split("\n\n"))
    return tuple(_document_block(part) for part in parts if part.strip())


def accepted_with(text: str, sentence: str) -> str:
    """Return all that is accepted: the text, and the sentence of the question."""
    return f"{text}\n\n{_RULE}\n\n{sentence}"


def _document_block(part: str) -> Block:
    if part == _RULE:
        return Block(0, ())
    for level, mark in ((1, _HEADING), (2, _PART)):
        if part.startswith(mark):
            return Block(level, (part.removeprefix(mark).strip(),))
    return Block(0, tuple(part.splitlines()))
