"""The group as the mirror uses it: topics made, named, closed; messages and cards. Each call in the group's pace."""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Any

import structlog
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Message, ReplyParameters
from telegram.error import TelegramError

from bot.handlers.telegram.pace import Pace
from bot.handlers.telegram_group.faults import meaning

log = structlog.get_logger(__name__)

Buttons = Sequence[Sequence[tuple[str, str]]]
"""Rows of title and data."""
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


def group_pace(*, limited: bool = True) -> Pace:
    """Return the pace of a group: six at once, then twelve a minute.

    Telegram takes 20 a minute, edits and new topics included; the rest is for answers to agents.
    """
    return Pace(overall_per_s=None, chat_per_s=0.2 if limited else None, chat_burst=6)


class TelegramGroup:
    """One forum supergroup. Errors of each: those of `faults.py`."""

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

    async def post(self, thread_id: int, text: str, *, buttons: Buttons | None = None, entities: Any = None) -> int:
        """Write into a topic and return the message's number."""
        sent: Message = await self._paced(
            self._bot.send_message,
            message_thread_id=thread_id,
            text=text,
            entities=entities or None,
            reply_markup=_keyboard(buttons),
            link_preview_options=NO_PREVIEW,
        )
        return sent.message_id

    async def edit(self, message_id: int, text: str, buttons: Buttons | None) -> None:
        """Change a card."""
        await self._paced(
            self._bot.edit_message_text,
            message_id=message_id,
            text=text,
            reply_markup=_keyboard(buttons),
            link_preview_options=NO_PREVIEW,
        )

    # What agents are told; nothing is lost with it, so it is done aside and once.

    def reply(self, chat_id: int, message_id: int, text: str) -> None:
        """Answer somebody's message."""
        answered = ReplyParameters(message_id, allow_sending_without_reply=True)
        self._start(self._told(chat_id, lambda: self._bot.send_message(chat_id, text, reply_parameters=answered)))

    def mark(self, message_id: int, sign: str) -> None:
        """Set a sign on an agent's message: that it was taken."""
        self._start(self._try(self._bot.set_message_reaction(self.chat_id, message_id, sign)))

    def offer(self, message_id: int, buttons: Buttons) -> None:
        """Other buttons below a card."""
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
            if (raised := meaning(error)) is not None:
                raise raised from None
            return None

    async def _try(self, call: Awaitable[object]) -> None:
        try:
            await call
        except TelegramError as error:  # its text may hold the token: only its kind is logged
            log.info("forum.not_told", error=type(error).__name__)

    def _start(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)


def _keyboard(buttons: Buttons | None) -> InlineKeyboardMarkup | None:
    if not buttons:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(title, callback_data=data) for title, data in row] for row in buttons]
    )
