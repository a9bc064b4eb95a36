"""Messages out to Telegram: one message of the transcript → one or more messages of a chat.

The Bot API has no idempotency key: after a time-out a message may have arrived, and is sent again (at least once).
Texts without a card are sent without a parse mode: nothing in them is mark-up, so nothing can fail to parse. A message
that changes an earlier one (`Reply.place`) edits it, which may be done again as often as need be.
"""

import asyncio
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from weakref import WeakValueDictionary

import structlog
from msgspec import Struct
from msgspec.structs import replace
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.conversation.outbound import Dead, Delivered, Later, Outcome, Reply, with_card
from bot.conversation.recent import Recent
from bot.conversation.splitting import split, units
from bot.handlers.telegram.boxes import in_short, voluntary_boxes
from bot.handlers.telegram.buttons import CHOSEN, Markup, contact_keyboard, offers, only_links, ticked_as
from bot.handlers.telegram.cards import html_of, keyboard, paid_html, text_with_links
from bot.handlers.telegram.client import BotClient, in_chat, wait_of
from bot.handlers.telegram.command_menu import Looks, shipped_words
from bot.handlers.telegram.incoming import PressedMessage
from bot.handlers.telegram.pace import Pace, TypingShown

log = structlog.get_logger(__name__)

#: Telegram's own limit, in UTF-16 code units.
LONGEST = 4096
#: Left for links that are written below the words.
_MARGIN = 600
NO_PREVIEW: Final = {"is_disabled": True}
AFTER_A_FAULT = timedelta(seconds=5)
AFTER_A_REFUSED_TOKEN = timedelta(minutes=1)
#: Descriptions of "400 Bad Request" that mean the chat, not the message.
_GONE = ("chat not found", "user not found", "peer_id_invalid", "chat was deactivated", "user is deactivated")
#: Descriptions of "400 Bad Request" to an edit that mean the message there, not what it is to say.
_NO_MORE_CHANGED = ("message to edit not found", "message can't be edited", "message_id_invalid")
#: Descriptions of "400 Bad Request" that mean the topic of the chat.
_NO_TOPIC = ("thread not found", "topic_closed", "topic_deleted", "topic closed", "topic deleted")
_NOT_MODIFIED = "message is not modified"
#: Of so many messages it is remembered as what they were sent.
_SENT_LATELY = 1000


class _Form(Struct, frozen=True):
    """One way to write a message down."""

    parts: list[str]
    markup: Markup | None
    html: bool = False


