"""Composes what customers of twelve styles say, by dice from a table of parts: no whole sentence is written there."""

import random
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct, field

from values.parsing import unaccent

PARTS: Mapping[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
"""The table of parts: by language what is said at each place, how values are called, and what stands around."""
LANGUAGES = ("pl", "it", "en")
_CHOICES = ("consents", "einvoice", "auto_renewal")
"""Places whose answers the table has by the choice."""
_RESTARTED = ("email", "phone", "tax_number", "method")
_LEAST_LETTERS = 5
"""Of a word in which somebody slips."""


class Style(Struct, frozen=True, forbid_unknown_fields=True):
    """A way to talk, as the table's head tells."""

    speech: str = "plain"
    around: str = "courtesy"
    hand: Literal["plain", "bare", "dictated", "typos"] = "plain"
    wraps: float = 0.0
    asks: float = 0.0
    corrects: float = 0.0
    drifts: float = 0.0
    restarts: float = 0.0
    adds: float = 0.0
    speaks_other: float = 0.0


STYLES: Mapping[str, Style] = msgspec.convert(PARTS["style"], dict[str, Style])


class ComposedLine(Struct, frozen=True):
    """A message, and what it should come to: `want` by slot, `acts` that it may bind to, subjects that answer it.

    `answers_step` where the open step needn't be asked again after it.
    """

    text: str
    want: Mapping[str, str] = field(default_factory=dict[str, str])
    acts: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    answers_step: bool = False


class Composer:
    """One customer's words; `goal` is what they want by slot and by choice, `code` the newest that they were sent."""

    def __init__(self, style: str, lang: str, dice: random.Random) -> None:
        """Draw what the customer wants."""
        self.style, self.lang, self.dice, self.words = STYLES[style], lang, dice, PARTS[lang]
        drawn = ("email", "phone", "tax_number", "method", *_CHOICES)
        self.goal = {slot: self._draw(slot) for slot in (*drawn, *(("discount_code",) if self._rolls(0.3) else ()))}
        self.consents = {*PARTS["consents"][self.goal["consents"]]}
        self.code = ""
        self._done: list[str] = []

    def say_next(self, place: str, known: Mapping[str, str], tries: int) -> ComposedLine:
        """Return the next message at a place; `known` is what the desk has, `tries` how often it was answered here."""
        style = self.style if tries == 0 else Style("plain" if tries == 1 else "short", hand=self.style.hand)
        for slot in PARTS["corrected"].get(place, ()):
            missed = slot in self.goal and known.get(slot, "no" if slot == "auto_renewal" else "") != self.goal[slot]
            if missed and (slot in known or slot == "auto_renewal") and self._done.count(slot) <= 1:
                self._done.append(slot)
                return self._change(slot, known, Style(hand=style.hand))
        if place not in self._done:
            self._done.append(place)
            if (line := self._stray(place, known)) is not None:
                return line
        return self._answer(place, known, style)

    def _stray(self, place: str, known: Mapping[str, str]) -> ComposedLine | None:
        """Return something else than an answer, if the dice want it."""
        if self._rolls(self.style.drifts):
            return ComposedLine(self._write(self.dice.choice(self.words["aside"]), self.style))
        slots = [slot for slot in PARTS["corrected"].get(place, ()) if slot in known]
        if slots and self._rolls(self.style.corrects):
            slot = self.dice.choice(slots)
            self.goal[slot] = self._draw(slot, known[slot])
            return self._change(slot, known, self.style)
        if place in PARTS["binds"] and (asked := self._question(place, self.style)) is not None:
            return ComposedLine(self._write(asked[0], self.style), answers=asked[1])
        return None

    def _change(self, slot: str, known: Mapping[str, str], style: Style) -> ComposedLine:
        words, value = self.words["change"], self.goal[slot]
        nominative, accusative = words.get(slot, ("", ""))[:2]
        forms = words[value] if slot == "auto_renewal" else words["method" if slot == "method" else "forms"]
        new, old = (self._told(slot, one, style) for one in (value, known.get(slot, value)))
        text = self.dice.choice(forms).format(nom=nominative, acc=accusative, v=new, old=old)
        return ComposedLine(self._write(text, style), {slot: value}, (slot,))

    def _answer(self, place: str, known: Mapping[str, str], style: Style) -> ComposedLine:
        parts, answers = [self._own(place, style)], ()
        slots = [place, *(slot for slot in PARTS["added"].get(place, ()) if slot not in known and slot in self.goal)]
        if place == "method" and (self.goal["auto_renewal"] == "yes" or self._rolls(0.5)):
            slots.append("auto_renewal")
        always = {place, "auto_renewal", *(["discount_code"] if place == "method" else [])}
        said = [slot for slot in slots if slot in always or self._rolls(style.adds / 2)]
        parts += [self._part(slot, Style(hand=style.hand)) for slot in said[1:]]
        text = parts[0] + "".join(f"{self.dice.choice(self.words['joint'])}{part}" for part in parts[1:])
        if place not in PARTS["binds"] and (asked := self._question(place, style)) is not None:
            text, answers = f"{text}{self.dice.choice((', ', '. '))}{asked[0]}", asked[1]
        want = {slot: self.goal[slot] for slot in said if slot in self.goal and slot not in ("consents", "einvoice")}
        acts = (*PARTS["binds"].get(place, ()), *said, *(("company",) if place == "confirm" else ()))
        return ComposedLine(self._write(text, style, place), want, acts, answers, answers_step=True)

    def _own(self, place: str, style: Style) -> str:
        """Return the answer to the open step itself."""
        if place in _RESTARTED and self._rolls(style.restarts):
            other = self._draw(place, self.goal[place])
            wrong, right = (self._told(place, one, style) for one in (other, self.goal[place]))
            return self.dice.choice(self.words["restart"]).format(wrong=wrong, v=right)
        return self._part(place, style)

    def _part(self, slot: str, style: Style) -> str:
        others = [one for one in LANGUAGES if one != self.lang]
        lang = self.dice.choice(others) if self._rolls(style.speaks_other) else self.lang
        if slot in _CHOICES:
            return self.dice.choice(PARTS[lang][slot][self.goal[slot]])
        forms = PARTS[lang]["says"].get(slot) or {"plain": ["/back"]}
        told = self._told(slot, self.goal.get(slot, self.code), style, lang)
        return self.dice.choice(forms.get(style.speech) or forms["plain"]).format(v=told)

    def _question(self, place: str, style: Style) -> tuple[str, tuple[str, ...]] | None:
        """Return a question that wasn't asked yet, and its answers, if the dice want one."""
        asked = PARTS["questions"]
        names = [name for name, one in asked.items() if place in one["at"] and name not in self._done]
        if not names or not self._rolls(style.asks):
            return None
        self._done.append(self.dice.choice(names))
        return self.dice.choice(self.words["ask"][self._done[-1]]), tuple(asked[self._done[-1]]["answers"])

    def _draw(self, slot: str, but: str = "") -> str:
        return self.dice.choice([one for one in PARTS["values"][slot] if one != but])

    def _told(self, slot: str, value: str, style: Style, lang: str = "") -> str:
        """Return a value as it is typed, or said where the message is dictated."""
        words = PARTS[lang or self.lang]
        if slot == "method":
            return words["methods"][value]
        if style.hand == "dictated" and slot == "email":
            return " ".join("".join(words["signs"].get(sign, sign) for sign in value).split())
        shapes, digits = PARTS["shapes"].get(slot), value.removeprefix("+48")
        if style.hand == "dictated" and shapes:
            return " ".join(words["digits"][int(sign)] for sign in digits if sign.isdecimal())
        return self.dice.choice(shapes or ["{0}"]).format(
            value, digits[:3], digits[3:6], digits[6:], digits[6:8], digits[8:]
        )

    def _write(self, text: str, style: Style, place: str = "") -> str:
        """Return the message with what stands around it, by the author's hand."""
        binds = place in PARTS["binds"]
        if self._rolls(style.wraps):
            around = "courtesy" if binds else style.around
            text = self.dice.choice(self.words["around"][around]).replace("{s}", text)
        if style.hand == "bare":
            return unaccent(text).lower()
        if style.hand == "dictated":
            return " ".join("".join(sign for sign in text.lower() if sign not in ",;:!?…").split())
        return " ".join(self._slip(text.split(" "))) if style.hand == "typos" and not binds else text

    def _slip(self, words: list[str]) -> Iterator[str]:
        """Yield the words with a slip in about each fourth long one; values are typed with care."""
        for word in words:
            if word.isalpha() and word.islower() and len(word) >= _LEAST_LETTERS and self._rolls(0.25):
                at = self.dice.randrange(1, len(word) - 2)
                swapped = f"{word[:at]}{word[at + 1]}{word[at]}{word[at + 2 :]}"
                yield self.dice.choice((swapped, word[:at] + word[at + 1 :], word[: at + 1] + word[at:]))
            else:
                yield word

    def _rolls(self, chance: float) -> bool:
        return self.dice.random() < chance
