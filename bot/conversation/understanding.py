"""From a channel's message to its meaning: clean, redact, understand in the light of the open step."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field, structs

from bot.conversation import sent_codes
from bot.conversation.completing import complete_value
from bot.conversation.edited_amounts import amounts
from bot.conversation.expectations import Expectations
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
from bot.conversation.render import Renderer
from bot.conversation.stored import StoredCause
from bot.conversation.titles_in_view import ButtonsInView, read_title
from bot.conversation.words import WordReader
from dialogs.kit import Journey, Said, Step, options_of
from dialogs.state import Ctx
from nlu.aloud.heard import AsTyped, as_typed
from nlu.aloud.speech import taken_back
from nlu.commands import read_payload
from nlu.facts.stated import find_facts
from nlu.intents.score import OUT_OF_SCOPE
from nlu.languages.language import map_numbers
from nlu.languages.shipped import KNOWN, Known, written_in
from nlu.named.taken_back import states_withdrawal
from nlu.questions.faq import FaqIndex
from nlu.reading import VALUED
from nlu.redaction import redact_message
from services.keyed_hash import derived_id, is_keyed_hex, keyed_hex
from values import meaning
from values.expected import Expected
from values.incoming_text import clean
from values.meaning import Expects
from values.patterns import cached_property
from values.redaction import redact

_SIGNS_OF_PAYLOADS = {ord(sign): " " for sign in "/:"}
_WORDS = "words of a message"
_START = re.compile(r"^\s*((?:/|cmd:)start(?:@\w+)?)\s+\S+", re.IGNORECASE)


class ParsedMessage(Struct, frozen=True):
    """A message understood: the event for the dialogs, and what may be kept of it."""

    said: Said
    line: StoredCause  # of the journal: redacted
    secret: bool  # it held a secret: the channel should delete it
    at: str | None = None  # the step that was open when it was said
    codes: tuple[str, ...] = ()  # what it may try as a discount code, right or wrong

    def kept(self, inbound: Inbound, server_key: bytes) -> StoredCause:
        """Return the line with what an edit of the message, or who reads it later, needs to know."""
        line, ref = self.line, inbound.reference or None
        said = inbound.body.body if isinstance(inbound.body, Text | Edited) else None
        mark = keyed_hex(server_key, _WORDS, said) if ref and said is not None and said != line.text else None
        return structs.replace(line, kind=line.kind or inbound.provenance.caption_of, mark=mark, step=self.at, ref=ref)


class AskedStep(Struct, frozen=True):
    """A message of ours with buttons: the step it asked, and the buttons' titles by payload.

    `receipt`: the key of its card, if that is a receipt.
    """

    step: str | None
    titles: Mapping[str, str]
    receipt: str | None = None


class Earlier(Struct, frozen=True):
    """The journal's record of a message that was changed afterwards: the step open when it was said, its last words.

    `answered`: no later message was said at that step, so this one is its answer, if it has any. `mark`: the keyed hash
    of words that aren't kept.
    """

    step: str | None
    text: str
    answered: bool
    mark: str | None = None


#: Intents of which the words needn't be a sentence.
_UNTELLING = frozenset({"inform", "out_of_scope"})


_LONGEST_SPOKEN = 1000
"""Characters: a recording is a minute at most, and a longer text is read as it is."""


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
        replied: str | None = None,
        view: ButtonsInView | None = None,
    ) -> ParsedMessage:
        """Return the message's meaning at `step`, the open one.

        `asked`: the message that carried the pressed button. `was`: an edited message as it was before. `unseen`: it
        was written before the open question was shown, or edited; `unseen_card`: before the card was as it is now.
        `parts`: what was written just before, and may be the beginning of the same value. `codes_held`: the seconds for
        which no discount code is tried, not even a right one. `replied`: the step of the question it replies to.
        `view`: the buttons on the customer's screen, where words of their own may press one.
        """
        titled = self._titled(inbound, view, step, ctx) if view is not None else None
        heard = self._heard(inbound, step, ctx, asked, was, codes_held) if titled is None else titled
        heard = self._completed(heard, parts, step, ctx) if parts else heard
        if replied is not None and all(one.path != replied for one in self.journey.together(step)):
            heard = self._replying(heard, replied, step, ctx)
        # A client that sends payloads as texts presses what it was shown; one that says what was seen, or when it was
        # written, is believed.
        undated = isinstance(inbound.body, Text) and inbound.seen is None and inbound.said_at is None
        pressed = undated and heard.said.meaning == meaning.Press(heard.line.text or "")
        early = (unseen and _answers(heard.said.meaning, step, ctx)) or (unseen_card and self._ticks(heard, step, ctx))
        if early and not pressed:
            heard = structs.replace(
                heard, said=structs.replace(heard.said, unseen=True, edited=isinstance(inbound.body, Edited))
            )
        acted = titled is not None and heard is titled and isinstance(titled.said.meaning, meaning.Press)
        return structs.replace(heard, said=self._declaring(heard, inbound, ctx, acted=acted), at=step.path)

    def hear_spoken(self, words: str, inbound: Inbound, step: Step[Any], ctx: Ctx) -> ParsedMessage:
        """Return the meaning of a recording's words at `step`, the open one, as if they were typed.

        What can't be read for certain is nothing: it is asked again. What binds by other words than the button's is
        the button's press, so that whoever takes it sees what it is.
        """
        expected, locale = self._expected.at(step, ctx), ctx.case.talk.locale
        said = clean(words).text
        if read_payload(said, expected) is not None:  # nobody speaks the signs of a command or a button
            said = said.translate(_SIGNS_OF_PAYLOADS).strip()
        aloud = self._as_typed(said, expected, locale)
        heard = self.hear(structs.replace(inbound, body=Text(aloud.text)), step, ctx)
        understood = heard.said.meaning
        if aloud.answer and not heard.secret:
            understood = meaning.Answer(aloud.text)
        elif not aloud.sure and isinstance(understood, VALUED):
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
        if any(option.payload == payload and option.binds for option in self.journey.offered(step, ctx)):
            return meaning.Press(payload)
        numbered = said.text is None or any(sign.isdecimal() for sign in said.text)
        return said if said.what != Expects.street or numbered else meaning.Correction(said.what)

    def _as_typed(self, said: str, expected: Expected, locale: str) -> AsTyped:
        """Return what was said as it would be typed; a secret as it was said, so that it is seen to be one."""
        langs = self._reader.langs(locale)
        if len(said) > _LONGEST_SPOKEN or redact_message(said, expected, langs).kinds:
            return AsTyped(said)
        aloud = as_typed(said, expected, langs)
        back = taken_back(aloud.text) if expected.options else None
        if back is None:
            return aloud
        first, then = self._read(back[0], expected, locale), self._read(back[1], expected, locale)
        if not isinstance(first, meaning.Press):
            return aloud
        anew = isinstance(then, meaning.Press) and (first.payload.partition(":")[0] == then.payload.partition(":")[0])
        return AsTyped(back[1]) if anew else AsTyped(aloud.text, sure=False)

    def _declaring(self, heard: ParsedMessage, inbound: Inbound, ctx: Ctx, *, acted: bool = False) -> Said:
        """Note what the words declare: that has effect, however and whenever they came.

        `acted`: they press the button that is called so, which does it.
        """
        around = inbound.provenance
        said, text = self._in_language(heard, inbound, ctx), heard.line.text or ""
        if around.second_hand or around.caption_of is not None:
            under = known_kind(around.caption_of) if around.caption_of is not None else None
            said = structs.replace(said, second_hand=around.second_hand, under=under)
        typed = isinstance(inbound.body, Text | Edited) and not (around.second_hand or acted)
        states = typed and states_withdrawal(text, self._reader.langs(ctx.case.talk.locale))
        return structs.replace(said, declared=text) if states else said

    def _completed(
        self, heard: ParsedMessage, parts: Sequence[StoredCause], step: Step[Any], ctx: Ctx
    ) -> ParsedMessage:
        """Read a message as the rest of the value that the one before began, where it isn't one of its own."""
        own = heard.secret or isinstance(heard.said.meaning, meaning.NavigationCommand)
        whole = None if own else complete_value(heard.line.text or "", parts, step, ctx, self.journey)
        return heard if whole is None else _without_code(structs.replace(heard, said=Said(whole)), step)

    def _replying(self, heard: ParsedMessage, replied: str, step: Step[Any], ctx: Ctx) -> ParsedMessage:
        """Read a reply to the question of an earlier step: another answer to that, if it can be, and none to `step`.

        What asks or tells, and what says itself what it is about, means the same wherever it stands.
        """
        said, at = heard.said, self.journey.known(replied)
        if heard.secret or not (isinstance(said.meaning, meaning.Answer) or _answers(said.meaning, step, ctx)):
            return heard
        corrected = self._rewritten(heard.line.text or "", at, ctx)
        if corrected is not None:
            return structs.replace(heard, said=Said(corrected, typed=True))
        return structs.replace(heard, said=structs.replace(said, elsewhere=True))

    def _rewritten(self, text: str, at: Step[Any] | None, ctx: Ctx) -> meaning.Correction | None:
        """Return the words as another answer to an answered step; None where they can't be one."""
        if at is None or at.path not in ctx.case.talk.answered:
            return None
        if at.parse is None:
            return self._chosen_at(text, at, ctx)
        read = self._read(text, self._expected.at(at, ctx), ctx.case.talk.locale)
        words = read.words if isinstance(read, meaning.Answer) else text
        return meaning.Correction(at.name, words) if at.takes(words, ctx) else None

    def _ticks(self, heard: ParsedMessage, step: Step[Any], ctx: Ctx) -> bool:
        """Tell whether a press binds by another row of the card."""
        match heard.said.meaning:
            case meaning.Press(payload):
                row = self.journey.on_card(step, payload, ctx)
                offered = options_of(row, ctx) if row is not None else ()
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
        tells = said.typed and not out and not value and not inbound.provenance.second_hand
        written = written_in(heard.line.text or "", self.known, offered) if tells else None
        return structs.replace(said, untold=untold, written=written)

    def _titled(self, inbound: Inbound, view: ButtonsInView, step: Step[Any], ctx: Ctx) -> ParsedMessage | None:
        """Read a typed title of a button in view, its press; None for other words."""
        text = inbound.body.body if isinstance(inbound.body, Text) else ""
        if not (called := view.called(text)):
            return None
        langs = self._reader.langs(ctx.case.talk.locale)
        named = read_title(text, called, view, step, ctx, self.journey, langs)
        if isinstance(named, meaning.Press) and named.payload.startswith("/"):
            named = read_payload(named.payload, self._expected.at(step, ctx)) or named
        line = StoredCause(text=clean(text).text)
        return None if named is None else ParsedMessage(Said(named, typed=True), line, secret=False)

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
            case VoiceNote(audio, place, kind=kind) as sound:
                if not self.hears and not ctx.case.muted:
                    line = StoredCause(kind="voice", text="")
                    return ParsedMessage(Said(meaning.NotText(known_kind(kind))), line, secret=False)
                # What an agent is to play has a name before it was fetched.
                name = note_id(inbound) if audio or ctx.case.muted else ""
                line = StoredCause(kind="voice", text="", note=name or None)
                return ParsedMessage(Said(meaning.UnheardNote(name, place, sound.plays_s)), line, secret=False)
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
            expected = self._expected.at(step, ctx)
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
        return ParsedMessage(Said(said, facts=facts, vouched=number), StoredCause(text=number), False)

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
        langs = self._reader.langs(ctx.case.talk.locale)
        found = find_facts(was.text, self._expected.at(step, ctx), langs, lambda: self._expected.nameable(ctx))
        return tuple(one.fact for one in found)

    def _chosen_at(self, text: str, at: Step[Any] | None, ctx: Ctx) -> meaning.Correction | None:
        """Return the choice that a changed message makes now, where it had made one before."""
        if at is None or at.parse is not None or at.path not in ctx.case.talk.answered:
            return None
        value = self._reader.option_named(text, at, ctx)
        return None if value is None else meaning.Correction(at.name, value)

    def _counted(
        self, was: Earlier | None, text: str, at: Step[Any] | None, ctx: Ctx
    ) -> tuple[meaning.Fact, meaning.Fact] | None:
        """Return how many of an add-on a changed message wanted, and wants now."""
        if was is None or at is None:
            return None
        locale = ctx.case.talk.locale
        langs = self._reader.langs(locale)
        return amounts(
            was.text, text, at, ctx, langs, lambda words: self._read(words, self._expected.at(at, ctx), locale)
        )

    def _password(self, body: str, ctx: Ctx, was: Earlier | None) -> ParsedMessage | None:
        """Find a password that an edit put into a message said where one was asked for."""
        at = self.journey.known(was.step) if was is not None else None
        if at is None or at.expects is not Expects.secure_page:
            return None
        expected = Expected(at.expects, at.name, names=self._expected.names)
        found = redact_message(clean(body).text, expected, self._reader.langs(ctx.case.talk.locale))
        if "password" not in found.kinds:
            return None
        line = StoredCause(text=found.text, secret=found.kinds)
        return ParsedMessage(Said(meaning.SecretTyped(found.kinds)), line, secret=True)

    def _words(self, body: str, step: Step[Any], ctx: Ctx, codes_held: int | None = None) -> ParsedMessage:
        cleaned = clean(body)
        if cleaned.too_long:
            start = redact(cleaned.text, words=map_numbers(self._reader.langs(ctx.case.talk.locale)))
            line = StoredCause(text=start.text, length=len(body))
            return ParsedMessage(Said(meaning.TooLong()), line, bool(start.kinds))
        if not cleaned.text.strip():
            return ParsedMessage(Said(meaning.Empty()), StoredCause(text=""), False)
        read = self._reader.read(cleaned.text, step, ctx, codes_held)
        match read.said.meaning:
            case meaning.SecretTyped(kinds):
                langs = self._reader.langs(ctx.case.talk.locale)
                hidden = redact_message(cleaned.text, self._expected.at(step, ctx), langs).text
                return ParsedMessage(read.said, StoredCause(text=hidden, secret=kinds), secret=True)
            case meaning.SentCode():
                return ParsedMessage(read.said, StoredCause(text=sent_codes.HIDDEN), secret=False)
            case _:
                line = StoredCause(text=_storable(cleaned.text))
                return ParsedMessage(read.said, line, secret=False, codes=read.codes)

    @cached_property
    def _expected(self) -> Expectations:
        return Expectations(self.journey, self.renderer)

    @cached_property
    def _reader(self) -> WordReader:
        return WordReader(self.journey, self.renderer, self.faq, self._expected, self.known)

    def _read(self, text: str, expected: Expected, locale: str) -> meaning.Meaning:
        return self._reader.meaning(text, expected, locale)


