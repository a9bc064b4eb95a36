"""The group by the Bot API: topics, messages and cards in the group's pace, and what the API's errors mean."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, Literal

import structlog
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Message, ReplyParameters
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.handlers.telegram.client import wait_of
from bot.handlers.telegram.pace import Pace
from services import tasks
from services.hearing.recordings import Recording
from values.recording import AudioType

log = structlog.get_logger(__name__)

Buttons = Sequence[Sequence[tuple[str, str]]]
"""Rows of title and data."""
VOICE_TYPES = (AudioType.OGG, AudioType.MP3, AudioType.MP4)
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
AFTER_A_FAULT = timedelta(seconds=5)

OutageKind = Literal["no_rights", "no_forum", "not_found", "migrated", "token", "unreachable", "topics"]


class TopicNotFound(Exception):
    """A topic that the group doesn't have any more."""


class TopicClosed(Exception):
    """A topic that is closed and takes nothing."""


class CardNotFound(Exception):
    """A card that was deleted and can't be changed any more."""


class MessageRefused(Exception):
    """A message that Telegram refuses; the error's words say why."""


class RetryLater(Exception):
    """A call to be repeated after that time. `silent`: Telegram didn't answer at all."""

    def __init__(self, after: timedelta, *, silent: bool = False) -> None:
        super().__init__("not now")
        self.after = after
        self.silent = silent


class GroupUnusable(Exception):
    """A group that can't be written to until somebody mends it. `number` is its new one, where it has one."""

    def __init__(self, kind: OutageKind, number: int | None = None) -> None:
        super().__init__(kind)
        self.kind: OutageKind = kind
        self.number = number


PER_MINUTE = 18


def group_pace(*, limited: bool = True) -> Pace:
    """Return the pace of a group: 18 in any minute, six of them at once.

    Telegram takes 20 a minute, edits and new topics included; the rest is for answers to agents.
    """
    if not limited:
        return Pace(overall_per_s=None, chat_per_s=None)
    return Pace(overall_per_s=None, chat_per_s=PER_MINUTE / 60, chat_burst=6, chat_per_minute=PER_MINUTE)


