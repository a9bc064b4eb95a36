"""The ways to pay that a message names, each by its clause: preferred, given, asked about, refused or told of.

And wishes that somebody else pay, "szef zapłaci", "lo giro alla contabilità", or for the pro forma they pay by.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache

from msgspec import Struct

from nlu.answer_words import SHIPPED as ANSWERS
from nlu.binding import wants_another
from nlu.corrections.sentences import SENTENCE, fold_letters, keep_stated, puts_right
from nlu.entities.term_words import METHOD_VALUES
from nlu.entities.terms import find_methods, names_a_method
from nlu.languages.language import Languages
from nlu.named.renewals import names_renewal, without_renewal
from nlu.named.restated import RESTATING
from nlu.named.stored_ways import about_stored
from nlu.phrase_lines import Forms, word_set
from nlu.questions.asking import asks, merely_asks
from nlu.stance import Stance, doubts, stance, stance_at
from nlu.stance.clauses import APART, MARK
from nlu.tokens import is_question, part_around
from values.expected import Expected
from values.meaning import Correction, Faq, Intent, Meaning, Press, Unclear
from values.parsing import fold_words
from values.patterns import regex
from values.payment import UNSOLD_METHODS

_SAYS, _PAYS = Forms("ways_to_pay"), Forms("other_payer")

_LONGEST, _LONGEST_WISH, _MOST_WORDS = 400, 300, 20
DROPPED = word_set("ways_to_pay", "dropped")
"""Verbs that drop what they name."""
_POLISH_FILLER = regex(r"\s*no\b(?=[\s,]+\w)", re.I)
"""Polish opens with it: "no dobra, blik" refuses nothing."""
_METHOD = "method:"
_MARKED = regex(r"[,;:.?!\n]")
_TOLD = frozenset({Stance.past, Stance.others, Stance.quoted})
_NOT_MEANT = _TOLD | {Stance.negated, Stance.conditional}
_WONT_DO = frozenset({Stance.negated, Stance.complained, Stance.reserved})
_CHOOSING = word_set("answer_words", "small") | word_set("ways_to_pay", "beside")
_AHEAD, _BEHIND = 3, 9


class Role(StrEnum):
    """The part that a way to pay has in a message."""

    preferred = "preferred"
    """By a verb of choosing, or in another one's place."""
    given = "given"
    asked = "asked"
    refused = "refused"
    """Denied, left for another one, or said not to work."""
    told = "told"
    """Somebody else's, of before, or on a condition."""


class Way(Struct, frozen=True):
    """A way to pay by the VALUE of its payload, where its name stands, and the clause around it.

    `alone`: little else stands in the clause ("then card please"); `whole`: in the message, but for its renewal.
    """

    value: str
    role: Role
    start: int
    end: int
    clause: tuple[int, int]
    alone: bool
    whole: bool


def read_method(text: str, expected: Expected, langs: Languages) -> Correction | None:
    """Another way to pay, named where something binding is asked: the order isn't given by it, the method changes.

    So it does where another row of the same card is asked, which of the stored cards, for example.
    """
    binds = any(option.binds is not None for option in expected.options)
    ways = [one for one in expected.options if one.payload.startswith(_METHOD) and one.binds is None]
    offered = any(not one.beside for one in ways)
    chosen = "method" in expected.rows and not ways
    if not (binds or chosen) or offered or "?" in text or len(text) > _LONGEST:
        return None
    named = names_a_method(fold_words(text), langs) and bool(find_methods(text, langs)[0])
    if not (named or wants_another(text, langs)) or "method" not in expected.correctable:
        return None
    way = wanted_way(text, langs) or _instead_of_stored(text, expected, langs) if named else None
    if way is None and named and (asks(text, langs) or merely_asks(text)):
        return None
    return Correction("method", None if way is None else way.value)


def _instead_of_stored(text: str, expected: Expected, langs: Languages) -> "Way | None":
    """Return the other of two ways to pay of which one is stored: "I picked BLIK but wanted card"."""
    ways = ways_to_pay(text, langs)
    stored = [way for way in ways if way.value == expected.given.get("method")]
    others = [way for way in ways if way not in stored and way.role is Role.given]
    return others[0] if stored and len(others) == 1 else None


def methods_meant(text: str, langs: Languages) -> tuple[frozenset[str], frozenset[str]]:
    """Return the values that a message may mean where one is asked for, and those that it names otherwise."""
    ways = ways_to_pay(text, langs)
    one = _one_of(ways)
    meant = {way.value for way in ways if _may_be_meant(way)} if one is None else {one.value}
    return frozenset(meant), frozenset(way.value for way in ways) - meant


