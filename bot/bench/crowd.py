"""A Bot API on loopback and its customers, in a process of their own: `python -m bot.bench.crowd SCRIPT PORT`.

`POST /run` with `customers` and `clients` plays so many, so many at once, and tells how long each turn took, or why
it failed. It speaks private chats only and keeps nothing, unlike the sandbox's Telegram, which costs more than a desk.
"""

import asyncio
import json
import re
import sys
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from bot.bench.lean_http import LoopbackRequest, Posts, serve
from bot.bench.turns import FIRST_CHAT, ScriptedTurn, script
from services.clock import SystemClock

REPLY_WITHIN_S: Final = 20.0
WEBHOOK_WITHIN_S: Final = 60.0

Json = dict[str, Any]


class Unexpected(Exception):
    """A reply that isn't as the script says, or none; the message names the customer, the turn, and both."""


class Crowd:
    """The chats of one bot."""

    def __init__(self, turns: tuple[ScriptedTurn, ...]) -> None:
        self._turns = turns
        self._customers, self._numbers = count(1), count(1)
        self._expecting: dict[int, asyncio.Future[Json]] = {}
        self._webhook = asyncio.Event()
        self._date = int(SystemClock().now().timestamp())
        self._runs = set[asyncio.Task[None]]()
        self._first: list[str] = []

    def take(self, request: LoopbackRequest, path: str, body: bytes) -> None:
        """Answer a call of the Bot API, or of the process that measures."""
        asked: Json = json.loads(body or b"{}")
        match path.rpartition("/")[2]:
            case "run":
                self._runs.add(asyncio.get_running_loop().create_task(self._run(request, **asked)))
            case "readyz":
                request.answer()
            case "getMe":
                _answer(request, {"id": 1, "is_bot": True, "first_name": "Desk", "username": "desk_bot"})
            case "getMyDescription" | "getMyShortDescription":
                _answer(request, {"description": "", "short_description": ""})
            case "setWebhook":
                self._set_webhook(**asked)
                _answer(request, True)
            case "sendMessage":
                if (chat := int(asked["chat_id"])) == FIRST_CHAT:
                    self._first.append(body.decode())
                message = self._message(next(self._numbers), **asked)
                _answer(request, message)
                self._hear(chat, message)
            case "editMessageText":
                _answer(request, self._message(**asked))
            case _:
                _answer(request, True)

    def _set_webhook(self, url: str, secret_token: str = "", max_connections: int = 40, **_: Any) -> None:
        self._posts = Posts(url, max_connections, self._fail)
        self._path = "/" + url.split("/", 3)[3]
        self._headers = f"X-Telegram-Bot-Api-Secret-Token: {secret_token}\r\n"
        self._webhook.set()

    def _message(self, message_id: int, chat_id: int, text: str, reply_markup: Json | None = None, **_: Any) -> Json:
        message: Json = {"message_id": message_id, "date": self._date, "chat": {"id": chat_id, "type": "private"}}
        return message | {"text": text} | ({"reply_markup": reply_markup} if reply_markup else {})

    def _hear(self, chat: int, message: Json) -> None:
        expecting = self._expecting.pop(chat, None)
        if expecting is None or expecting.done():
            self._fail(f"customer {chat - FIRST_CHAT + 1} got a second reply to one message: {message['text']!r}")
        else:
            expecting.set_result(message)

    def _fail(self, why: str) -> None:
        for expecting in self._expecting.values():
            if not expecting.done():
                expecting.set_exception(Unexpected(why))

    async def _run(self, request: LoopbackRequest, customers: int, clients: int) -> None:
        took: list[float] = []
        waiting = [next(self._customers) for _ in range(customers)][::-1]

        async def client() -> None:
            while waiting:
                await self._talk(waiting.pop(), took)

        try:
            async with asyncio.timeout(WEBHOOK_WITHIN_S):
                await self._webhook.wait()
            began = perf_counter()
            await asyncio.gather(*(client() for _ in range(clients)))
            done = {"took_ms": took, "seconds": perf_counter() - began, "replies": self._first}
        except Unexpected as unexpected:
            done = {"failed": str(unexpected)}
        except TimeoutError:
            done = {"failed": f"the program set no webhook within {WEBHOOK_WITHIN_S:.0f} s"}
        request.answer(json.dumps(done).encode())

    async def _talk(self, customer: int, took: list[float]) -> None:
        """Say each turn once the one before is answered. Raises Unexpected."""
        chat, shown = FIRST_CHAT + customer - 1, Json()
        for number, turn in enumerate(self._turns, 1):
            place = f"customer {customer}, turn {number} ({turn.press or turn.words(chat)!r})"
            pattern = turn.pattern(chat)
            update = self._update(chat, turn, shown)
            if update is None:
                raise Unexpected(f"{place}: the reply before has no such button: {shown.get('text')!r}")
            expecting = self._expecting[chat] = asyncio.get_running_loop().create_future()
            began = perf_counter()
            self._posts.send(self._path, json.dumps(update).encode(), self._headers)
            try:
                async with asyncio.timeout(REPLY_WITHIN_S):
                    shown = await expecting
            except TimeoutError:
                raise Unexpected(f"{place}: expected {pattern!r}, got nothing in {REPLY_WITHIN_S:.0f} s") from None
            took.append((perf_counter() - began) * 1000)
            if not re.search(pattern, shown["text"], re.DOTALL):
                raise Unexpected(f"{place}: expected {pattern!r}, got {shown['text']!r}")

    def _update(self, chat: int, turn: ScriptedTurn, shown: Json) -> Json | None:
        """Return the update that says this turn; None if the button isn't there."""
        number = next(self._numbers)
        frame: Json = {"from": {"id": chat, "is_bot": False, "first_name": "Jan", "language_code": "pl"}}
        if turn.press:
            rows = shown.get("reply_markup", {}).get("inline_keyboard", [])
            labelled = (button for row in rows for button in row if turn.press in button["text"])
            if (button := next(labelled, None)) is None:
                return None
            frame |= {"id": str(number), "message": shown, "chat_instance": "1", "data": button["callback_data"]}
            return {"update_id": number, "callback_query": frame}
        frame |= {"message_id": number, "date": self._date, "chat": {"id": chat, "type": "private"}}
        return {"update_id": number, "message": frame | {"text": turn.words(chat)}}


def _answer(request: LoopbackRequest, result: object) -> None:
    request.answer(json.dumps({"ok": True, "result": result}).encode())


if __name__ == "__main__":
    serve(int(sys.argv[2]), Crowd(script(Path(sys.argv[1]))).take)
