"""A customer's words at the open step: the stages by which a desk reads them, in order.

The first stages need no desk (`nlu/reading.py`). Each further one hands on what the ones before found, with what only
the desk knows: the country of an address, its own questions, the codes that it sent, what it asked beside the step.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from bot.conversation import feedback_replies, sent_codes
from bot.conversation.expectations import Expectations
from bot.conversation.labelled_lines import read_labelled_lines
from bot.conversation.product_words import asks_fee, companies_named, products_named, trial_told, with_term
from bot.conversation.render import Renderer
from bot.conversation.whole_addresses import told_anew, whole_address
from dialogs.company.data import FIELDS, may_customer_correct, read_company
from dialogs.kit import Journey, Said, Step, sheet_at
from dialogs.kit.journey import EDIT
from dialogs.kit.press import FAQ
from dialogs.kit.reaction import never
from dialogs.order.terms import LENGTH
from dialogs.state import Ctx
from nlu.binding import agrees_plainly
from nlu.choices import read_plain_answer
from nlu.commands import read_payload
from nlu.facts.named_choices import FoundFact
from nlu.gate import judge_changes
from nlu.intents.score import OUT_OF_SCOPE
from nlu.languages.language import Languages
from nlu.languages.shipped import KNOWN, Known, order_langs
from nlu.named.discount_codes import typed_codes
from nlu.named.pieces import SEATS, read_seats
from nlu.named.restated import named_length
from nlu.phrase_lines import wish
from nlu.questions.faq import FaqIndex
from nlu.questions.several import PartsReader
from nlu.reading import Reading, read_message, with_not_given, with_the_rest
from nlu.stance import surely_told, without_denied_acts
from nlu.understand import understand_among
from values.channel import Channel
from values.expected import TITLE, Expected, Nameable
from values.kinds import answers_with, kind_of
from values.meaning import (
    Answer,
    Correction,
    Discount,
    Expects,
    Fact,
    Faq,
    Intent,
    Meaning,
    NavigationCommand,
    Press,
    SecretTyped,
    SentCode,
    Unclear,
)
from values.offer import normalise_code
from values.parsing import fold_words
from values.patterns import cached_property, regex
from values.question import NONE
from values.slots.word_classes import is_denial

_COUNTING = ("quantity", "addons")
"""Steps at which a number is an answer to what is asked."""
_CHOSEN = frozenset({"method", *LENGTH})
"""Steps of which a choice is heard beside a trial declined; nobody is bound by its words."""
_CHANGING = frozenset({"order_addon", "change_plan", "change_contact", "correct_data"})
_WRONG = "wrong_register_data"
_SENT = frozenset({"cmd", "start", FAQ, EDIT, TITLE})
_NAMED = " zzz "
"""A word that no reader knows: it stands for a payload that a sentence names."""
_LEAST_CODE = 5
_FEW = 5
_ONLY = wish("log_out", "<only>")
_VAGUE = frozenset({OUT_OF_SCOPE, "change_contact", "change_contact_channel"})
"""Intents of words that may as well choose among ways to be reached."""


class Place(Struct, frozen=True, dict=True):
    """The open step, as the words were said at it, with what may be named there before it is asked."""

    step: Step[Any]
    ctx: Ctx
    expected: Expected
    langs: Languages
    expectations: Expectations

    @cached_property
    def nameable(self) -> Sequence[Nameable]:
        """The choices and questions that may be answered by name: few messages have words for one."""
        return self.expectations.nameable(self.ctx)


Stage = Callable[[Reading, Place], Reading]


class ReadWords(Struct, frozen=True):
    """Words read: what the dialogs hear of them, and the discount codes that they may try, right or wrong."""

    said: Said
    codes: tuple[str, ...] = ()


class WordReader(Struct, frozen=True, dict=True):
    """Reads customers' words for one seller. Pure."""

    journey: Journey
    renderer: Renderer
    faq: FaqIndex
    expectations: Expectations
    known: Known = KNOWN

    def read(self, text: str, step: Step[Any], ctx: Ctx, codes_held: int | None = None) -> ReadWords:
        """Return what words say at a step. `codes_held`: the seconds for which no discount code is tried."""
        if ":" in text and (told := self._naming_payloads(text, step, ctx, codes_held)) is not None:
            return told
        expected, langs = self.expectations.at(step, ctx), self.langs(ctx.case.talk.locale)
        if codes_held is not None:
            expected = replace(expected, discount_codes=())
        place = Place(step, ctx, expected, langs, self.expectations)
        if (trial := self._trial(text, place, codes_held)) is not None:
            return trial
        by, states = self._by(place, self.faq), self._by(place, None)
        reading = read_message(text, expected, langs, by, lambda: place.nameable)
        for stage in self._stages:
            reading = stage(reading, place)
            if isinstance(reading.meaning, SecretTyped | SentCode):  # nothing else is read of these, and nothing kept
                return ReadWords(Said(reading.meaning, typed=isinstance(reading.meaning, SentCode)))
        if ctx.seller.company.edit == "report":
            reading = self._report(reading, place)
        if step.name == EDIT and _only_agrees(reading, langs):  # to "what shall I correct?" a yes says nothing
            reading = replace(reading, meaning=Intent(OUT_OF_SCOPE, 1.0, (), text))
        codes, tried = _codes(reading, place)
        if codes_held is not None and tried:
            reading = replace(reading, meaning=Discount(codes[0]))
        reading = with_not_given(with_the_rest(reading, PartsReader(expected, langs, by, states)), expected, langs)
        reading = judge_changes(reading, expected, langs[0].code)
        said = self._said(reading, place, codes_held)
        if ctx.channel == str(Channel.REST):  # by name: a desk without that channel has none of it
            said = replace(said, unread=import_module("nlu.questions.unread").find_unread(reading, langs, by))
        return ReadWords(said, codes)

    def _trial(self, text: str, place: Place, codes_held: int | None) -> ReadWords | None:
        """Read the trial declined, or wanted after all, before what else a message says; a name's words say neither."""
        kind, ctx = kind_of(place.step.expects), place.ctx
        if ctx.seller.tried_plan is None or kind.form == "words" or kind.worded.says_all:
            return None
        told = trial_told(text, place.langs, declined=ctx.case.order.untried and ctx.case.order.id is None)
        if told is None:
            return None
        wanted, rest = Intent(told[0], 1.0, (), text), told[1]
        beside = self.read(rest, place.step, ctx, codes_held) if rest else ReadWords(Said(wanted, typed=True))
        said, first = beside.said, beside.said.meaning
        chosen = isinstance(first, Press) and first.payload.partition(":")[0] in _CHOSEN
        given = chosen or isinstance(first, Answer | Correction | Discount | Faq)
        also = (first, *said.also) if given else said.also
        return replace(beside, said=replace(said, meaning=wanted, also=also))

    def _naming_payloads(self, text: str, step: Step[Any], ctx: Ctx, codes_held: int | None) -> ReadWords | None:
        """Read a sentence that names what buttons send: none is a press by it, and "ok" beside it is no yes."""
        kind, hidden = kind_of(step.expects), self._payloads.sub(_NAMED, text)
        if hidden == text or kind.worded.says_all or read_payload(text, self.expectations.at(step, ctx)) is not None:
            return None
        read = self.read(hidden, step, ctx, codes_held)
        own = isinstance(read.said.meaning, Answer) and kind.form == "words"
        return replace(read, said=replace(read.said, meaning=Answer(text))) if own else read

    @cached_property
    def _payloads(self) -> re.Pattern[str]:
        """The payloads of buttons, by the names of the steps that are answered by one, and of commands."""
        named = {step.name for step in self.journey.steps if step.parse is None}
        taken = {payload.partition(":")[0] for dialog in self.journey.dialogs.values() for payload in dialog.taken}
        return regex(rf"(?<![\w:/])(?:{'|'.join(sorted(named | taken | _SENT))}):[a-z0-9_]+(?:[:,.][a-z0-9_]+)*")

    @cached_property
    def langs(self) -> Callable[[str], Languages]:
        """Returns the languages to try in a conversation in a locale."""
        return lru_cache(maxsize=64)(lambda locale: order_langs(self.known, locale))

    @cached_property
    def _stages(self) -> tuple[Stage, ...]:
        values = self._sheet, self._value, self._address, self._seats, self._fee
        own = self._own_choice, self._own_choice_ahead
        return (*values, *own, self._sent_code, self._reply_beside)

    def meaning(self, text: str, expected: Expected, locale: str) -> Meaning:
        """Return what words mean as a whole where `expected` is, whatever else they say."""
        return understand_among(text, expected, self.langs(locale), self.faq)

    def _by(self, place: Place, faq: FaqIndex | None) -> Callable[[str], Meaning]:
        """Return what understands words at this place; a part that several stages meet is read once."""
        return lru_cache(maxsize=16)(lambda words: understand_among(words, place.expected, place.langs, faq))

    # --- the desk's stages ---

    def _sheet(self, reading: Reading, place: Place) -> Reading:
        """Take the lines of an input sheet by their labels, whatever else their values look like."""
        label, colon, _ = reading.text.partition(":")
        named = colon and fold_words(label) in self.expectations.labels
        found = sheet_at(self.journey, place.step, place.ctx.case, place.ctx) if named else None
        lines = read_labelled_lines(reading.text, found.steps, self.renderer) if found is not None else {}
        if not lines:
            return reading
        own = lines.pop(place.step, None)
        facts = tuple(
            FoundFact(Fact(step.name, value, wrong=not step.takes(value, place.ctx), labelled=True))
            for step, value in lines.items()
        )
        meaning = Answer(reading.text, own) if own is not None else Intent("inform", 1.0, (), reading.text)
        return replace(reading, meaning=meaning, facts=facts, settled=True)

    def _value(self, reading: Reading, place: Place) -> Reading:
        """Take the fact that the open step's parser takes for an answer which it would refuse.

        Of "512 000 111, and I have START20" the digits of the code are none of the number.
        """
        step, answer = place.step, reading.meaning
        if not isinstance(answer, Answer) or kind_of(step.expects).form == "words":
            return reading
        own = [one.fact.text for one in reading.facts if one.fact.kind in answers_with(step.expects)]
        taken = [value for value in own if step.takes(value, place.ctx)]
        if len(taken) != 1 or step.takes(answer.words, place.ctx):
            return reading
        return replace(reading, meaning=Answer(reading.text, taken[0]))

    def _address(self, reading: Reading, place: Place) -> Reading:
        """Find a whole address, whose parts fit its country: the part that is asked for, or a correction."""
        if not reading.typed or isinstance(reading.meaning, SecretTyped | Press | NavigationCommand):
            return reading
        if isinstance(meant := reading.meaning, Correction) and meant.what == Expects.street:
            found_by_shape = Fact(Expects.street, meant.text or "", corrects=True)
            if any(one.end and one.fact == found_by_shape for one in reading.facts):
                return reading
        sure, at = without_denied_acts(surely_told(reading.text, place.langs)), (place.step, place.ctx)
        found = whole_address(sure, *at, self.journey)
        found = found or told_anew(sure, *at, place.expected, self.journey, place.langs)
        return reading if found is None else reading.with_parts(*found)

    def _seats(self, reading: Reading, place: Place) -> Reading:
        """Find how many seats a message speaks of, of a plan that is sold by the seat."""
        asked = place.step.name == SEATS
        if not self.expectations.seats or not reading.typed or reading.settled or place.step.name in _COUNTING:
            return reading
        begins = isinstance(reading.meaning, Press) and reading.meaning.payload == "start:buy"
        timed = isinstance(reading.meaning, Press) and reading.meaning.payload.partition(":")[0] in LENGTH
        if not (asked or begins or timed or isinstance(reading.meaning, Intent | Unclear | Correction | Faq)):
            return reading
        found = read_seats(reading.text, place.expected, self.expectations.seats, place.langs)
        if not isinstance(found, Intent) and (asked or found is not None):
            reading = with_term(reading, place.expected, place.nameable, self.expectations.seats, place.langs)
        if asked:  # a number there is an answer, unless its price is asked for
            return replace(reading, meaning=found, facts=(), settled=True) if isinstance(found, Intent) else reading
        if isinstance(found, Fact) and place.step.expects is Expects.nothing and not begins:
            changes = isinstance(reading.meaning, Intent) and reading.meaning.name in _CHANGING
            return replace(reading, meaning=Intent("order_addon", 1.0, (), reading.text)) if changes else reading
        if isinstance(found, Fact):
            late = place.step.expects is Expects.payment
            keeps = begins or (isinstance(reading.meaning, Intent) and not late)
            meant = reading.meaning if keeps else Intent("inform", 1.0, (), reading.text)
            return replace(reading, meaning=meant, facts=(*reading.facts, FoundFact(replace(found, adds=late))))
        if timed and isinstance(found, Correction) and found.text is not None:  # both are taken: neither eats the other
            more = FoundFact(Fact(SEATS, found.text, corrects=True))
            return replace(reading, facts=(*reading.facts, more))
        return reading if found is None or begins or timed else replace(reading, meaning=found, settled=True)

    def _fee(self, reading: Reading, place: Place) -> Reading:
        """Find the question what is paid once, which no other reading knows by the seller's name for it."""
        vague = isinstance(reading.meaning, Intent | Unclear) and reading.typed and not reading.settled
        if not vague or kind_of(place.step.expects).worded.says_all or not asks_fee(reading.text, self.renderer):
            return reading
        return replace(reading, meaning=Intent("ask_price", 1.0, (), reading.text), settled=True)

    def _report(self, reading: Reading, place: Place) -> Reading:
        """Take words that put the company's data right as the report of them, where the customer may not."""
        if not reading.typed or may_customer_correct(read_company(place.ctx), place.ctx):
            return reading
        meant, said = reading.meaning, fold_words(reading.text)
        titles = (fold_words(title) for option in place.expected.options for title in option.titles)
        wrong = isinstance(meant, Intent) and meant.name in (_WRONG, "correct_data")
        wrong |= isinstance(meant, Correction) and meant.what in FIELDS
        wrong |= isinstance(meant, Press) and meant.payload == "confirm:edit" and said not in titles
        if not wrong:
            return reading
        facts = tuple(one for one in reading.facts if one.fact.kind not in FIELDS)
        return replace(reading, meaning=Intent(_WRONG, 1.0, (), reading.text), facts=facts, settled=True)

    def _own_choice(self, reading: Reading, place: Place) -> Reading:
        """Name the option that a correction of a seller's own choice means."""
        corrected = reading.meaning
        if not isinstance(corrected, Correction) or corrected.text is None:
            return reading
        own = self.journey.named(corrected.what, place.step.dialog)
        at = next((one for one in own if one.answer.entry), None)
        if at is None or at.parse is not None:
            return reading
        value = self.option_named(corrected.text, at, place.ctx)
        return replace(reading, meaning=Correction(at.name, None if value is None or ":" in value else value))

    def _own_choice_ahead(self, reading: Reading, place: Place) -> Reading:
        """Keep what a few words choose alone at a seller's own question to come: "e-mail only", not "that mail"."""
        meant = reading.meaning
        vague = isinstance(meant, Intent) and meant.name in _VAGUE and reading.typed
        if not vague or reading.settled or reading.facts or "?" in reading.text:
            return reading
        said = fold_words(reading.text)
        words = said.split()
        if len(words) > _FEW or _ONLY.search(said) is None or any(map(is_denial, words)):
            return reading
        for at in self._own_choices:
            value = self.option_named(reading.text, at, place.ctx)
            if value is not None and ":" not in value and value != NONE and at is not place.step:
                nothing = Intent("inform", 1.0, (), reading.text)
                return replace(reading, meaning=nothing, facts=(FoundFact(Fact(at.name, value)),))
        return reading

    @cached_property
    def _own_choices(self) -> Sequence[Step[Any]]:
        """Return the seller's own questions that are answered by a button, and may be before they are asked."""
        own = (step for step in self.journey.steps if step.answer.entry and step.answer.ahead is not never)
        return [step for step in own if step.parse is None]

    def option_named(self, text: str, at: Step[Any], ctx: Ctx) -> str | None:
        """Return the VALUE of the step's own option that the words name."""
        said = self.meaning(text, self.expectations.at(at, ctx), ctx.case.talk.locale)
        name, _, value = (said.payload if isinstance(said, Press) else "").partition(":")
        return value if name == at.name else None

    def _sent_code(self, reading: Reading, place: Place) -> Reading:
        """Find a code that was sent, at another step than its own."""
        if reading.settled:
            return reading
        meant = sent_codes.typed_elsewhere(
            reading.text, reading.meaning, place.step, place.ctx, self.journey, place.langs
        )
        return reading if meant is reading.meaning else replace(reading, meaning=meant)

    def _reply_beside(self, reading: Reading, place: Place) -> Reading:
        """Find the reply to what was asked beside the step: whether an answer helped, and why it didn't."""
        if reading.settled:
            return reading
        case = place.ctx.case
        meant = feedback_replies.heard(reading.text, reading.meaning, place.step, case, place.ctx, place.langs)
        return reading if meant is reading.meaning else replace(reading, meaning=meant)

    def _said(self, reading: Reading, place: Place, codes_held: int | None) -> Said:
        asked, seats = reading.meaning.name if isinstance(reading.meaning, Intent) else "", self.expectations.seats
        locale, companies = place.langs[0].code, place.ctx.books.companies
        return Said(
            reading.meaning,
            typed=reading.typed,
            also=reading.besides,
            about=products_named(reading.text, self.renderer, locale) if asked in ("ask_price", "ask_renewal") else (),
            companies=companies_named(reading.text, companies) if reading.typed and len(companies) > 1 else (),
            term=named_length(reading.text, self.langs(locale), seats)[0] if asked == "ask_price" else None,
            facts=tuple(one.fact for one in reading.facts),
            not_given=reading.not_given,
            codes_held=codes_held,
        )


