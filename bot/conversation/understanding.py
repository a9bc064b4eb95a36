"""From a channel's message to its meaning: clean, redact, understand in the light of the open step."""

import re
from collections.abc import Mapping, Sequence, Set
from functools import cached_property
from typing import Any

from msgspec import Struct, field, structs
from msgspec.structs import replace

from bot.conversation import feedback_replies, sent_codes
from bot.conversation.completing import completed
from bot.conversation.consent_names import consent_names
from bot.conversation.edited_amounts import amounts
from bot.conversation.inbound import (
    ButtonPressed,
    Edited,
    Inbound,
    SharedContact,
    Text,
    UnsupportedMedia,
    VoiceNote,
    known_kind,
)
from bot.conversation.product_words import names, products_named
from bot.conversation.render import Renderer
from bot.conversation.second_question import questions
from bot.conversation.stored import StoredCause
from bot.conversation.whole_addresses import told_anew, whole_address
from dialogs.kit import Journey, Option, Said, Step, Word
from dialogs.kit.step import never
from dialogs.state import Ctx
from nlu.aloud.breath import taken_back
from nlu.aloud.heard import AsTyped, as_typed
from nlu.commands import read_payload
from nlu.facts.stated import beside, find_facts
from nlu.intents.score import OUT_OF_SCOPE
from nlu.languages.language import Languages, spelled
from nlu.languages.shipped import KNOWN, Known, among, written_in
from nlu.named.discount_codes import typed_codes
from nlu.named.withdrawals import states_withdrawal
from nlu.questions.faq import FaqIndex
from nlu.redaction import redact_message
from nlu.stance import not_given
from nlu.understand import understand
from services.keyed_hash import derived_id, is_keyed_hex, keyed_hex
from values import meaning
from values.incoming_text import clean
from values.kinds import kind_of
from values.meaning import BindingAct, Deferred, Expected, Expects, OptionWords
from values.offer import normalise_code
from values.parsing import fold_words
from values.redaction import redact
from values.tax_number import VATIN

_SIGNS_OF_PAYLOADS = {ord(sign): " " for sign in "/:"}
_LEAST_CODE = 5
_START = re.compile(r"^\s*((?:/|cmd:)start(?:@\w+)?)\s+\S+", re.IGNORECASE)


class ParsedMessage(Struct, frozen=True):
    """A message understood: the event for the dialogs, and what may be kept of it."""

    said: Said
    line: StoredCause  # of the journal: redacted
    secret: bool  # it held a secret: the channel should delete it
    at: str | None = None  # the step that was open when it was said
    codes: tuple[str, ...] = ()  # what it may try as a discount code, right or wrong


class AskedStep(Struct, frozen=True):
    """A message of ours with buttons: the step it asked, and the buttons' titles by payload."""

    step: str | None
    titles: Mapping[str, str]


class Earlier(Struct, frozen=True):
    """The journal's record of a message that was changed afterwards: the step open when it was said, its last words.

    `answered`: no later message was said at that step, so this one is its answer, if it has any.
    """

    step: str | None
    text: str
    answered: bool


#: Intents of which the words needn't be a sentence.
_UNTELLING = frozenset({"inform", "out_of_scope"})


#: Meanings that give a value or press a button.
_VALUED = (meaning.Answer, meaning.Correction, meaning.Press, meaning.Consenting)
_WAYS_TO_PAY = "ask_payment_methods"
_LONGEST_SPOKEN = 1000
"""Characters: a recording is a minute at most, and a longer text is read as it is."""


def _same_question(one: str, other: str) -> bool:
    return one.partition(":")[0] == other.partition(":")[0]


def language_of(hint: str | None) -> str:
    """Return the language of a channel's hint, such as `it` of `it-IT`; empty where there is none."""
    return (hint or "").replace("_", "-").partition("-")[0].lower()


