"""Several things in one message: "card, and get me a person", "512 000 111, a czy dzwonicie?", two questions.

Each part is read by itself. What the whole means keeps the first place, unless a part gives a value that it ate; the
other values, the wishes and the questions stand beside it. What binds stands there too, to be named and never given.
"""

from collections.abc import Callable, Sequence, Set

from msgspec import Struct

from nlu.answers import has_closed_form, numeric
from nlu.binding import documents, read_binding
from nlu.binding_words import vocabulary
from nlu.facts.company_facts import OF_COMPANY
from nlu.facts.named_choices import FoundFact
from nlu.intents.score import OUT_OF_SCOPE, rank
from nlu.languages.language import Languages
from nlu.questions.asking import as_question, is_answered, is_unanswered, is_unknown, subject_of
from nlu.questions.pieces import DIGIT, holds, may_ask, pieces
from nlu.stance import TOLD_OF, hide_withheld, stances, surely_told, without_denied_acts
from nlu.stance.clauses import Part
from values.expected import Expected, OptionWords
from values.kinds import kind_of
from values.meaning import (
    Answer,
    BindingAct,
    Consenting,
    Correction,
    Discount,
    Expects,
    Faq,
    Intent,
    Meaning,
    NavigationCommand,
    Press,
    Refusal,
    Unclear,
)
from values.slots.spans import Slot, find_span

Read = Callable[[str], Meaning]
_LONGEST = 300
_MOST_PARTS = 8
_SHORT = 6
_OF_THE_STEP = frozenset({"ask_step", "ask_need", "ask_later", "ask_cancel", "ask_restart"})
"""Beside another question these are about what that one names."""
_DONE = frozenset({"talk_to_agent", "change_language", "log_out", "resend_code", "complaint"})
"""Wishes that are carried out beside a value; what throws something away is said by itself."""
_MOVES = frozenset({"agent", "lang", "help"})
_GIVES_WAY = _DONE | {OUT_OF_SCOPE, "inform", "correct_data", "choose_payment_method", "pay", "affirm", "deny"}
"""Intents before which a value that a part gives comes first."""
_EDIT, _POLAR = "edit", ("yes", "no")
_SURE = 0.9
VALUED = (Answer, Press, Correction, Discount, Consenting)
"""Meanings that give a value or press a button."""
_OTHERS = (Intent, Faq, Unclear, Refusal)
_IN_WORDS = frozenset(map(Expects, Slot))
_SHOWN = frozenset({*map(str, OF_COMPANY), "tax_number"})
_PAYS = frozenset({"choose_payment_method", "pay"})


class ReadPart(Struct, frozen=True):
    """A part of a message with its meaning by itself, whether it asks, and the slot that it fills, if any."""

    text: str
    meaning: Meaning
    asks: bool
    slot: str = ""