def keeps_words(inbound: Inbound, was: Earlier | None, server_key: bytes) -> bool:
    """Tell whether an edit left the words as they were: channels tell of previews and reactions as well."""
    if was is None or not isinstance(inbound.body, Edited):
        return False
    body, mark = inbound.body.body, was.mark
    return clean(body).text == was.text or (mark is not None and is_keyed_hex(server_key, mark, _WORDS, body))


def _answers(said: meaning.Meaning, step: Step[Any], ctx: Ctx) -> bool:
    """Tell whether a message would answer the open step; a correction, a command, a question wouldn't."""
    match said:
        case meaning.Press(payload):
            return any(option.payload == payload for option in options_of(step, ctx))
        case meaning.Intent(name):
            return name in step.intents
        case meaning.Consenting():
            return step.expects is Expects.consents
        case _:
            return isinstance(said, meaning.Unclear)


def _without_code(heard: ParsedMessage, step: Step[Any]) -> ParsedMessage:
    """Hide a typed code in what is kept: it is compared and forgotten."""
    if not sent_codes.holds_code(heard.said.meaning, step):
        return heard
    return structs.replace(heard, line=structs.replace(heard.line, text=sent_codes.HIDDEN))


def _storable(text: str) -> str:
    """Remove a start link's token, which is a key."""
    if not text.lstrip().startswith(("/", "c", "C")):
        return text
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
