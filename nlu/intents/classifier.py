"""A linear classifier of messages over their n-grams, read from plain numbers; nothing of the training is needed.

Source of the method: linear classifiers over TF-IDF vectors (Manning, Raghavan, Schütze, Introduction to Information
Retrieval, chapters 6, 14 and 15). The weights are bytes; how they come about: `nlu/training`.

Pieces of words carry what inflection and typing slips leave whole; pairs of words carry "not this" and "up to".
Accents, capitals and the digits of numbers tell nothing here and are folded away.
"""

import gzip
import json
import math
from array import array
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from io import BufferedReader
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

from msgspec import Struct

from values.locale import Locale
from values.parsing import unaccent
from values.patterns import regex

_SHORTEST, _LONGEST = 2, 5
_MOST_WORDS = 80
_LONGEST_WORD = 24  # what is longer is no word of anybody's, and pieces of it would still look like some
_STEM = 5
_MOST_KEPT = 4096  # words of which the sums are kept: most come again in the next message, names too
_ADDRESS = regex(r"(?<!\S)\S+@\S+")
_LINK = regex(r"https?://\S+")
_DIGIT = regex(r"\d")
_STRETCHED = regex(r"([a-z])\1{2,}")
# A word, a number's group of digits, a question mark, or a sign that stands for a word (an emoji).
_PIECE = regex(r"[a-z]+|0+|\?|[^\w\s!-/:->@\[-`{-~\u2010-\u203a«»]")


def pieces(text: str) -> list[str]:
    """Return the words of a message and the signs that mean something, folded; the first eighty."""
    if "@" in text or "://" in text:
        text = _LINK.sub(" linkx ", _ADDRESS.sub(" mailx ", text))
    found = _PIECE.findall(_DIGIT.sub("0", _STRETCHED.sub(r"\1", unaccent(text))))[:_MOST_WORDS]
    return [piece for piece in found if len(piece) <= _LONGEST_WORD]


def of_word(word: str) -> set[str]:
    """Return the features of one word: itself between its edges, and its pieces of two to five letters."""
    edged = f"<{word}>"
    length = len(edged)
    sizes = range(_SHORTEST, min(_LONGEST, length - 1) + 1)
    return {edged, *[edged[at : at + size] for size in sizes for at in range(length - size + 1)]}


def of_neighbours(words: Sequence[str]) -> set[str]:
    """Return the features of words in a row: pairs, pairs of stems, and pairs of stems with one word between."""
    stems = [word[:_STEM] for word in words]
    return {
        *[f"{one} {other}" for one, other in pairwise(["^", *words, "$"])],
        *[f"{one}~{other}" for one, other in pairwise(stems)],
        *[f"{one}~~{other}" for one, other in zip(stems, stems[2:], strict=False)],
    }


SHIPPED = Path(__file__).parent / "weights.gz"
ZERO = 128
"""The byte that stands for a weight of nought."""
UNMET = 9.5
"""The rarity of a word that the training never met: more than that of most that it has."""
_LANE = 4  # bytes: sums of some thousand weights fit


class Weights(Struct, frozen=True):
    """A trained classifier: one row of bytes for each feature.

    A row is the feature's weight for each label (`ZERO` is nought, a step is `step`) times its rarity, and last its
    squared rarity (a step is `rarity_step`). The root of the sum of these, a feature counted as often as it occurs, is
    what a message's sums are divided by: nearly the length of its vector, and additive over words.
    """

    labels: tuple[str, ...]
    bias: tuple[float, ...]
    step: float
    rarity_step: float
    features: Sequence[str]
    table: bytes

    def dump(self) -> bytes:
        """Return the file's content; the same for the same weights."""
        head = {"labels": self.labels, "bias": self.bias, "step": self.step, "rarity_step": self.rarity_step}
        lines = [json.dumps(head), *self.features, ""]
        return gzip.compress("\n".join(lines).encode() + b"\0" + self.table, mtime=0)


class Rows:
    """The row of each feature, by hash: an eighth of a dictionary's memory, as no feature is kept itself.

    A hash table with linear probing. Hashes have 64 bits, so that a feature that isn't there is taken for one that is
    once in 10^14.
    """

    def __init__(self, hashes: "array[int]") -> None:
        """Take the features' hashes, the row of each being its place."""
        self._hashes = hashes
        self._mask = (1 << (2 * len(hashes)).bit_length()) - 1
        self._slots = array("I", bytes(4 * (self._mask + 1)))  # the row and one; nought is an empty slot
        for row, hashed in enumerate(hashes, start=1):
            at = hashed & self._mask
            while self._slots[at]:
                at = (at + 1) & self._mask
            self._slots[at] = row

    def of(self, features: Iterable[str]) -> list[int]:
        """Return the rows of those features that have one: all at once, as a message has hundreds."""
        found, hashes, slots, mask = list[int](), self._hashes, self._slots, self._mask
        for feature in features:
            hashed = hash(feature)
            at = hashed & mask
            while (row := slots[at]) and hashes[row - 1] != hashed:
                at = (at + 1) & mask
            if row:
                found.append(row - 1)
        return found