class TelegramGroup:
    """One forum supergroup. Each method that writes into it raises the errors above."""

    def __init__(self, bot: Bot, chat_id: int, pace: Pace) -> None:
        self._bot = bot
        self.chat_id = chat_id
        self._pace = pace
        self._aside: set[asyncio.Task[None]] = set()

    async def create(self, name: str) -> int:
        """Make a topic and return its number."""
        made = await self._paced(self._bot.create_forum_topic, name=name)
        return int(made.message_thread_id)

    async def reopen(self, thread_id: int, name: str) -> None:
        """Open a topic again, under that name (empty: its own)."""
        await self._do(self._bot.reopen_forum_topic, message_thread_id=thread_id)
        if name:
            await self._paced(self._bot.edit_forum_topic, message_thread_id=thread_id, name=name)

    async def close(self, thread_id: int, name: str) -> None:
        """Close a topic, under that name from now on."""
        await self._paced(self._bot.edit_forum_topic, message_thread_id=thread_id, name=name)
        await self._do(self._bot.close_forum_topic, message_thread_id=thread_id)

    async def delete(self, thread_id: int) -> None:
        """Delete a topic with all its messages."""
        await self._do(self._bot.delete_forum_topic, message_thread_id=thread_id)

    async def post(
        self, thread_id: int, text: str, *, buttons: Buttons | None = None, entities: Any = None, paced: bool = True
    ) -> int:
        """Write into a topic and return the message's number; not `paced`: at the caller's `turn`."""
        sent: Message = await (self._paced if paced else self._do)(
            self._bot.send_message,
            message_thread_id=thread_id,
            text=text,
            entities=entities or None,
            reply_markup=_keyboard(buttons),
            link_preview_options=NO_PREVIEW,
        )
        return sent.message_id

    async def play(self, thread_id: int, sound: Recording, caption: str, entities: Any = None) -> None:
        """Post a recording: as a voice message where Telegram takes its kind for one, else as a file."""
        name = sound.kind.file_name
        shown = {"caption": caption, "caption_entities": entities or None, "message_thread_id": thread_id}
        if sound.kind in VOICE_TYPES:
            await self._paced(self._bot.send_voice, voice=sound.audio, filename=name, **shown)
        else:
            await self._paced(self._bot.send_document, document=sound.audio, filename=name, **shown)

    async def copy(self, thread_id: int, chat: int, message_id: int, caption: str, entities: Any = None) -> None:
        """Post a copy of a message that the bot was sent in another chat; nothing in it leads there.

        Raises MessageRefused where that chat or message is gone.
        """
        shown = {"caption": caption, "caption_entities": entities or None, "message_thread_id": thread_id}
        try:
            await self._paced(self._bot.copy_message, from_chat_id=chat, message_id=message_id, **shown)
        except CardNotFound:
            raise MessageRefused("no such message") from None
        except GroupUnusable as error:  # "not found" is said of either chat: the next message tells of which
            if error.kind != "not_found":
                raise
            raise MessageRefused("no such chat") from None

    async def turn(self) -> None:
        """Return when something may be written: what is shown then is what holds then (`edit`)."""
        await self._pace.turn(str(self.chat_id))

    async def edit(self, message_id: int, text: str, buttons: Buttons | None) -> None:
        """Change a card, at the caller's `turn`."""
        await self._do(
            self._bot.edit_message_text,
            message_id=message_id,
            text=text,
            reply_markup=_keyboard(buttons),
            link_preview_options=NO_PREVIEW,
        )

    # Answers to agents: nothing is lost without them, so each is tried once, in the background.

    def reply(self, chat_id: int, message_id: int, text: str) -> None:
        """Answer somebody's message."""
        answered = ReplyParameters(message_id, allow_sending_without_reply=True)
        self._start(self._told(chat_id, lambda: self._bot.send_message(chat_id, text, reply_parameters=answered)))

    def mark(self, message_id: int, sign: str) -> None:
        """Set a sign on an agent's message: that it was taken."""
        self._start(self._try(self._bot.set_message_reaction(self.chat_id, message_id, sign)))

    def offer(self, message_id: int, buttons: Buttons) -> None:
        """Set other buttons below a card."""
        keyboard = _keyboard(buttons)
        changed = self._bot.edit_message_reply_markup(self.chat_id, message_id, reply_markup=keyboard)
        self._start(self._try(changed))

    def answer(self, query_id: str, text: str = "", *, alert: bool = False) -> None:
        """Answer a press."""
        self._start(self._try(self._bot.answer_callback_query(query_id, text[:200] or None, show_alert=alert)))

    async def settle(self) -> None:
        """Wait a little for background tasks."""
        if self._aside:
            await asyncio.wait(self._aside, timeout=5)

    async def _told(self, chat_id: int, send: Any) -> None:
        await self._pace.turn(str(chat_id))
        await self._try(send())

    async def _paced(self, method: Any, **given: Any) -> Any:
        await self._pace.turn(str(self.chat_id))
        return await self._do(method, **given)

    async def _do(self, method: Any, **given: Any) -> Any:
        try:
            return await method(chat_id=self.chat_id, **given)
        except TelegramError as error:
            if (raised := _meaning(error)) is not None:
                raise raised from None
            return None

    async def _try(self, call: Awaitable[object]) -> None:
        try:
            await call
        except TelegramError as error:  # its text may hold the token: only its kind is logged
            log.info("forum.not_told", error=type(error).__name__)

    def _start(self, work: Any) -> None:
        task: asyncio.Task[None] = tasks.spawn("forum", work)
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)


def _keyboard(buttons: Buttons | None) -> InlineKeyboardMarkup | None:
    if not buttons:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(title, callback_data=data) for title, data in row] for row in buttons]
    )


#: Descriptions of "400 Bad Request" in the Bot API's own words, in small letters; the first that fits counts.
_REFUSALS: tuple[tuple[tuple[str, ...], Callable[[], Exception]], ...] = (
    (("topic_closed",), TopicClosed),
    (("message thread not found", "topic_id_invalid", "topic_deleted", "topic not found"), TopicNotFound),
    (("message to edit not found", "message_id_invalid", "message can't be edited"), CardNotFound),
    (("the chat is not a forum", "chat is not a forum", "not a supergroup"), lambda: GroupUnusable("no_forum")),
    (
        ("not enough rights", "chat_admin_required", "have no rights", "need administrator rights"),
        lambda: GroupUnusable("no_rights"),
    ),
    (
        ("chat not found", "chat_id is empty", "peer_id_invalid", "chat was deactivated"),
        lambda: GroupUnusable("not_found"),
    ),
)
_TOO_LARGE = ("too large", "(413)")
_UNCHANGED = ("not modified", "not_modified")


def _meaning(error: TelegramError) -> Exception | None:
    """Return the exception to raise instead; None if the wanted state holds already."""
    match error:
        case RetryAfter():
            return RetryLater(wait_of(error))
        case ChatMigrated():
            return GroupUnusable("migrated", error.new_chat_id)
        case Forbidden():
            return GroupUnusable("not_found")
        case InvalidToken():
            return GroupUnusable("token")
        case BadRequest():
            description = error.message.lower()
            if any(sign in description for sign in _UNCHANGED):
                return None
            fitting = (make() for signs, make in _REFUSALS if any(sign in description for sign in signs))
            return next(fitting, MessageRefused(error.message))
        case NetworkError() if any(sign in error.message.lower() for sign in _TOO_LARGE):  # and stays so
            return MessageRefused(error.message)
        case _:
            return RetryLater(AFTER_A_FAULT, silent=True)
