"""Counts what a journey costs a customer: taps, keys, messages, words; and what that is in time, by a model.

The model and its constants are those of the first trial by customers, so that its figures can be compared: an estimate,
not people.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields

TAP_S, KEY_S, DECISION_S = 1.1, 0.30, 1.35
"""A tap; a key at 36 words a minute on a phone; the decision before each answer."""
READ_WPM, SKIM_WPM = 200, 500
SMS_S, LETTER_S, BANK_S = 6.0, 12.0, 10.0
"""To the message, the letter or the bank's app, and back."""
_COUNTED = ("taps", "hand_taps", "bank_taps", *("keys", "fields", "messages", "words", "chat_words", "own_words"))
ANSWER_S = 0.23
"""The machine's time for each answer: 4.2 s for the eighteen of the first trial. Not measured: it would swing."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What a journey took, or a part of one."""

    taps: int = 0
    keys: int = 0
    fields: int = 0
    decisions: int = 0
    lines: int = 0
    keyboards: int = 0
    sms: int = 0
    letters: int = 0
    banks: int = 0
    bank_taps: int = 0
    messages: int = 0
    words: int = 0
    chat_words: int = 0
    own_words: int = 0
    requests: int = 0
    received: int = 0

    def __sub__(self, earlier: "Counts") -> "Counts":
        """What came after an earlier count."""
        return Counts(*(getattr(self, one.name) - getattr(earlier, one.name) for one in fields(self)))

    @property
    def hand_taps(self) -> int:
        """Taps as the first trial counted them.

        With the arrow pressed for each line of the chat, a tap for each keyboard (a page that moves the focus doesn't
        open it on every phone; one that is up stays up), and two for going to a message and back.
        """
        return self.taps + self.lines + self.keyboards + 2 * (self.sms + self.letters)

    def seconds(self, words_a_minute: int) -> int:
        """The model's time for somebody who reads so fast, every tap made by hand."""
        hands = self.hand_taps * TAP_S + self.keys * KEY_S
        elsewhere = self.sms * SMS_S + self.letters * LETTER_S + self.banks * BANK_S
        thought = self.decisions * (DECISION_S + ANSWER_S)
        return round(hands + elsewhere + thought + self.words * 60 / words_a_minute)

    def figures(self) -> dict[str, int]:
        """The table's figures, by name."""
        counted = {name: getattr(self, name) for name in _COUNTED}
        read = {"skim_s": self.seconds(SKIM_WPM), "read_s": self.seconds(READ_WPM)}
        return counted | read | {"requests": self.requests, "kilobytes": round(self.received / 1000)}


@dataclass
class Tally:
    """The running count. `quotations` are the sentences that the seller's guide prescribes word by word."""

    quotations: Sequence[str] = ()
    taps: int = 0
    keys: int = 0
    fields: int = 0
    decisions: int = 0
    lines: int = 0
    keyboards: int = 0
    sms: int = 0
    letters: int = 0
    banks: int = 0
    bank_taps: int = 0
    requests: int = 0
    received: int = 0
    _messages: set[str] = field(default_factory=set[str])
    _chat: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])
    _own: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])
    _pages: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])

    def hear(self, message: str) -> None:
        """Count a message of the desk once, however often its card changes in place."""
        self._messages.add(message)

    def read(self, shown: Iterable[tuple[str, str]]) -> None:
        """Count what the chat shows, as (message, text): where a message changes in place, only the words it gained."""
        texts: dict[str, list[str]] = {}
        for message, text in shown:
            texts.setdefault(message, []).append(text)
        for message, parts in texts.items():
            text = "\n".join(parts)
            _gain(self._chat, message, text)
            _gain(self._own, message, unquoted(text, self.quotations))

    def read_page(self, page: str, texts: Iterable[str]) -> None:
        """Count what another page shows: each of its texts once."""
        for text in texts:
            _gain(self._pages, f"{page}: {text}", text)

    def counts(self) -> Counts:
        """The count so far."""
        chat, own, pages = (_total(seen) for seen in (self._chat, self._own, self._pages))
        return Counts(
            *(self.taps, self.keys, self.fields, self.decisions, self.lines, self.keyboards),
            *(self.sms, self.letters, self.banks, self.bank_taps, len(self._messages)),
            *(chat + pages, chat, own + pages, self.requests, self.received),
        )

    def words_by_message(self) -> dict[str, int]:
        """Where the chat's words stand."""
        return {message: count.total() for message, count in self._chat.items()}


def words(text: str) -> list[str]:
    """The words of a text: what stands between blanks and has a letter or a digit."""
    return [word for word in text.split() if any(sign.isalnum() for sign in word)]


def unquoted(text: str, quotations: Sequence[str]) -> str:
    """The text without a guide's sentences, however its lines are broken."""
    plain = " ".join(text.split())
    for quotation in quotations:
        plain = plain.replace(" ".join(quotation.split()), " ")
    return plain


def _gain(seen: dict[str, Counter[str]], place: str, text: str) -> None:
    """Add the words that this place didn't have before, or not as often."""
    seen[place] = seen.get(place, Counter()) | Counter(words(text))


def _total(seen: dict[str, Counter[str]]) -> int:
    return sum(count.total() for count in seen.values())