class TelegramSender:
    """Sends for one bot. What it remembers of a chat (its contact button) is a courtesy and not durable."""

    def __init__(self, bot: BotClient, pace: Pace, looks: Looks | None = None) -> None:
        self._looks = looks or Looks(shipped_words())
        self._bot = bot
        self._pace = pace
        self._progress: Recent[tuple[str, int], int] = Recent()
        self._sharing: Recent[str, bool] = Recent()
        self._pressed: Recent[str, str | None] = Recent()
        self._sent_as: Recent[int, _Form] = Recent(_SENT_LATELY)  # by the message's id
        self._held: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()  # by the chat's address
        self.typing = TypingShown(bot)

    def hold_replies(self, address: str) -> asyncio.Lock:
        """Return what a reply waits for: while it is held, none takes the place of a message that is being changed."""
        return self._held.setdefault(address, asyncio.Lock())

    async def deliver(self, address: str, message: Reply) -> Outcome:
        """Send `message` to the chat `address`; call it again with the same message after `Later`."""
        async with self.hold_replies(address):
            return await self._deliver(address, message)

    async def _deliver(self, address: str, message: Reply) -> Outcome:
        refused: BadRequest | None = None
        self.typing.answered(address, message.seq)
        try:
            if message.place is not None and (changed := await self._change(address, message, message.place)):
                return changed
            for form in _forms(message, self._looks):
                try:
                    delivered = await self._send(address, message.topic, message.id, form)
                    self._sent_as.set(message.id, form)
                    return delivered
                except BadRequest as error:
                    if _is_gone(error):
                        raise
                    if message.topic is not None and any(sign in error.message.lower() for sign in _NO_TOPIC):
                        return await self._deliver(address, replace(message, topic=None))
                    refused = error
        except TelegramError as error:
            return Dead(gone=True) if isinstance(error, BadRequest) and _is_gone(error) else _outcome(error)
        log.error("telegram.message_refused", alarm=True, message=message.id, error=str(refused))
        return Dead(gone=False)

    async def delete(self, address: str, reference: str) -> Outcome:
        """Delete a message of the chat (it held a secret); possible for 48 hours after it was written."""
        try:
            await self._bot.delete_message(chat_id=int(address), message_id=int(reference))
        except BadRequest as error:
            log.warning("telegram.not_deleted", error=str(error))
            return Dead(gone=_is_gone(error))
        except TelegramError as error:
            return _outcome(error)
        return Delivered(reference)

    def pressed(self, address: str, reference: str | None) -> None:
        """Note the message whose button is being answered: `spend` edits it, and `spent` needn't. None: it stays."""
        self._pressed.set(address, reference)

    async def spent(self, address: str, reference: str, message: Reply, ticked: Collection[str] | None = None) -> None:
        """Take the answers off an earlier message, as `redraw`, unless `spend` does that."""
        if self._pressed.get(address) != reference:
            await self.redraw(address, reference, message, ticked)

    async def redraw(self, address: str, reference: str, message: Reply, ticked: Collection[str] | None) -> None:
        """Take the answers off a message; its links stay, and its boxes show what was given. Best effort."""
        form = self._sent_as.pop(message.id) or next(_forms(message, self._looks))
        if form.markup is None or not offers(form.markup):
            return
        given = message if ticked is None else ticked_as(message, ticked, voluntary_boxes(message, self._looks))
        changed = given != message and len(form.parts) == 1
        shown = _shown(next(_forms(given, self._looks)).parts[0], None, html=form.html) if changed else {}
        await self._edit_if_there(address, reference, only_links(form.markup), **shown)

    async def _edit_if_there(self, address: str, reference: str, markup: Markup | None, **shown: object) -> None:
        """Change a message, or only its buttons. Best effort: "not modified", too old, deleted.

        A button that stays answers for itself when it is pressed.
        """
        place = {"chat_id": int(address), "message_id": int(reference), "reply_markup": markup}
        try:
            await self._bot.call("editMessageText" if shown else "editMessageReplyMarkup", **{**shown, **place})
        except TelegramError as error:
            log.debug("telegram.keyboard_stays", error=type(error).__name__)

    async def paid(self, address: str, reference: str, message: Reply) -> Outcome:
        """Make a message about a payment say that the order is paid; one that can't be changed any more stays."""
        if message.card is None or not reference.isdecimal():
            return Delivered(reference)
        html = paid_html(message.card, f"{CHOSEN} {self._looks.words.said('paid', message.locale)}")
        await self._pace.turn(address)
        try:
            place = {"chat_id": int(address), "message_id": int(reference)}
            await self._bot.call("editMessageText", **place, **_shown(html, None, html=True))
        except BadRequest as error:
            log.debug("telegram.payment_stays", error=type(error).__name__)
        except TelegramError as error:
            return _outcome(error)
        return Delivered(reference)

    async def show_screen(self, address: str, reference: str, message: Reply, screen: int) -> None:
        """Show other buttons of a message in their place, and what stands behind them. Best effort."""
        shown: dict[str, object] = {}
        if message.card is None and voluntary_boxes(message, self._looks):
            text = text_with_links(in_short(message, self._looks, opened=screen > 0), self._looks, every=False)
            shown = {"text": text, "link_preview_options": NO_PREVIEW}
        await self._edit_if_there(address, reference, keyboard(message, self._looks, screen), **shown)

    async def spend(self, address: str, pressed: PressedMessage, chosen: str | None) -> None:
        """Take the answers off a message one of whose buttons was pressed; its links stay. Best effort.

        `chosen`: what the button said, where it was taken as the answer; it stays below the question then.
        """
        if pressed.markup is None or not offers(pressed.markup):
            return
        text, shown = f"{pressed.text}\n\n{chosen}", {}
        if chosen and pressed.text and units(text) <= LONGEST:
            shown = {"text": text, "entities": pressed.entities or None, "link_preview_options": NO_PREVIEW}
        await self._edit_if_there(address, str(pressed.id), only_links(pressed.markup), **shown)

    async def _change(self, address: str, message: Reply, place: str) -> Delivered | None:
        """Edit the message in whose place this one stands; None if it must be sent anew. Raises TelegramError.

        A keyboard for below the chat can't be edited in, nor can one message become two.
        """
        if message.asks_contact or not place.isdecimal():
            return None
        for form in _forms(message, self._looks):
            if len(form.parts) > 1:
                return None
            await self._pace.turn(address)
            try:
                return await self._edit(address, int(place), form)
            except BadRequest as error:
                if _is_gone(error):
                    raise
                if any(sign in error.message.lower() for sign in _NO_MORE_CHANGED):
                    return None
        return None

    async def _edit(self, address: str, message_id: int, form: _Form) -> Delivered:
        shown = _shown(form.parts[0], form.markup, html=form.html)
        try:
            edited = await self._bot.call("editMessageText", chat_id=int(address), message_id=message_id, **shown)
        except BadRequest as error:
            if _NOT_MODIFIED in error.message.lower():  # edited before, and the note of it was lost
                return Delivered(str(message_id))
            raise
        return _delivered(edited)

    async def _send(self, address: str, topic: str | None, message: int, form: _Form) -> Delivered:
        delivered = Delivered("")
        parts = self._parts(address, form)
        done = min(self._progress.get((address, message)) or 0, len(parts) - 1)
        for index, text in enumerate(parts[done:], done):
            await self._pace.turn(address)
            markup = form.markup if index == len(parts) - 1 else None
            if markup is None and self._sharing.get(address):  # takes away the contact button of an earlier one
                markup = Markup(remove_keyboard=True)
            shown = _shown(text, markup, html=form.html)
            delivered = _delivered(await self._bot.call("sendMessage", **in_chat(address, topic), **shown))
            self._progress.set((address, message), index + 1)
            self._keep(address, markup)
        self._progress.pop((address, message))
        return delivered

    def _parts(self, address: str, form: _Form) -> list[str]:
        """Return the form's parts; two instead of one where the first must take the contact button away.

        One message can't both take a keyboard away and bring another one. Where the text has no line to be cut at, the
        button stays until a message without buttons comes; clients hide it once it was used.
        """
        inline = form.markup and form.markup.get("inline_keyboard")
        if self._sharing.get(address) and inline and len(form.parts) == 1:
            before, _, question = form.parts[0].rpartition("\n")
            return [part for part in (before.strip(), question.strip()) if part]
        return form.parts

    def _keep(self, address: str, markup: Markup | None) -> None:
        if markup and markup.get("remove_keyboard"):
            self._sharing.pop(address)
        elif markup and markup.get("keyboard"):
            self._sharing.set(address, True)


