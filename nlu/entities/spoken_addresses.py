"""E-mail addresses in words: "anna kropka nowak małpa example kropka com", "A. Wrona at firm dot eu".

They stand half in words, half in signs, as people say them and recognisers write them. Each part is put together by
what stands beside it: a letter's name is a letter among letters and signs, number words are the number they make, and
commas mean nothing.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from nlu.entities.taken_back import takes_value_back
from nlu.languages.language import AddressWords, Languages
from nlu.numbers.choose import candidates
from nlu.numbers.groups import runs
from nlu.numbers.spelling import OF_TWO_WORDS, WORDS_TOO, letter, without_examples
from nlu.phrase_lines import word_set
from nlu.tokens import Token
from values import email
from values.parsing import Ok, fold_words, unaccent
from values.patterns import regex

_AT = frozenset("malpa malpka malpie at chiocciola chiocciolina kiocciola".split())
_DOT = frozenset("kropka punto dot punkt period".split())
_HYPHEN = frozenset("myslnik minus kreska lacznik trattino hyphen dash".split())
_UNDERSCORE = frozenset("podkreslnik podkreslenie underscore podloga".split())
INTRO = word_set("entities_addresses", "intro")
TLDS = word_set("entities_addresses", "tlds")
_PIECE = regex(r"[^\W_]+(?:['’][^\W_]+)*|\S")
_SIGNS = {".": ".", "-": "-", "_": "_", "@": "@"}
_SOFT = ",…"
_LISTED: Mapping[str, Any] = tomllib.loads(Path(__file__).with_name("address_parts.toml").read_text("utf-8"))
_PAIRS = OF_TWO_WORDS | {tuple(words.split()): sign for words, sign in _LISTED["pairs"].items()}
_PROVIDERS = word_set("aloud_addresses", "providers")
_ARTICLES = frozenset("a e i o".split())
_WHOSE = frozenset("my our your his her the".split())
LEADS = word_set("aloud_addresses", "leads")
"""Words of the sentence around an address, beside those that introduce it."""
_MOST_WORDS, _MOST_PIECES, _MOST_BEHIND = 4, 40, 8
_ADDRESS = regex(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,10}")


class SpokenAddresses(Struct, frozen=True):
    """The addresses that a text says, where they begin and end; `unread`: another one can't be read for certain."""

    found: list[tuple[int, int, str]]
    unread: bool


class _Item(Struct):
    """A part of a text: a `word`, a `sign` of addresses, `soft` for a comma, `break` where a clause ends."""

    kind: str
    text: str
    start: int
    end: int
    raw: str = ""


class _Part(Struct, frozen=True):
    """One side of the "at", and the place of its outer end in the text."""

    text: str
    place: int


def read_spoken(text: str, langs: Languages, *, heard: bool = False) -> SpokenAddresses:
    """Read the addresses that stand in words; where these were `heard`, letters' names as recognisers write them."""
    said, known = fold_words(text).split(), _known(langs)
    ends = heard or not (TLDS.isdisjoint(said) and known.dot.isdisjoint(said))
    if not ends or (known.at.isdisjoint(said) and not (heard and "@" in text)):  # "at" alone is mostly a word
        return SpokenAddresses([], unread=False)
    items = _items(text, langs)
    reader, found, unread = _Reader(items, text, langs, heard=heard), list[tuple[int, int, str]](), False
    for at in [at for at, item in enumerate(items) if item.text == "@" and item.kind == "sign"]:
        read = reader.read(at)
        if read is None:
            unread = True
        elif not found or read[0] >= found[-1][1]:
            found.append(read)
    return SpokenAddresses(found, unread)


@lru_cache(maxsize=32)
def _signs(langs: Languages) -> Mapping[str, str]:
    """Return the words for the signs of an address, with what they write."""
    known = _known(langs)
    words = ((known.dot, "."), (known.hyphen, "-"), (known.underscore, "_"), (known.at, "@"))
    return {word: sign for table, sign in words for word in table}