class MessageUnderstanding(Struct, frozen=True, dict=True):
    """Understands messages for one seller. Pure: the same message at the same step means the same."""

    journey: Journey
    renderer: Renderer
    faq: FaqIndex
    known: Known = field(default_factory=lambda: KNOWN)
    hears: bool = False

    def load_readers(self) -> None:
        """Read a question in each language: what that loads, the first customer needn't wait for."""
        for locale in self.renderer.seller.locales:
            self._read("how much is that?", Expected(Expects.secure_page, "", called=self._called), locale)

    def hear(
        self,
        inbound: Inbound,
        step: Step[Any],
        ctx: Ctx,
        *,
        asked: AskedStep | None = None,
        was: Earlier | None = None,
        unseen: bool = False,
        unseen_card: bool = False,
        parts: Sequence[StoredCause] = (),
        codes_held: int | None = None,
    ) -> ParsedMessage:
        """Return the message's meaning at `step`, the open one.

        `asked`: the message that carried the pressed button. `was`: an edited message as it was before. `unseen`: it
        was written before the open question was shown, or edited; `unseen_card`: before the card was as it is now.
        `parts`: what was written just before, and may be the beginning of the same value. `codes_held`: the seconds for
        which no discount code is tried, not even a right one.
        """
        heard = self._heard(inbound, step, ctx, asked, was, codes_held)
        heard = self._completed(heard, parts, step, ctx) if parts else heard
        # A client that sends payloads as texts presses what it was shown; one that says what was seen, or when it was
        # written, is believed.
        undated = isinstance(inbound.body, Text) and inbound.seen is None and inbound.said_at is None
        pressed = undated and heard.said.meaning == meaning.Press(heard.line.text or "")
        early = (unseen and _answers(heard.said.meaning, step, ctx)) or (unseen_card and self._ticks(heard, step, ctx))
        if early and not pressed:
            heard = structs.replace(
                heard, said=structs.replace(heard.said, unseen=True, edited=isinstance(inbound.body, Edited))
            )
        return structs.replace(heard, said=self._declaring(heard, inbound, ctx), at=step.path)

    def hear_spoken(self, words: str, inbound: Inbound, step: Step[Any], ctx: Ctx) -> ParsedMessage:
        """Return the meaning of a recording's words at `step`, the open one, as if they were typed.

        What can't be read for certain is nothing: it is asked again. What binds by other words than the button's is
        the button's press, so that whoever takes it sees what it is.
        """
        expected, locale = self._expected(step, ctx), ctx.case.talk.locale
        said = clean(words).text
        if read_payload(said, expected) is not None:  # nobody speaks the signs of a command or a button
            said = said.translate(_SIGNS_OF_PAYLOADS).strip()
        aloud = self._as_typed(said, expected, locale)
        heard = self.hear(structs.replace(inbound, body=Text(aloud.text)), step, ctx)
        understood = heard.said.meaning
        if aloud.answer and not heard.secret:
            understood = meaning.Answer(aloud.text)
        elif not aloud.sure and isinstance(understood, _VALUED):
            understood = meaning.Intent(OUT_OF_SCOPE, 1.0, (), aloud.text)
        if isinstance(understood, meaning.Correction):
            understood = self._corrected_aloud(understood, step, ctx)
        spoken = heard.line.text or ""
        if not heard.secret and spoken == _storable(clean(aloud.text).text):
            spoken = _storable(said)
        line = structs.replace(heard.line, text=spoken, step=step.path, spoken=True)
        facts = heard.said.facts if aloud.sure else ()
        told = structs.replace(
            heard.said, meaning=understood, facts=facts, spoken="" if heard.secret else spoken, typed=True
        )
        return structs.replace(heard, said=told, line=line)

    def _corrected_aloud(
        self, said: meaning.Correction, step: Step[Any], ctx: Ctx
    ) -> meaning.Correction | meaning.Press:
        """Return what a spoken correction counts as: the press of what binds, and of a street its number is heard."""
        payload = f"{said.what}:{said.text}"
        if any(option.payload == payload and option.binds for option in self.journey.offered(step, ctx.case, ctx)):
            return meaning.Press(payload)
        numbered = said.text is None or any(sign.isdecimal() for sign in said.text)
        return said if said.what != Expects.street or numbered else meaning.Correction(said.what)

    def _as_typed(self, said: str, expected: Expected, locale: str) -> AsTyped:
        """Return what was said as it would be typed; a secret as it was said, so that it is seen to be one."""
        langs = among(self.known, locale)
        if len(said) > _LONGEST_SPOKEN or redact_message(said, expected, langs).kinds:
            return AsTyped(said)
        aloud = as_typed(said, expected, langs)
        back = taken_back(aloud.text) if expected.options else None
        if back is None:
            return aloud
        first, then = self._read(back[0], expected, locale), self._read(back[1], expected, locale)
        if not isinstance(first, meaning.Press):
            return aloud
        anew = isinstance(then, meaning.Press) and _same_question(first.payload, then.payload)
        return AsTyped(back[1]) if anew else AsTyped(aloud.text, sure=False)

    def _declaring(self, heard: ParsedMessage, inbound: Inbound, ctx: Ctx) -> Said:
        """Note what the words declare: that has effect, however and whenever they came."""
        said, text = self._in_language(heard, inbound, ctx), heard.line.text or ""
        typed = isinstance(inbound.body, Text | Edited)
        states = typed and states_withdrawal(text, among(self.known, ctx.case.talk.locale))
        return structs.replace(said, declared=text) if states else said

    def _completed(
        self, heard: ParsedMessage, parts: Sequence[StoredCause], step: Step[Any], ctx: Ctx
    ) -> ParsedMessage:
        """Read a message as the rest of the value that the one before began, where it isn't one of its own."""
        whole = completed(heard.line.text or "", parts, step, ctx, self.journey) if not heard.secret else None
        return heard if whole is None else _without_code(structs.replace(heard, said=Said(whole)), step)

    def _ticks(self, heard: ParsedMessage, step: Step[Any], ctx: Ctx) -> bool:
        """Tell whether a press binds by another row of the card."""
        match heard.said.meaning:
            case meaning.Press(payload):
                row = self.journey.on_card(step, payload, ctx.case, ctx)
                offered = _options(row, ctx) if row is not None else ()
                return any(option.payload == payload and option.binds for option in offered)
            case _:
                return False

    def _in_language(self, heard: ParsedMessage, inbound: Inbound, ctx: Ctx) -> Said:
        """Note the language of the words, where that is still to be found out.

        Only words that were understood tell it, no name, number or the like.
        """
        said, offered, talk = heard.said, ctx.seller.locales, ctx.case.talk
        untold = language_of(inbound.locale_hint) not in offered
        if not (talk.undecided or (untold and not talk.greeted)):
            return said
        out = isinstance(said.meaning, meaning.Intent) and said.meaning.name in _UNTELLING
        value = isinstance(said.meaning, meaning.Answer | meaning.Discount | meaning.SentCode)
        tells = said.typed and not out and not value
        written = written_in(heard.line.text or "", self.known, offered) if tells else None
        return structs.replace(said, untold=untold, written=written)

    def _heard(
        self,
        inbound: Inbound,
        step: Step[Any],
        ctx: Ctx,
        asked: AskedStep | None,
        was: Earlier | None,
        codes_held: int | None,
    ) -> ParsedMessage:
        match inbound.body:
            case ButtonPressed(payload):
                return self._pressed(payload, step, ctx, asked)
            case UnsupportedMedia(kind):
                return ParsedMessage(Said(meaning.NotText(known_kind(kind))), StoredCause(kind=kind, text=""), False)
            case VoiceNote(audio, place, kind=kind, seconds=seconds):
                if not self.hears and not ctx.case.muted:
                    line = StoredCause(kind="voice", text="")
                    return ParsedMessage(Said(meaning.NotText(known_kind(kind))), line, secret=False)
                # What an agent is to play has a name before it was fetched.
                name = note_id(inbound) if audio or ctx.case.muted else ""
                line = StoredCause(kind="voice", text="", note=name or None)
                return ParsedMessage(Said(meaning.UnheardNote(name, place, seconds)), line, secret=False)
            case SharedContact(phone, own):
                return self._contact(phone, step, own=own)
            case Text(body):
                return _without_code(self._words(body, step, ctx, codes_held), step)
            case Edited(body):
                return self._edited(body, step, ctx, was, codes_held)

    def _pressed(self, payload: str, step: Step[Any], ctx: Ctx, asked: AskedStep | None) -> ParsedMessage:
        """Read a button. It is bound to the step that its message asked, unless it is allowed always."""
        shown = _storable(redact(clean(payload).text).text)  # what is sent needn't be a button of ours
        title = asked.titles.get(payload, shown) if asked is not None else shown
        line = StoredCause(payload=shown, text=title)
        if payload.startswith("/"):
            expected = self._expected(step, ctx)
            return ParsedMessage(Said(read_payload(payload, expected) or meaning.Press(payload)), line, secret=False)
        here = [one.path for one in self.journey.together(step)]
        stale = asked is not None and asked.step is not None and asked.step not in here
        return ParsedMessage(Said(meaning.Press(payload), stale=stale), line, secret=False)

    def _contact(self, phone: str, step: Step[Any], *, own: bool) -> ParsedMessage:
        if not own:
            return ParsedMessage(Said(meaning.NotText("contact")), StoredCause(kind="contact", text=""), False)
        number = phone if phone.startswith("+") else f"+{phone}"
        asked = step.expects is Expects.phone  # elsewhere it is no answer, not even where any words are
        said = meaning.Answer(number) if asked else meaning.Intent("inform", 1.0)
        facts = (meaning.Fact(Expects.phone, number),)
        return ParsedMessage(Said(said, facts=facts), StoredCause(text=number), False)

    def _edited(
        self, body: str, step: Step[Any], ctx: Ctx, was: Earlier | None, codes_held: int | None
    ) -> ParsedMessage:
        """Read an edit: an answer to the open step, if that was open when it was said, else a correction.

        With it goes what the message named before, and the step that it had answered.
        """
        heard = self._password(body, ctx, was) or self._words(body, step, ctx, codes_held)
        at = self.journey.known(was.step) if was is not None else None
        before = self._named_before(was, step, ctx)
        heard = _without_code(heard, step if at is None else at)
        if was is not None and was.step == step.path:
            return structs.replace(heard, said=structs.replace(heard.said, before=before))
        said, text = heard.said, heard.line.text or ""
        match said.meaning:
            case meaning.SecretTyped() | meaning.SentCode() | meaning.TooLong() | meaning.Empty():
                return heard
            case meaning.Correction() | meaning.Discount():
                understood = said.meaning
            case _:
                understood = self._chosen_at(text, at, ctx) or meaning.Answer(text)
        answered = was.step if was is not None and was.answered else None
        facts = said.facts
        counted = self._counted(was, text, at, ctx) if not any(one.adds for one in before) else None
        if counted is not None:
            before, facts = (*before, counted[0]), (*facts, counted[1])
            understood = meaning.Answer(text)
        return structs.replace(
            heard,
            said=Said(understood, edited=True, before=before, answered=answered, facts=facts, codes_held=codes_held),
        )

    def _named_before(self, was: Earlier | None, step: Step[Any], ctx: Ctx) -> tuple[meaning.Fact, ...]:
        """Return the values that a changed message named before."""
        if was is None:
            return ()
        langs = among(self.known, ctx.case.talk.locale)
        found = find_facts(was.text, self._expected(step, ctx), langs, lambda: self._nameable(ctx))
        return tuple(one.fact for one in found)

    def _named_choice(self, understood: meaning.Meaning, step: Step[Any], ctx: Ctx) -> meaning.Meaning:
        """Return a correction of a seller's own choice with the option that its words name."""
        if not isinstance(understood, meaning.Correction) or understood.text is None:
            return understood
        at = next((one for one in self.journey.named(understood.what, step.dialog) if one.answer.entry), None)
        if at is None or at.parse is not None:
            return understood
        value = self._option_named(understood.text, at, ctx)
        return meaning.Correction(at.name, None if value is None or ":" in value else value)

    def _chosen_at(self, text: str, at: Step[Any] | None, ctx: Ctx) -> meaning.Correction | None:
        """Return the choice that a changed message makes now, where it had made one before."""
        if at is None or at.parse is not None or at.path not in ctx.case.talk.answered:
            return None
        value = self._option_named(text, at, ctx)
        return None if value is None else meaning.Correction(at.name, value)

    def _option_named(self, text: str, at: Step[Any], ctx: Ctx) -> str | None:
        """Return the VALUE of the step's own option that the words name."""
        read = self._read(text, self._expected(at, ctx), ctx.case.talk.locale)
        name, _, value = (read.payload if isinstance(read, meaning.Press) else "").partition(":")
        return value if name == at.name else None

    def _counted(
        self, was: Earlier | None, text: str, at: Step[Any] | None, ctx: Ctx
    ) -> tuple[meaning.Fact, meaning.Fact] | None:
        """Return how many of an add-on a changed message wanted, and wants now."""
        if was is None or at is None:
            return None
        locale = ctx.case.talk.locale
        langs = among(self.known, locale)
        return amounts(was.text, text, at, ctx, langs, lambda words: self._read(words, self._expected(at, ctx), locale))

    def _password(self, body: str, ctx: Ctx, was: Earlier | None) -> ParsedMessage | None:
        """Find a password that an edit put into a message said where one was asked for."""
        at = self.journey.known(was.step) if was is not None else None
        if at is None or at.expects is not Expects.secure_page:
            return None
        expected = Expected(at.expects, at.name, names=self._names)
        found = redact_message(clean(body).text, expected, among(self.known, ctx.case.talk.locale))
        if "password" not in found.kinds:
            return None
        line = StoredCause(text=found.text, secret=found.kinds)
        return ParsedMessage(Said(meaning.SecretTyped(found.kinds)), line, secret=True)

    def _words(self, body: str, step: Step[Any], ctx: Ctx, codes_held: int | None = None) -> ParsedMessage:
        cleaned, locale = clean(body), ctx.case.talk.locale
        langs = among(self.known, locale)
        if cleaned.too_long:
            start = redact(cleaned.text, words=spelled(langs))
            line = StoredCause(text=start.text, length=len(body))
            return ParsedMessage(Said(meaning.TooLong()), line, bool(start.kinds))
        if not cleaned.text.strip():
            return ParsedMessage(Said(meaning.Empty()), StoredCause(text=""), False)
        expected = self._expected(step, ctx)
        if codes_held is not None:
            expected = replace(expected, discount_codes=())
        understood = self._read(cleaned.text, expected, locale)
        typed = read_payload(cleaned.text, expected) is None  # a payload sent as a text states nothing more
        found = find_facts(cleaned.text, expected, langs, lambda: self._nameable(ctx)) if typed else ()
        understood = beside(cleaned.text, found, understood, expected, lambda rest: self._read(rest, expected, locale))
        if (address := whole_address(cleaned.text, step, ctx, self.journey)) is not None and not _is_certain(
            understood
        ):
            understood, parts = address
            return ParsedMessage(
                Said(understood, typed=True, facts=parts), StoredCause(text=cleaned.text), secret=False
            )
        if (told := told_anew(cleaned.text, understood, step, ctx, expected, self.journey, langs)) is not None:
            beside_it = tuple(one.fact for one in found if one.end)
            said = Said(told[0], typed=True, facts=(*told[1], *beside_it))
            return ParsedMessage(said, StoredCause(text=cleaned.text), secret=False)
        understood = self._named_choice(understood, step, ctx)
        understood = sent_codes.typed_elsewhere(cleaned.text, understood, step, ctx, self.journey, langs)
        match feedback_replies.heard(cleaned.text, understood, step, ctx.case, ctx, langs):
            case meaning.SecretTyped(kinds) as understood:
                line = StoredCause(text=redact_message(cleaned.text, expected, langs).text, secret=kinds)
                return ParsedMessage(Said(understood), line, secret=True)
            case meaning.SentCode() as understood:
                return ParsedMessage(Said(understood, typed=True), StoredCause(text=sent_codes.HIDDEN), secret=False)
            case understood:
                asks = isinstance(understood, meaning.Intent) and understood.name == "ask_price"
                about = products_named(cleaned.text, self.renderer, locale) if asks else ()
                facts = tuple(one.fact for one in found)
                codes, tried = _codes(cleaned.text, understood, expected, langs, ctx)
                if codes_held is not None and tried:
                    understood = meaning.Discount(codes[0])
                first, also = self._questions(cleaned.text, understood, expected, langs)
                said = Said(
                    first,
                    typed=typed,
                    also=also,
                    about=about,
                    facts=facts if typed else (),
                    not_given=self._not_given(cleaned.text, first, facts, langs) if typed else (),
                    codes_held=codes_held,
                )
                return ParsedMessage(said, StoredCause(text=_storable(cleaned.text)), secret=False, codes=codes)

    def _read(self, text: str, expected: Expected, locale: str) -> meaning.Meaning:
        return understand(text, expected, locale=locale, faq=self.faq, known=self.known)

    def _questions(
        self, text: str, understood: meaning.Meaning, expected: Expected, langs: Languages
    ) -> tuple[meaning.Meaning, meaning.Meaning | None]:
        first, also = questions(text, understood, langs, lambda part: self._read(part, expected, langs[0].code))
        return self._by_wish(first), self._by_wish(also) if also is not None else None

    def _by_wish(self, said: meaning.Meaning) -> meaning.Meaning:
        """Return the entry about the ways to pay for a wish for one that is asked beside another question."""
        asked = isinstance(said, meaning.Intent) and said.name == _WAYS_TO_PAY and self.faq.has(said.name)
        return meaning.Faq(_WAYS_TO_PAY, 1.0) if asked else said

    def _not_given(
        self, text: str, meant: meaning.Meaning, facts: Sequence[meaning.Fact], langs: Languages
    ) -> tuple[str, ...]:
        """Return the values that are named as somebody else's or old, where the message gives no other."""
        return () if facts or isinstance(meant, _VALUED) else not_given(text, langs)

    def _nameable(self, ctx: Ctx) -> tuple[meaning.Nameable, ...]:
        """Return the choices, and the seller's own questions, that may be answered by name before they are asked."""
        called = dict(self._called)
        return tuple(
            meaning.Nameable(
                s.name,
                tuple(self._option(o) for o in _options(s, ctx)) if s.parse is None else (),
                called.get(s.name, "") if s.answer.entry else "",
                s.expects,
            )
            for s in self.journey.steps
            if (s.parse is None or s.answer.entry) and s.answer.ahead is not never
        )

    def _expected(self, step: Step[Any], ctx: Ctx) -> Expected:
        rows = {one.name for one in self.journey.together(step)} - {step.name}
        act = self.journey.act(step, ctx.case, ctx) if rows else None
        return Expected(
            expects=step.expects,
            step=step.name,
            options=tuple(
                self._option(o, rows | _unasked(o, step))
                for o in self.journey.offered(step, ctx.case, ctx)
                if _by_words(o, step, rows)
            ),
            country=VATIN if ctx.seller.company.vatin else ctx.seller.country,
            home=ctx.seller.country,
            discount_codes=tuple(d.code for d in ctx.seller.discounts),
            correctable=Deferred(lambda: self._correctable(step, ctx)),
            free_text=step.typed.free_text,
            optional=step.optional,
            several=step.answer.several,
            pieces=self._pieces(step.typed.pieces(getattr(ctx.case, step.dialog), ctx)),
            enough=_enough(step),
            names=self._names,
            code=sent_codes.takes_letter_code(step),
            rows=rows,
            act=act.payload if act is not None and act.step != step.name else "",
            given=Deferred(lambda: self._given(ctx)),
            called=self._called,
            consents=self._consents,
        )

    def _given(self, ctx: Ctx) -> dict[str, str]:
        """Return the answers in words that a sentence may correct."""
        worded = [s for s in self.journey.correctable(ctx.case, ctx) if kind_of(s.expects).by_part and s.slots]
        values = {s.name: s.answer_in(getattr(ctx.case, s.dialog)) for s in worded}
        return {name: value for name, value in values.items() if isinstance(value, str)}

    def _correctable(self, step: Step[Any], ctx: Ctx) -> dict[str, Expects]:
        # Also what a register filled in; and what an act stands on, so that the answer says so.
        told = (*self.journey.answered(ctx.case, ctx), *self.journey.correctable(ctx.case, ctx))
        return {str(k): s.expects for s in told if s.path != step.path for k in _kinds(s)}

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return names(self.renderer)

    @cached_property
    def _called(self) -> tuple[tuple[str, str], ...]:
        """Return what the answers of steps are called, in any of the profile's languages, where texts say so."""
        texts = {step.name: f"called.{step.name}" for step in self.journey.steps}
        known = {name: key for name, key in texts.items() if self.renderer.has(key, self.renderer.seller.locales[0])}
        return tuple((name, ", ".join(self.renderer.said(Word(key)))) for name, key in known.items())

    @cached_property
    def _consents(self) -> tuple[meaning.ConsentName, ...]:
        return consent_names(self.renderer)

    def _option(self, option: Option, rows: Set[str] = frozenset()) -> OptionWords:
        titles, pieces = self.renderer.titles(option), self._pieces(option.pieces)
        return OptionWords(option.payload, titles, option.binds, pieces, beside=option.step in rows)

    def _pieces(self, counted: Word | None) -> tuple[str, ...]:
        """Return the words by which something is counted, in any of the profile's languages."""
        said = self.renderer.said(counted) if counted is not None else ()
        return tuple(dict.fromkeys(word for words in said for word in fold_words(words).split() if word.isalpha()))