def _may_be_meant(way: Way) -> bool:
    """Return whether a way may be an answer: a question is one where it has little else, "how about card then"."""
    return way.alone if way.role is Role.asked else way.role not in (Role.refused, Role.told)


def wanted_way(text: str, langs: Languages, *, beside: bool = False) -> Way | None:
    """Return the one way to pay that a message is for; None where it only asks, doubts, or names several.

    `beside`: its clause alone is judged, as the others are about something else.
    """
    one = _one_of(ways_to_pay(text, langs, beside=beside))
    if one is None:
        return None
    about = text[slice(*one.clause)] if beside else keep_stated(text, langs)
    said = fold_words(about)
    asked = merely_asks(text) or (beside and asks(about, langs))
    return None if about_stored(said) or doubts(said) or asked else one


def unsold_way(text: str, expected: Expected, langs: Languages) -> str | None:
    """Return the one way to pay that a message wants where a step offers ways, this one not among them.

    One that no seller takes is told of anywhere, where the message is about it alone.
    """
    said = fold_words(text)
    if (
        not names_a_method(said, langs)
        or _SAYS.online.search(said) is not None
        or is_question(text, said.split(), langs)
    ):
        return None
    offered = {one.payload.removeprefix(_METHOD) for one in expected.options if one.payload.startswith(_METHOD)}
    way = wanted_way(text, langs)
    if way is None or way.value in offered:
        return None
    return way.value if offered or (way.whole and way.value in UNSOLD_METHODS) else None


def as_wanted(text: str, whole: Meaning, expected: Expected, langs: Languages) -> Press | None:
    """Return the button of the way to pay that is wanted, where a message was read as a question, or as several."""
    offered = {one.payload for one in expected.options if one.binds is None and not one.beside}
    match whole:
        case Correction("method", str(value)):
            payload = f"{_METHOD}{value}"
        case Intent("choose_payment_method") | Faq("ask_payment_methods") | Unclear():
            way = wanted_way(text, langs) if names_a_method(fold_words(text), langs) else None
            payload = "" if way is None or not changes_way(text, langs) else f"{_METHOD}{way.value}"
        case _:
            return None
    return Press(payload, words=text) if payload in offered else None


def changes_way(text: str, langs: Languages) -> bool:
    """Return whether a message that wants a way to pay puts it in another one's place."""
    said = keep_stated(text, langs)
    return puts_right(fold_letters(said), langs) or len(said) < len(text.strip()) or len(ways_to_pay(text, langs)) > 1


@lru_cache(maxsize=4)  # several readers look at one message in a row
def ways_to_pay(text: str, langs: Languages, *, beside: bool = False) -> tuple[Way, ...]:
    """Return the ways to pay that a message names, in their order; `beside` what else it says by joined clauses."""
    if langs[0].code == "pl" and (filler := _POLISH_FILLER.match(text)) is not None:
        text = " " * filler.end() + text[filler.end() :]
    renewing, text = names_renewal(text), without_renewal(text)
    named, denied = find_methods(text, langs)
    every = sorted((one.start or 0, one.end or 0, METHOD_VALUES[one.value], one in denied) for one in (*named, *denied))
    border = APART if renewing or beside else MARK  # what the next clause says of renewal refuses no way to pay
    said = _Said(text, langs, border, [one[:2] for one in every], [one[:2] for one in every if one[3]])
    return tuple(said.way(n, value) for n, (_, _, value, _) in enumerate(every))