def _shown(text: str, markup: Markup | None, *, html: bool) -> Mapping[str, object]:
    """Return what a message shows, as parameters."""
    mode = "HTML" if html else None
    return {"text": text, "parse_mode": mode, "reply_markup": markup, "link_preview_options": NO_PREVIEW}


def _forms(message: Reply, looks: Looks) -> Iterator[_Form]:
    """Yield the message as wanted, then plainer ways to write it for when Telegram refuses that."""
    card, asking = message.card, None
    rows, plainer = keyboard(message, looks), keyboard(message, looks, plainer=True)
    if message.asks_contact:
        asking = contact_keyboard(message, looks.words.said("share_number", message.locale))
    if card is not None:
        if not message.again and units(message.text) + _MARGIN <= LONGEST:
            yield _Form([html_of(message, card, looks)], asking or rows, html=True)
        message = replace(message, words=with_card(None if message.again else card, message.words), card=None)
    elif asking is None:
        yield _Form(_parts(text_with_links(in_short(message, looks), looks, every=False)), rows)
    every = text_with_links(message, looks, every=True)
    if asking is not None:
        yield _Form(_parts(every), asking)
    yield _Form(_parts(every), plainer)
    titles = "\n".join(f"– {button.title}" for button in message.buttons)
    yield _Form(_parts(f"{every}\n\n{titles}"), None)


def _parts(text: str) -> list[str]:
    return split(text, LONGEST) or ["…"]  # Telegram takes none without words


def _delivered(sent: object) -> Delivered:
    match sent:
        case {"message_id": int(reference), "edit_date": int(at)} | {"message_id": int(reference), "date": int(at)}:
            return Delivered(str(reference), datetime.fromtimestamp(at, UTC))
        case _:
            raise TypeError("not a message")


def _is_gone(error: BadRequest) -> bool:
    return any(sign in error.message.lower() for sign in _GONE)


def _outcome(error: TelegramError) -> Outcome:
    """Return what an error of the Bot API means for the message.

    Texts of errors may hold the token: only kinds are logged.
    """
    if isinstance(error, RetryAfter):
        return Later(wait_of(error))
    if isinstance(error, Forbidden | ChatMigrated):
        return Dead(gone=True)
    if isinstance(error, InvalidToken):
        log.error("telegram.token_refused", alarm=True)  # by webhook nothing else learns of it
        return Later(AFTER_A_REFUSED_TOKEN)
    log.warning("telegram.fault", error=type(error).__name__, network=isinstance(error, NetworkError))
    return Later(AFTER_A_FAULT)