def binds(step: Step[Any], ctx: Ctx) -> bool:
    """Tell whether one of the step's answers binds."""
    return any(option.binds for option in _options(step, ctx))


def unchanged(inbound: Inbound, was: Earlier | None) -> bool:
    """Tell whether an edit left the words as they were: channels tell of previews and reactions as well."""
    return was is not None and isinstance(inbound.body, Edited) and clean(inbound.body.body).text == was.text


def _options(step: Step[Any], ctx: Ctx) -> tuple[Option, ...]:
    return step.options(getattr(ctx.case, step.dialog), ctx)


def _by_words(option: Option, step: Step[Any], rows: Set[str]) -> bool:
    """Tell whether words may give this answer: what binds beside the question is given by its button alone.

    An order that is the step's only question (one that has lapsed) is given by its words, too.
    """
    return option.binds is None or option.step == step.name or (option.binds is BindingAct.order and not rows)


def _unasked(option: Option, step: Step[Any]) -> Set[str]:
    """Return the question that a yes or no would answer without its being asked: a bare "no" stops no renewal."""
    asked = option.step == step.name or not option.hidden or option.value not in ("yes", "no")
    return frozenset() if asked else {option.step}


def _answers(said: meaning.Meaning, step: Step[Any], ctx: Ctx) -> bool:
    """Tell whether a message would answer the open step; a correction, a command, a question wouldn't."""
    match said:
        case meaning.Press(payload):
            return any(option.payload == payload for option in _options(step, ctx))
        case meaning.Intent(name):
            return name in step.intents
        case meaning.Consenting():
            return step.expects is Expects.consents
        case _:
            return isinstance(said, meaning.Unclear)