class PartsReader(Struct, frozen=True):
    """Reads the parts of messages at one open step.

    `read` understands one of them as a message, `state` one that asks nothing, in half the time.
    """

    expected: Expected
    langs: Languages
    read: Read
    state: Read

    def told(self, text: str, whole: Meaning, facts: Sequence[FoundFact]) -> tuple[Meaning, tuple[Meaning, ...]]:
        """Return what a message means first, and what it gives, wants and asks besides.

        `whole` is what it means as one, with its `facts`.
        """
        parts = self._parts(text, whole, facts)
        said = [one.meaning for one in parts if one.asks]
        asked = [one for one in said if is_answered(one) or is_unanswered(one)]
        if self._binds(whole):
            return whole, tuple(asked)
        own = self._slot(whole)
        known = {"" if _is_unsure(whole, parts) else own, *(str(one.fact.kind) for one in facts)}
        values = self._values(parts, known)
        acts = dict.fromkeys(one.meaning for one in parts if not one.asks and self._binds(one.meaning))
        found = {wish.name: wish for one in parts if (wish := _wish(one.meaning)) is not None}
        wishes = [wish for wish in found.values() if not _same(wish, whole)]
        more, besides = [one.meaning for one in values], (*acts, *asked, *wishes)
        if (yes := self._agreed(parts, known | {one.slot for one in values})) is not None:
            return yes, (*([whole] if own else []), *more, *besides)
        if more and (_gives_way(whole) or _is_unsure(whole, parts)):
            opened = isinstance(whole, Correction) and whole.what not in {one.slot for one in values}
            return more[0], (*more[1:], *besides, *([whole] if opened or _wish(whole) is not None else []))
        if isinstance(whole, VALUED):
            return whole, (*more, *besides)
        if wishes and (is_unknown(whole) or isinstance(whole, Unclear)):
            return wishes[0], (*acts, *asked, *wishes[1:])
        if wishes or (acts and (asked or _wish(whole) is not None)):
            return whole, (*acts, *(one for one in asked if subject_of(one) != subject_of(whole)), *wishes)
        if len(said) > 1 or is_unknown(whole) or is_unanswered(whole):
            return _each(whole, said) if said else (whole, ())
        return whole, () if is_answered(whole) else tuple(asked)

    def _parts(self, text: str, whole: Meaning, facts: Sequence[FoundFact]) -> list[ReadPart]:
        """Return the parts that hold no fact; where somebody else's, quoted or conditional words are, what they ask."""
        kind, decided = kind_of(self.expected.expects), isinstance(whole, (*VALUED, *_OTHERS))
        if len(text) > _LONGEST or kind.worded.says_all or not decided:
            return []
        cut = pieces(text, self.langs, joined=kind.form != "words")
        if not 1 < len(cut) <= _MOST_PARTS:
            return []
        free = [part for part in cut if not holds(part, facts)]
        asking = [part for part in free if part.asks]
        eaten = _gives_way(whole) and (isinstance(whole, VALUED) or bool(asking))
        longest = _SHORT if eaten and (self.expected.rows or kind.form == "words") else 0
        if self.expected.expects is Expects.confirm_data and (_gives_way(whole) or facts):
            longest = _LONGEST  # a yes beside anything unread is none
        found: list[ReadPart] = []
        if not self._binds(whole):
            given = self._given(text, asking)
            numbers = eaten or isinstance(whole, Correction)
            read = (self._told(part, given, longest, numbers=numbers) for part in free if not part.asks)
            found = [one for one in read if one is not None]
            found = found if found and self._is_own(text) else []
        several = len(asking) > 1 and not isinstance(whole, VALUED) and _gives_way(whole)
        asked = several or found or (isinstance(whole, VALUED) and len(asking) < len(cut))
        own = found or isinstance(whole, VALUED)
        return [*found, *(self._asked(part, text, beside=bool(own)) for part in (asking if asked else ()))]

    def _given(self, text: str, asking: Sequence[Part]) -> str:
        """Return a message without denied acts and the numbers that aren't its author's own, as those of questions."""
        for part in asking:
            text = f"{text[: part.start]}{' ' * (part.end - part.start)}{text[part.end :]}"
        return hide_withheld(without_denied_acts(text), self.langs, dictated=numeric(self.expected.expects))

    def _is_own(self, text: str) -> bool:
        """Return whether all that a message says is its author's own, and surely so."""
        return TOLD_OF.isdisjoint(stances(text, self.langs)) and surely_told(text, self.langs) == text

    def _told(self, part: Part, given: str, longest: int, *, numbers: bool) -> ReadPart | None:
        """Return a part that asks nothing, where it may say more than the whole: few are worth a reading of their own.

        `given` is the message's own text; of parts of up to `longest` words, and of `numbers`, the whole may leave out
        a value.
        """
        text = given[part.start : part.end].strip(" ,;")
        if not text:
            return None
        acts = vocabulary(self.langs).names_an_act([word.word for word in part.words])
        said = self._act(text) if acts else None
        valued = len(part.words) <= longest or (numbers and DIGIT.search(text) is not None)
        if said is None and (valued or self._wishes(text, given)):
            said = self.state(text)
        return None if said is None else ReadPart(text, said, asks=False, slot=self._slot(said))

    def _wishes(self, text: str, given: str) -> bool:
        """Return whether a part is likely a wish that is carried out beside a value."""
        wishes = any(one.name in _DONE for one in rank(given, self.langs))
        return wishes and any(one.name in _DONE and one.confidence >= _SURE for one in rank(text, self.langs)[:1])

    def _asked(self, part: Part, text: str, *, beside: bool) -> ReadPart:
        mark = "?" if "?" in text[part.start :] else ""
        text = text[part.start : part.end].strip(" ,;?") + mark
        if beside and not may_ask(part, marked=bool(mark)):
            return ReadPart(text, Unclear((self.expected.step,), text), asks=False)
        said = self.read(text)
        return ReadPart(text, as_question(text, said), asks=True, slot=self._slot(said))

    def _values(self, parts: Sequence[ReadPart], known: Set[str]) -> list[ReadPart]:
        """Return the values of other slots, the open step's first; none where two are of one, or a choice is asked."""
        given = [one for one in parts if one.slot and one.slot not in known]
        if any(one.asks for one in given) or len({one.slot for one in given}) < len(given):
            return []
        return sorted(given, key=lambda one: one.slot != self.expected.step)

    def _slot(self, said: Meaning) -> str:
        """Return the slot that a meaning fills, empty where it fills none."""
        match said:
            case Correction(what, str()):
                return what
            case Discount():
                return str(Expects.discount_code)
            case Answer(text, value) if has_closed_form(self.expected.expects):
                return self.expected.step if value is not None or DIGIT.search(text) is not None else ""
            case Answer(text) if self.expected.expects in _IN_WORDS:
                span = find_span(text, Slot(self.expected.expects))
                return self.expected.step if span.sure and span.value == text and text[0].isupper() else ""
            case Press(payload) if not self._binds(said) and self.expected.expects is not Expects.confirm_data:
                step, _, value = payload.partition(":")
                named = step in self.expected.rows and value not in _POLAR  # else a fact, if it is called by its name
                return step if value != _EDIT and (named or step == self.expected.step) else ""
            case _:
                return ""

    def _binds(self, said: Meaning) -> bool:
        joint = self.expected.joint.payload if self.expected.joint is not None else ""
        bound = {joint, self.expected.act, *(one.payload for one in self.expected.options if one.binds is not None)}
        documents = {f"{name}:accept" for name in self.expected.rows}
        return isinstance(said, Press) and said.payload in (bound | documents) - {""}

    def _act(self, text: str) -> Press | None:
        """Return the act that words give, which binds at the open step or at another row of its card."""
        options = [option for option in self.expected.options if option.binds is not None]
        options += [self.expected.acting] if self.expected.act else []
        rows = [f"{name}:accept" for name in documents(text) if name in self.expected.rows]
        options += [OptionWords(payload, binds=BindingAct.agree) for payload in rows]
        given = read_binding(text, options, self.expected, self.langs) if options else None
        return given if isinstance(given, Press) else None

    def _agreed(self, parts: Sequence[ReadPart], told: Set[str]) -> Press | None:
        """Return the yes to what is shown, where all else that is said asks something or is about another step."""
        yes = Press(f"{self.expected.step}:yes")
        shown = self.expected.expects is Expects.confirm_data and told.isdisjoint(_SHOWN) and not self._binds(yes)
        said = [one for one in parts if one.meaning == yes] if shown else []
        others = (one for one in parts if one not in said and not one.slot)
        pays = _PAYS if "method" in told else frozenset[str]()
        kept = all(one.asks or _wish(one.meaning) is not None or subject_of(one.meaning) in pays for one in others)
        return Press(yes.payload, words=said[0].text) if said and kept else None