@lru_cache(maxsize=32)
def _known(langs: Languages) -> AddressWords:
    brought = [lang.address for lang in langs]
    return AddressWords(
        at=_AT.union(*(words.at for words in brought)),
        dot=_DOT.union(*(words.dot for words in brought)),
        hyphen=_HYPHEN.union(*(words.hyphen for words in brought)),
        underscore=_UNDERSCORE.union(*(words.underscore for words in brought)),
        intro=INTRO.union(*(words.intro for words in brought)),
    )


def _items(text: str, langs: Languages) -> list[_Item]:
    signs = _signs(langs)
    items = [_item(match, text, signs) for match in _PIECE.finditer(text)]
    at = len(items) - 2
    while at >= 0:
        one, other = items[at], items[at + 1]
        joined = _PAIRS.get((one.raw, other.raw))
        if joined is not None:
            kind = "sign" if joined in _SIGNS else "word"
            items[at : at + 2] = [_Item(kind, joined, one.start, other.end, joined)]
        at -= 1
    # Words that only say which letter is meant are left out: "S jak Sopot".
    lang = langs[0]
    words = [Token(item.raw, item.start, item.end) for item in items if item.kind == "word"]
    kept = {token.start for token in without_examples(words, lang.letters)}
    return [item for item in items if item.kind != "word" or item.start in kept]


def _item(match: re.Match[str], text: str, signs: Mapping[str, str]) -> _Item:
    raw, start, end = match.group(), match.start(), match.end()
    word = re.sub(r"['’]", "", unaccent(raw)) or raw
    if raw == ".":
        return _Item(_dot(text, start), ".", start, end, raw)
    if raw in ("-", "–"):
        between = text[start - 1 : start].isalnum() and text[end : end + 1].isalnum()
        return _Item("sign" if between else "soft", "-", start, end, raw)
    if raw in _SIGNS or word in signs:
        return _Item("sign", _SIGNS.get(raw) or signs[word], start, end, word)
    if raw in _SOFT:
        return _Item("soft", raw, start, end, raw)
    if not raw[0].isalnum():
        return _Item("break", raw, start, end, raw)
    return _Item("word", _LISTED["heard_as"].get(word, word), start, end, word)


def _dot(text: str, at: int) -> str:
    """Return the kind of a typed dot: within a word, or behind an initial, it belongs to an address."""
    if text[at + 1 : at + 2].isalnum() and text[at - 1 : at].isalnum():
        return "sign"
    initial = re.search(r"(?<!\w)[^\W\d_]$", text[:at]) is not None
    return "sign" if initial and text[at + 1 :].lstrip() else "break"