def _codes(
    text: str, understood: meaning.Meaning, expected: Expected, langs: Languages, ctx: Ctx
) -> tuple[tuple[str, ...], bool]:
    """Return what a message may try as a discount code, and whether it surely means to try one."""
    if not ctx.seller.discounts:
        return (), False
    match understood:
        case meaning.Answer() if expected.expects is Expects.discount_code:
            return (normalise_code(understood.words),), True
        case meaning.Correction("discount_code" | "discount", str(typed)):
            return (normalise_code(typed),), True
        case _:
            typed = typed_codes(text, langs)
            if isinstance(understood, meaning.Press | meaning.Answer) and not typed.named:
                # An option or an answer, such as "P24"; what is longer may be a code that looks like one.
                return tuple(code for code in typed.counted if len(code) >= _LEAST_CODE), False
            # Bare numbers are mostly something else; they count with a seller who has such a code.
            numbers = any(discount.code.isdecimal() for discount in ctx.seller.discounts)
            bare = tuple(code for code in typed.looked_up if code.isdecimal() and numbers)
            return typed.counted + bare, typed.surely or bool(bare)


def _is_certain(understood: meaning.Meaning) -> bool:
    """Tell whether a message means what it means, whatever else its words may be."""
    return isinstance(understood, meaning.SecretTyped | meaning.Press | meaning.NavigationCommand)


