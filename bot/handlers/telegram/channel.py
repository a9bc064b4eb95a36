"""The Telegram channel as one thing that is started and stopped."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog
from msgspec import Struct
from starlette.routing import Route
from telegram.error import BadRequest, InvalidToken, RetryAfter, TelegramError

from bot.conversation.port import Desk
from bot.handlers.telegram.client import BotClient, wait_of
from bot.handlers.telegram.command_menu import ChannelWords, set_menu, set_profile, shipped_words
from bot.handlers.telegram.polling import ALLOWED_UPDATES, Polling, alone
from bot.handlers.telegram.reception import Reception
from bot.handlers.telegram.send import TelegramSender
from bot.handlers.telegram.webhook import PATH, Webhook
from bot.handlers.telegram_group.members import Members
from values.private import HiddenStruct

log = structlog.get_logger(__name__)

LONGEST_PAUSE_S = 60.0
WEBHOOK_CONNECTIONS = 40


class ByWebhook(HiddenStruct):
    """Telegram brings updates to the desk at `public_url` and shows one of `secrets` (`webhook.secret_of`).

    The first once it is told, the others while the desk's key is being replaced.
    """

    public_url: str
    secrets: tuple[str, ...]


class ByPolling(Struct, frozen=True):
    """The desk asks for updates, while it is this process's turn; a question waits up to `wait_s` seconds."""

    wait_s: int = 30
    my_turn: Callable[[], Awaitable[bool]] = alone


class TelegramChannel:
    """Connects one bot with one desk.

    Telegram need not be reachable at the start: setting up goes on in the background until it is.
    """

    def __init__(
        self,
        bot: BotClient,
        desk: Desk,
        sender: TelegramSender,
        *,
        way: ByWebhook | ByPolling,
        locale: str,
        words: ChannelWords | None = None,
        forum: Members | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._bot = bot
        self._way = way
        self._locale = locale
        self._words = words or shipped_words()
        self._sleep = sleep
        self._sender = sender
        self._forum = forum
        self._reception = Reception(bot, desk, sender, forum)
        self._task: asyncio.Task[None] | None = None

    def routes(self) -> list[Route]:
        """Return what the desk's web server is to serve for this channel."""
        return Webhook(self._reception, self._way.secrets).routes() if isinstance(self._way, ByWebhook) else []

    def start(self) -> None:
        """Begin to serve, in the background."""
        if self._forum is not None:
            self._forum.mirror.start()
        self._task = asyncio.create_task(self._serve())
        self._task.add_done_callback(_mourn)

    async def stop(self) -> None:
        """Take nothing more and finishes what was begun; replies can still be sent."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        if self._forum is not None:
            await self._forum.mirror.stop()
        await self._reception.close()

    async def close(self) -> None:
        """End, once nothing is to be sent any more."""
        await self._bot.shutdown()

    async def _serve(self) -> None:
        await self._insist(self._bot.initialize)
        await self._insist(self._connect)
        async with asyncio.TaskGroup() as group:  # menu and profile are a courtesy: nothing waits for them
            group.create_task(self._insist(lambda: set_menu(self._bot, self._locale, self._words), courtesy=True))
            group.create_task(self._insist(lambda: set_profile(self._bot, self._locale, self._words), courtesy=True))
            if isinstance(self._way, ByPolling):
                way = self._way
                polling = Polling(self._bot, self._reception, wait_s=way.wait_s, my_turn=way.my_turn, sleep=self._sleep)
                group.create_task(polling.run())

    async def _connect(self) -> None:
        if isinstance(self._way, ByPolling):
            await self._bot.delete_webhook()  # while one is set, polling is refused
            return
        await self._bot.set_webhook(
            self._way.public_url + PATH,
            allowed_updates=ALLOWED_UPDATES,
            secret_token=self._way.secrets[0],
            max_connections=WEBHOOK_CONNECTIONS,
        )

    async def _insist(self, step: Callable[[], Awaitable[object]], *, courtesy: bool = False) -> None:
        """Do a step of the setting up, again and again if need be; a courtesy only while it isn't refused for good."""
        pause_s = 0.5
        while True:
            try:
                await step()
                return
            except TelegramError as error:  # its text may hold the token: only its kind is logged
                log.warning("telegram.not_set_up", error=type(error).__name__)
                if courtesy and isinstance(error, BadRequest | InvalidToken):  # a Bot API that doesn't know the method
                    return
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
                if isinstance(error, RetryAfter):
                    pause_s = max(pause_s, wait_of(error).total_seconds())
                await self._sleep(pause_s)


def _mourn(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.critical("telegram.stopped", error=type(error).__name__)