def _only_agrees(reading: Reading, langs: Languages) -> bool:
    """Return whether a message is a plain yes, which doesn't even say that all is right as it is."""
    affirms = isinstance(reading.meaning, Intent) and reading.meaning.name == "affirm"
    plain = agrees_plainly(reading.text, langs) or read_plain_answer(fold_words(reading.text), langs) == "yes"
    return affirms and plain


def _codes(reading: Reading, place: Place) -> tuple[tuple[str, ...], bool]:
    """Return what a message may try as a discount code, and whether it surely means to try one."""
    discounts = place.ctx.seller.discounts
    if not discounts or reading.settled:
        return (), False
    match reading.meaning:
        case Answer() as answer if place.expected.expects is Expects.discount_code:
            return (normalise_code(answer.words),), True
        case Correction("discount_code" | "discount", str(typed)):
            return (normalise_code(typed),), True
        case understood:
            typed = typed_codes(reading.text, place.langs)
            if isinstance(understood, Press | Answer) and not typed.named:
                # An option or an answer, such as "P24"; what is longer may be a code that looks like one.
                return tuple(code for code in typed.counted if len(code) >= _LEAST_CODE), False
            # Bare numbers are mostly something else; they count with a seller who has such a code.
            numbers = any(discount.code.isdecimal() for discount in discounts)
            bare = tuple(code for code in typed.looked_up if code.isdecimal() and numbers)
            return typed.counted + bare, typed.surely or bool(bare)
