"""A Bot API that knows which process it is asked by: each has an address of its own."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.bot.handlers.telegram.bot_api import BotApi, Json, hall

_asking: ContextVar[str] = ContextVar("asking")


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that a process had sent. `at` is of the event loop's clock."""

    by: str
    chat: int
    id: int
    what: str
    at: float


class ListeningBotApi(BotApi):
    """Keeps who sent what, and whether two polled at once."""

    def __init__(self, answers_after_s: float) -> None:
        super().__init__()
        self.answers_after_s = answers_after_s
        self.messages: list[Sent] = []
        self.by_chat: dict[int, list[Sent]] = defaultdict(list)
        self.updates: dict[int, int] = defaultdict(int)  # by chat
        self.knocked: Callable[[], None] = lambda: None
        self._root = ""

    def serve_at(self, address: str) -> None:
        """From now on it is reached there."""
        self._root = address

    def address_for(self, name: str) -> str:
        """The address for the process of that name."""
        return f"{self._root}/{name}/bot"

    def queue(self, *updates: Json) -> None:
        """Puts updates where long polling finds them."""
        for update in updates:
            person = next(iter(content for name, content in update.items() if name != "update_id"))["from"]
            self.updates[person["id"]] += 1
        super().queue(*updates)
        self.knocked()

    async def call(self, request: Request) -> Response:
        """As the Bot API."""
        _asking.set(request.path_params["by"])
        return await super().call(request)

    async def do_sendMessage(self, params: Json) -> Json:
        """Sends, and keeps who did."""
        answer = await super().do_sendMessage(params)
        what = f"{params['text']}\n{params.get('reply_markup')}"
        sent = Sent(_asking.get(), params["chat_id"], answer["message_id"], what, asyncio.get_running_loop().time())
        self.messages.append(sent)
        self.by_chat[sent.chat].append(sent)
        await asyncio.sleep(self.answers_after_s)
        return answer

    def doubled(self) -> int:
        """How many messages were sent once more than once; the journeys say nothing twice."""
        return sum(len(sent) - len({one.what for one in sent}) for sent in self.by_chat.values())


@asynccontextmanager
async def listening_bot_api(answers_after_s: float) -> AsyncGenerator[ListeningBotApi]:
    """One without any past; it outlives the processes that talk to it."""
    async with hall() as telegrams:
        api = ListeningBotApi(answers_after_s)
        telegrams.app = Starlette(routes=[Route("/{by}/bot{token}/{method}", api.call, methods=["POST"])])
        api.serve_at(telegrams.address)
        yield api
