"""Consents: what a profile asks for, in its words of today, and what a customer has accepted."""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What a customer accepted: in which version and language, which words (their fingerprint), when and how."""

    id: str
    version: str
    locale: str
    words: str
    at: datetime
    how: str  # button, word


@dataclass(frozen=True, slots=True)
class Consent:
    """A consent, or a document accepted by an act of its own. `words` are all that is accepted with it, in each of the
    profile's languages: its full text, where there is one, and the sentence that the question shows. `sentences` are
    those alone: all that was accepted before there was a full text."""

    id: str
    version: str
    obligatory: bool = True
    words: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    sentences: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    headings: tuple[tuple[str, str], ...] = ()  # of its full text; none where there is only the sentence

    def words_in(self, locale: str) -> str:
        """Return its words in a language; none where the profile doesn't speak it."""
        return dict(self.words).get(locale, "")

    def heading_in(self, locale: str) -> str | None:
        """Return the heading of its full text in a language; None where there is nothing more to read."""
        return dict(self.headings).get(locale)

    def fingerprint(self, locale: str) -> str:
        """Return the fingerprint of its words in a language."""
        return fingerprint(self.words_in(locale))

    def accepted(self, locale: str, at: datetime, how: str) -> Acceptance:
        """Return its acceptance as it is worded now."""
        return Acceptance(self.id, self.version, locale, self.fingerprint(locale), at, how)

    def is_still(self, accepted: Acceptance) -> bool:
        """Whether it has the version and the words that were accepted."""
        return (accepted.version, accepted.words) == (self.version, self.fingerprint(accepted.locale))


def fingerprint(words: str) -> str:
    """Return the SHA-256 of the exact words, under which they are kept."""
    return sha256(words.encode()).hexdigest()