class _Reader:
    """Reads the address around one "at"."""

    def __init__(self, items: Sequence[_Item], text: str, langs: Languages, *, heard: bool) -> None:
        self.items, self.text, self.langs = items, text, langs
        self.letters = {**langs[0].letters, **(_LISTED["letters"].get(langs[0].code, {}) if heard else {})}

    def read(self, at: int) -> tuple[int, int, str] | None:
        """Return where the address begins and ends, and how it is typed; None where that isn't certain."""
        domain = self._domain(at + 1)
        local = self._local(at) if domain is not None else None
        if domain is None or local is None:
            return None
        domain = self._corrected(domain)
        if domain is None:
            return None
        address = f"{local.text}@{domain.text}"
        outcome = email.parse(address)
        if not _ADDRESS.fullmatch(address) or not isinstance(outcome, Ok):
            return None
        return local.place, domain.place, outcome.value

    # --- behind the "at" ---

    def _domain(self, at: int) -> _Part | None:
        domain, here, words = "", at, 0
        while here < len(self.items) and len(domain) < 190:
            item = self.items[here]
            if item.kind == "break" or item.text == "@" or (not domain and item.kind == "word" and item.raw in _WHOSE):
                return None
            if item.kind == "soft":
                here += 1
                continue
            if item.kind == "word" and (ended := self._end(domain, here)) is not None:
                return _Part((domain if domain.endswith(".") else f"{domain}.") + ended[0], ended[1].end)
            piece, here = (item.text, here + 1) if item.kind == "sign" else self._piece(here)
            words = 0 if item.kind == "sign" else words + 1
            if words > _MOST_WORDS:
                return None
            domain += piece
        return None

    def _end(self, domain: str, at: int) -> tuple[str, _Item] | None:
        """Return what ends the domain, behind a dot or a provider's name, and its last word: "com", "pe el"."""
        if not domain.endswith(".") and domain.rpartition(".")[2] not in _PROVIDERS:
            return None
        spelled = "".join(map(self._letter, self.items[at : at + 2]))
        for said, last in ((self.items[at].text, at), (spelled, at + 1)):
            behind = next((one for one in self.items[last + 1 :] if one.kind != "soft"), None)
            goes_on = behind is not None and behind.kind == "sign" and behind.text == "."
            if said in TLDS and last < len(self.items) and not goes_on:
                return said, self.items[last]
        return None

    def _corrected(self, domain: _Part) -> _Part | None:
        """Return the domain that takes the first one's place: "… wp kropka pl, przepraszam, gmail kropka com".

        None where something took its place that is none.
        """
        behind = [here for here, item in enumerate(self.items) if item.start >= domain.place]
        for here in behind[:_MOST_BEHIND]:
            item = self.items[here]
            if item.kind != "word" or takes_value_back(item.raw, self.langs) or item.raw in INTRO:
                continue
            if not takes_value_back(self.text[domain.place : item.start], self.langs):
                return domain
            signs = [one.text for one in self.items[here:] if one.kind == "sign"]
            if "@" in signs:
                return domain  # the whole address is said anew
            return self._domain(here)
        return domain

    # --- before the "at" ---

    def _local(self, at: int) -> _Part | None:
        pieces: list[str] = []
        here, words, place = at - 1, 0, self.items[at].start
        typed = at > 0 and self.items[at - 1].end == self.items[at].start  # "Nowak@gmail.com": so far it is whole
        if not typed and at > 0 and self.items[at - 1].raw in LEADS:
            return None
        while here >= 0 and at - here < _MOST_PIECES:
            item = self.items[here]
            if item.kind == "break" or item.text == "@":
                break
            if item.kind == "soft":
                if pieces and not self._beside_sign(here):
                    break
                here -= 1
                continue
            if item.kind == "word" and pieces and self._introduces(here, bool(pieces and pieces[-1] in "._-")):
                return self._unless_half(pieces, here, place)
            piece, before = (item.text, here - 1) if item.kind == "sign" else self._piece_back(here)
            plain = item.kind == "word" and piece == item.text and len(piece) > 1 and not piece.isdecimal()
            words = words + 1 if plain else 0
            if typed and words > 1:
                break
            if words > _MOST_WORDS - 1:
                return None
            pieces.append(piece)
            here, place = before, self.items[before + 1].start
        local = "".join(reversed(pieces)).strip(".-")
        return _Part(local, place) if local else None

    def _unless_half(self, pieces: Sequence[str], at: int, place: int) -> _Part | None:
        """Return what stands behind an introducing word; None behind a correction of a part alone."""
        local = "".join(reversed(pieces)).strip(".-")
        before = [item for item in self.items[:at] if item.kind == "sign"]
        corrects = takes_value_back(self.items[at].raw, self.langs)
        half = corrects and bool(before) and "@" not in {one.text for one in before}
        signs = sum(local.count(sign) for sign in "._-")
        if not local or (half and signs < len(before)):
            return None
        return _Part(local, self._half(at) if half else place)

    def _half(self, at: int) -> int:
        """Return where the part begins that a correction takes back: "anna kropka nowak, nie, anna kropka kot"."""
        here = at
        while here > 0 and self.items[here - 1].kind != "break":
            item = self.items[here - 1]
            leads = item.raw in INTRO and not takes_value_back(item.raw, self.langs)
            if item.kind == "word" and leads and self.items[here].kind != "sign":
                break
            here -= 1
        return self.items[here].start

    def _beside_sign(self, at: int) -> bool:
        """Return whether a comma stands beside a sign, a number or a spelled letter of the address."""
        beside = [self.items[i] for i in (at - 1, at + 1) if 0 <= i < len(self.items)]
        return any(one.kind == "sign" or self._number(one) or len(one.text) == 1 for one in beside)

    def _introduces(self, at: int, before_sign: bool) -> bool:
        """Return whether a word only leads to the address: "mój mail to", "scrivi a", "no wait"."""
        item = self.items[at]
        if before_sign:
            return False
        if item.raw == "e" and "è" in self.text[item.start : item.end].lower():
            return True
        if len(item.raw) == 1:
            before = self.items[at - 1] if at else None
            near = [self.items[i] for i in (at - 1, at + 1) if 0 <= i < len(self.items)]
            if any(len(one.text) == 1 or one.kind == "sign" or self._letter(one) for one in near):
                return False
            return item.raw in _ARTICLES and before is not None and (before.raw in INTRO or before.kind != "word")
        before = self.items[at - 1].raw if at else ""
        return (
            item.raw in INTRO
            or item.raw in LEADS
            or any(takes_value_back(said, self.langs) for said in (item.raw, f"{before} {item.raw}"))
        )

    # --- one part ---

    def _number(self, item: _Item) -> bool:
        lang = self.langs[0]
        if item.kind != "word" or item.text.isdecimal() or lang.numbers.value(item.raw) is not None:
            return item.kind == "word"
        return any(
            item.raw in one for one in (lang.cues.times, lang.cues.plurals, lang.cues.repeaters, lang.cues.scales)
        )

    def _letter(self, item: _Item) -> str:
        return letter(item.raw, self.letters) if item.kind == "word" else ""

    def _piece(self, at: int) -> tuple[str, int]:
        """Return what a word writes with those behind it, and the place behind them."""
        end = at
        while end < len(self.items) and (
            self._number(self.items[end]) or (end > at and self.items[end].kind == "soft")
        ):
            end += 1
        while end > at and self.items[end - 1].kind == "soft":
            end -= 1
        if end > at and not self._spelled_oh(at):
            return self._digits(at, end), end
        return self._written(at), at + 1

    def _piece_back(self, at: int) -> tuple[str, int]:
        """Return what a word writes with those before it, and the place before them."""
        start = at
        while start >= 0 and (self._number(self.items[start]) or (start < at and self.items[start].kind == "soft")):
            start -= 1
        while start < at and self.items[start + 1].kind == "soft":
            start += 1
        if start < at and not self._spelled_oh(at):
            return self._digits(start + 1, at + 1), start
        return self._written(at), at - 1

    def _spelled_oh(self, at: int) -> bool:
        """Return whether "oh" is the letter: among letters it is no nought."""
        near = [self.items[i] for i in (at - 1, at + 1) if 0 <= i < len(self.items)]
        return self.items[at].raw in ("oh", "o") and not any(self._number(one) for one in near)

    def _digits(self, start: int, end: int) -> str:
        said = self.text[self.items[start].start : self.items[end - 1].end]
        found = runs(said, self.langs)
        return candidates(found[0])[0] if len(found) == 1 else fold_words(said).replace(" ", "")

    def _written(self, at: int) -> str:
        """Return a letter for a letter's name among letters and signs, else the word itself."""
        item = self.items[at]
        named = self._letter(item)
        if not named or len(item.raw) == 1:
            return item.text
        near = [self.items[i] for i in (at - 1, at + 1) if 0 <= i < len(self.items)]
        alone = all(one.kind != "word" or self._letter(one) or self._number(one) or one.raw in INTRO for one in near)
        spelled = any(self._letter(one) or (one.kind == "sign" and item.raw not in WORDS_TOO) for one in near)
        return named if alone and spelled else item.text