class _Said(Struct, frozen=True):
    """A message, where its ways to pay stand, and those beside a word of denying; `border` parts stances."""

    text: str
    langs: Languages
    border: re.Pattern[str]
    places: Sequence[tuple[int, int]]
    denied: Sequence[tuple[int, int]]

    def way(self, n: int, value: str) -> Way:
        """Return one of the ways to pay with its part in the message."""
        clause = self._clause(n)
        marked = _MARKED.search(self.text.rstrip(" .!")) is not None
        whole = not marked and self._beside(n, (0, len(self.text))) == 0
        return Way(value, self._role(n), *self.places[n], clause, self._beside(n, clause) == 0, whole)

    def _role(self, n: int) -> Role:
        if self.places[n] in self.denied or self._is_left(n) or self._wont_do(n):
            return Role.refused
        if self._is_told(n):
            return Role.told
        if n and self._turns(n - 1):
            return Role.preferred
        if self._is_asked(n) and _SAYS.changing.search(fold_words(self.text)) is None:
            return Role.asked
        chosen = _SAYS.chooses.search(self.text[self._clause(n)[0] : self.places[n][0]].lower())
        return Role.given if chosen is None else Role.preferred

    def _is_asked(self, n: int) -> bool:
        here = next(one for one in SENTENCE.finditer(self.text) if one.start() <= self.places[n][0] < one.end())
        return not keep_stated(here.group(), self.langs)

    def _clause(self, n: int) -> tuple[int, int]:
        return part_around(self.text, *self.places[n], APART)

    def _beside(self, n: int, part: tuple[int, int]) -> int:
        """Return how many words beside a way to pay are none by which one chooses it."""
        (begins, ends), (start, end) = part, self.places[n]
        said = fold_words(f"{self.text[begins:start]} {self.text[end:ends]}").split()
        return sum(word not in _CHOOSING for word in said)

    def _is_told(self, n: int) -> bool:
        """Return whether a way to pay is somebody else's or of before; on a condition where no other one is named."""
        at = stance_at(self.text, *self.places[n], self.langs)
        if len(self.places) > 1:
            return at in _TOLD
        return self._stance(n) in _NOT_MEANT or (self.border is MARK and at in _NOT_MEANT)

    def _stance(self, n: int) -> Stance:
        """Return the stance of a clause, up to what it is to be without: "PayPal without renewal" is PayPal."""
        begins, ends = part_around(self.text, *self.places[n], self.border)
        without = _SAYS.without.search(self.text, self.places[n][1], ends)
        return stance(self.text[begins : ends if without is None else without.start()], self.langs)

    def _wont_do(self, n: int) -> bool:
        """Return whether words of its clause refuse it, more of them than refuse other ways to pay there."""
        begins, ends = self._clause(n)
        words = fold_words(self.text[begins:ends]).split()
        others = [at for at, (start, _) in enumerate(self.places) if begins <= start < ends and at != n]
        refused = sum(self.places[at] in self.denied or self._is_left(at) for at in others)
        if sum(word in ANSWERS.negating or word in DROPPED for word in words) > refused:
            return True
        how = self._stance(n) if len(self.places) == 1 else None
        return how in _WONT_DO and not (how is Stance.reserved and _SAYS.changing.search(fold_words(self.text)))

    def _is_left(self, n: int) -> bool:
        """Return whether a way to pay is passed over for another one, or said not to work."""
        (begins, ends), (start, end) = self._clause(n), self.places[n]
        if n:
            begins = max(begins, self.places[n - 1][1])
        if n + 1 < len(self.places):
            ends = min(ends, self.places[n + 1][0])
        before = " ".join(fold_words(self.text[begins:start]).split()[-_AHEAD:])
        behind = " ".join(fold_words(self.text[end:ends]).split()[:_BEHIND])
        passed = len(self.places) > 1 and _SAYS.passed_over.search(before) is not None
        return passed or self._turns(n) or _SAYS.failing.search(behind) is not None

    def _turns(self, n: int) -> bool:
        """Return whether a way to pay is to be changed to the next one: "card to PayPal", "card, or rather PayPal"."""
        between = fold_letters(self.text[self.places[n][1] : self.places[n + 1][0]]) if n + 1 < len(self.places) else ""
        return _SAYS.turns_to.fullmatch(between) is not None or RESTATING.match(between) is not None


def _one_of(ways: Sequence[Way]) -> Way | None:
    """Return the one that is given, or of several the one that is preferred."""
    preferred = [way for way in ways if way.role is Role.preferred]
    told = any(way.role is Role.told for way in ways)
    given = preferred if told else [way for way in ways if way.role in (Role.preferred, Role.given)]
    return next((fit[0] for fit in (given, preferred) if len({way.value for way in fit}) == 1), None)


def read_other_payer(text: str) -> Intent | None:
    """Return that a pro forma is asked for, or that another person pays, now or by the link they are sent."""
    said = fold_words(text[:_LONGEST_WISH])
    if "@" in text or len(said.split()) > _MOST_WORDS:
        return None
    if _PAYS.pro_forma.search(said) is not None and _PAYS.explained.search(said) is None:
        asked = _PAYS.bare.match(said) is not None or _PAYS.sought.search(said) is not None
        return Intent("ask_pro_forma", 1.0, (), text) if asked else None
    if _PAYS.wonders.search(said) is not None:
        return None
    pays = _PAYS.pays_for_me.search(said) is not None
    passed_on = _PAYS.passed_on.search(said) is not None and _PAYS.of_things.search(said) is None
    return Intent("other_payer", 1.0, (), text) if pays or passed_on else None