def _without_code(heard: ParsedMessage, step: Step[Any]) -> ParsedMessage:
    """Hide a typed code in what is kept: it is compared and forgotten."""
    if not sent_codes.holds_code(heard.said.meaning, step):
        return heard
    return structs.replace(heard, line=structs.replace(heard.line, text=sent_codes.HIDDEN))


def _enough(step: Step[Any]) -> str:
    """Return the payload of "that's all" at a step."""
    meant = step.intents.get("enough", "")
    return meant if isinstance(meant, str) else meant[0]


def _kinds(step: Step[Any]) -> tuple[str, ...]:
    """Return a step's names in corrections: its own, and what it expects unless that is a choice."""
    return (step.name,) if kind_of(step.expects).form == "choice" else (step.expects, step.name)


def _storable(text: str) -> str:
    """Remove a start link's token, which is a key."""
    return _START.sub(r"\g<1> …", text)


def is_digest(inbound: Inbound, server_key: bytes, given: str) -> bool:
    """Tell whether `given` is the digest of this message."""
    return is_keyed_hex(server_key, given, "message", repr(inbound.body))


def note_id(inbound: Inbound) -> str:
    """Return the name of a recording in the desk's store: the same one when the message comes again."""
    return derived_id("a recording", inbound.channel, inbound.key)


def digest(inbound: Inbound, server_key: bytes) -> str:
    """Return what tells a repeat of a message from another message under the same key.

    It is keyed: a card number could be found from a bare hash by trying them all.
    """
    return keyed_hex(server_key, "message", repr(inbound.body))