def _gives_way(whole: Meaning) -> bool:
    """Return whether what a message means as one gives way to a value that one of its parts gives."""
    match whole:
        case Correction(text=text):
            return text is None
        case Press(payload):
            return payload.rpartition(":")[2] == _EDIT
        case Intent(name):
            return name in _GIVES_WAY or is_answered(whole)
        case _:
            return isinstance(whole, Unclear | Faq)


def _is_unsure(whole: Meaning, parts: Sequence[ReadPart]) -> bool:
    """Return whether a correction by a whole message, to be doubted, gives way to that of one of its parts."""
    if not isinstance(whole, Correction) or whole.text is None:
        return False
    return any(one.slot == whole.what and len(one.text) < len(whole.text) for one in parts)


def _wish(said: Meaning) -> Intent | NavigationCommand | None:
    """Return the wish that is carried out beside a value, or the vexation that is answered."""
    match said:
        case Intent(name, confidence) if name in _DONE and confidence >= _SURE:
            return said
        case NavigationCommand(name) if name in _MOVES:
            return said
        case Unclear(("complaint",)):
            return Intent("complaint", _SURE)
        case _:
            return None


def _same(one: Meaning, other: Meaning) -> bool:
    return one == other or (isinstance(one, Intent) and isinstance(other, Intent) and one.name == other.name)


def _each(whole: Meaning, said: Sequence[Meaning]) -> tuple[Meaning, tuple[Meaning, ...]]:
    """Return the questions, the one that has an answer first; `whole` where none of them has."""
    answered = [one for one in said if is_answered(one) and subject_of(one) not in _OF_THE_STEP]
    if not answered:
        alone = next((one for one in said if is_answered(one)), None)
        return whole if alone is None or not is_unknown(whole) else alone, ()
    if len({subject_of(one) for one in answered}) == 1 and subject_of(answered[0]) == subject_of(whole):
        return whole, tuple(one for one in said if is_unanswered(one))
    others = [one for one in said if one is not answered[0] and subject_of(one) != subject_of(answered[0])]
    return answered[0], tuple(one for one in others if is_answered(one) or is_unanswered(one))
