"""Search terms of transcripts: without case and accents, numbers also without separators."""

from msgspec import Struct

from values.parsing import unaccent
from values.patterns import regex

MOST_WORDS = 8
_BETWEEN = regex(r"[\W_]+")
_WORD = regex(r"[^\W_]+")
_NUMBER = regex(r"\+?[0-9](?:[ \u00a0\-./()]{0,2}[0-9]){5,}")
_ONLY_NUMBER = regex(r"\s*\+?[0-9](?:[ \u00a0\-./()]{0,2}[0-9]){5,}\s*")
_AROUND = 60
_WHOLE = 200


class SearchTerms(Struct, frozen=True):
    """Terms of a search. `words`: each must begin a word of the line; `number`: these digits must stand in it."""

    words: tuple[str, ...]
    number: str = ""

    @property
    def needles(self) -> tuple[str, ...]:
        """The strings that must all occur in `folded` words."""
        return (self.number,) if self.number else tuple(f" {word}" for word in self.words)


class Snippet(Struct, frozen=True):
    """A piece of a message, plain text, and where in it stands what was looked for: from, until."""

    text: str
    hits: tuple[tuple[int, int], ...]


def fold_search_terms(text: str) -> str:
    """Return the words of a text, each behind one blank, then its longer numbers written together."""
    words = _BETWEEN.sub(" ", unaccent(text)).strip()
    numbers = [_digits(found[0]) for found in _NUMBER.finditer(text)]
    return "".join(f" {part}" for part in (words, *dict.fromkeys(numbers)) if part)


def parse_search(text: str) -> SearchTerms | None:
    """Parse a search; None if there is nothing in it to look for.

    Of a number with its country in front the last nine digits count: people write it either way.
    """
    if _ONLY_NUMBER.fullmatch(text):
        digits = _digits(text)
        abroad = text.strip().startswith(("+", "00"))
        return SearchTerms((), digits[-9:] if abroad and len(digits) > 9 else digits)
    words = tuple(dict.fromkeys(_BETWEEN.sub(" ", unaccent(text)).split()))[:MOST_WORDS]
    return SearchTerms(words) if words else None


def snippet(text: str, looked_for: SearchTerms) -> Snippet:
    """Return the piece of the text around the first hit; its beginning where the hit can't be shown."""
    hits = _hits(text, looked_for)
    first = hits[0][0] if hits else 0
    start = _word_border(text, first - _AROUND) if first > _AROUND else 0
    end = min(len(text), start + _WHOLE)
    head, tail = "…" if start else "", "…" if end < len(text) else ""
    shift = start - len(head)
    shown = tuple((a - shift, min(b, end) - shift) for a, b in hits if a >= start and a < end)
    return Snippet(f"{head}{text[start:end]}{tail}", shown)


def _hits(text: str, looked_for: SearchTerms) -> list[tuple[int, int]]:
    if looked_for.number:
        found = (n.span() for n in _NUMBER.finditer(text) if looked_for.number in _digits(n[0]))
        return sorted(found)
    return [word.span() for word in _WORD.finditer(text) if unaccent(word[0]).startswith(looked_for.words)]


def _word_border(text: str, at: int) -> int:
    """Return the beginning of the next word, if there is one near."""
    blank = text.find(" ", at, at + 20)
    return blank + 1 if blank >= 0 else at


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isascii() and sign.isdecimal())
