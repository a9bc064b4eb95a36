"""The Telegram channel as one thing that is started and stopped."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import structlog
from msgspec import Struct
from starlette.routing import Route
from telegram.error import BadRequest, InvalidToken, RetryAfter, TelegramError

from bot.conversation.port import Desk
from bot.handlers.telegram.client import BotClient, wait_of
from bot.handlers.telegram.command_menu import ChannelWords, set_menu, set_profile, shipped_words
from bot.handlers.telegram.incoming import AgentsGroup
from bot.handlers.telegram.polling import ALLOWED_UPDATES, Polling, is_only_poller
from bot.handlers.telegram.reception import Reception
from bot.handlers.telegram.send import TelegramSender
from bot.handlers.telegram.webhook import PATH, Webhook
from services import tasks
from services.condition import ChannelStatus
from services.errors import describe
from services.jobs.backoff import cancel
from values.private import HiddenStruct

log = structlog.get_logger(__name__)

LONGEST_PAUSE_S = 60.0
WEBHOOK_CONNECTIONS = 40
#: So many failures of a step on end wake somebody: with its pauses half a minute.
LASTING = 6


class ByWebhook(HiddenStruct):
    """Telegram brings updates to the desk at `public_url` and shows one of `secrets` (`webhook.secret_of`).

    The first once it is told, the others while the desk's key is being replaced.
    """

    public_url: str
    secrets: tuple[str, ...]


class ByPolling(Struct, frozen=True):
    """The desk asks for updates, while it is this process's turn; a question waits up to `wait_s` seconds."""

    wait_s: int = 30
    my_turn: Callable[[], Awaitable[bool]] = is_only_poller


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
        forum: AgentsGroup | None = None,
        status: ChannelStatus | None = None,
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
        self._status = status or ChannelStatus()
        self._webhook = Webhook(self._reception, way.secrets, self._status) if isinstance(way, ByWebhook) else None
        self._connected = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def routes(self) -> list[Route]:
        """Return what the desk's web server is to serve for this channel."""
        return [] if self._webhook is None else self._webhook.routes()

    def start(self) -> None:
        """Begin to serve, in the background."""
        if self._forum is not None:
            self._forum.mirror.start()
        self._tasks = [tasks.keep("telegram", self._serve), tasks.keep("telegram-profile", self._introduce)]

    async def stop(self) -> None:
        """Take nothing more and finishes what was begun; replies can still be sent."""
        await cancel(*self._tasks)
        if self._forum is not None:
            await self._forum.mirror.stop()
        await self._reception.close()

    async def close(self) -> None:
        """End, once nothing is to be sent any more."""
        await self._bot.shutdown()

    async def _serve(self) -> None:
        """Connect the bot, then ask for updates; by webhook there is nothing more to do."""
        await self._insist(self._bot.initialize)
        await self._insist(self._connect)
        self._connected.set()
        if isinstance(self._way, ByPolling):
            way = self._way
            await Polling(
                self._bot,
                self._reception,
                wait_s=way.wait_s,
                my_turn=way.my_turn,
                sleep=self._sleep,
                status=self._status,
            ).run()

    async def _introduce(self) -> None:
        """Set the bot's menu and descriptions: a courtesy, apart from what serves customers."""
        await self._connected.wait()
        for courtesy in (set_menu, set_profile):
            await self._insist(partial(courtesy, self._bot, self._locale, self._words), courtesy=True)

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
        """Do a step of the setting up, again and again if need be.

        A Bot API may answer anything. A courtesy is done without where it answers what it shouldn't.
        """
        pause_s, failures = 0.5, 0
        while True:
            try:
                await step()
            except Exception as error:
                failures += 1
                strange = not isinstance(error, TelegramError)
                self._tell(error, courtesy=courtesy, lasting=strange or failures >= LASTING)
                if courtesy and (strange or isinstance(error, BadRequest | InvalidToken)):  # it doesn't know the method
                    return
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
                if isinstance(error, RetryAfter):
                    pause_s = max(pause_s, wait_of(error).total_seconds())
                await self._sleep(pause_s)
            else:
                self._status.answered()
                return

    def _tell(self, error: Exception, *, courtesy: bool, lasting: bool) -> None:
        """Log by kind and place: the error's text may hold the token."""
        if courtesy:
            log.warning("telegram.not_introduced", **describe(error))
            return
        self._status.failed(type(error).__name__)
        wakes = {"alarm": True} if lasting or isinstance(error, InvalidToken) else {}
        log.warning("telegram.not_set_up", **wakes, **describe(error))