class Classifier:
    """Weights, ready to be asked: the head of their file, a row for each feature, the table of the rows."""

    def __init__(self, head: Mapping[str, Any], rows: Rows, table: bytes) -> None:
        self.labels: tuple[str, ...] = tuple(head["labels"])
        self._bias: tuple[float, ...] = tuple(head["bias"])
        self._step: float = head["step"]
        self._rarity_step: float = head["rarity_step"]
        self._rows, self._table = rows, table
        self._width = len(self.labels) + 1
        self._one = bytes(self._width * _LANE) + b"\1\0\0\0"
        self._of_word = lru_cache(maxsize=_MOST_KEPT)(lambda word: self._sum(of_word(word)))

    def probabilities(self, text: str, locale: Locale) -> list[float]:
        """Return how probable each of the labels is; they sum up to 1."""
        return _softmax(self._logits(text, locale))

    def share_known(self, text: str) -> float:
        """Return the share of a message's words that the training has seen; 0 for none."""
        words = pieces(text)
        return len(self._rows.of(f"<{word}>" for word in words)) / len(words) if words else 0.0

    def rarity(self, word: str) -> float:
        """Return how rarely the training has met a word; `UNMET` for one that it never met."""
        rows = self._rows.of([f"<{word}>"])
        return math.sqrt(self._table[(rows[0] + 1) * self._width - 1] * self._rarity_step) if rows else UNMET

    def _logits(self, text: str, locale: Locale) -> list[float]:
        words = pieces(text)
        total = self._sum([locale_feature(locale), *of_neighbours(words)]) + sum(map(self._of_word, {*words}))
        *sums, rarity, number = array("I", total.to_bytes((self._width + 1) * _LANE, "little"))
        length = math.sqrt(rarity * self._rarity_step) or 1.0
        scale, level = self._step / length, ZERO * number
        return [bias + (summed - level) * scale for bias, summed in zip(self._bias, sums, strict=True)]

    def _sum(self, present: Iterable[str]) -> int:
        """Add up the rows of features, all columns at once.

        A row is one number: its bytes four bytes apart, so that some thousand rows add up without touching each other,
        and last a one, which counts them.
        """
        width, table, total = self._width, self._table, 0
        lanes = bytearray(self._one)
        for row in self._rows.of(present):
            lanes[: width * _LANE : _LANE] = table[row * width : (row + 1) * width]
            total += int.from_bytes(lanes, "little")
        return total


def locale_feature(locale: Locale) -> str:
    """Return the feature of a conversation's language."""
    return f"@{locale}"


def features(text: str, locale: Locale) -> list[str]:
    """Return the features of a message in a conversation in `locale`: once for each different word that has them."""
    words = pieces(text)
    return [locale_feature(locale), *chain.from_iterable(map(of_word, {*words})), *of_neighbours(words)]


def _softmax(logits: Sequence[float]) -> list[float]:
    highest = max(logits)
    powers = [math.exp(logit - highest) for logit in logits]
    total = sum(powers)
    return [power / total for power in powers]


def read_classifier(path: Path) -> Classifier:
    """Read what `Weights.dump` has written, a feature at a time: a list of them all would take 8 MiB for a moment.

    Errors: OSError, EOFError, and ValueError for another form.
    """
    with gzip.open(path) as unpacked:
        file = BufferedReader(unpacked, 1 << 16)
        head, hashes, begun = json.loads(file.readline()), array("q"), b""
        for line in file:
            if line.startswith(b"\0"):  # the table begins, in which the ends of lines mean nothing
                begun = line[1:]
                break
            hashes.append(hash(line[:-1].decode()))
        size = len(hashes) * (len(head["labels"]) + 1)
        table = begun + file.read(size - len(begun) + 1)
    if len(table) != size:
        raise ValueError("the rows of the weights don't fit their features")
    return Classifier(head, Rows(hashes), table)


@cache
def load_classifier() -> Classifier:
    """Return the classifier that comes with the package."""
    return read_classifier(SHIPPED)
