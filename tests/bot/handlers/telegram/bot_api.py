"""A small Bot API over HTTP on loopback: as strict as the real one where the channel could get it wrong."""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.app.serve import IdleHeads
from sandbox.telegram.markup import MarkupRefused, inline_keyboard, reply_keyboard, words_of

TOKEN = "123456:test-token"
Json = dict[str, Any]


@dataclass
class Fault:
    """The next call of a method is answered so, once."""

    status: int
    description: str
    parameters: Json = field(default_factory=dict)


class BotApi:
    """What Telegram would hold: chats, their messages, updates not confirmed yet."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Json]] = []
        self.faults: dict[str, deque[Fault]] = defaultdict(deque)
        self.odd: dict[str, deque[bytes]] = defaultdict(deque)  # bodies that a method answers with 200, once each
        self.pending: list[Json] = []
        self.sent: dict[int, list[Json]] = defaultdict(list)
        self.deleted: list[tuple[int, int]] = []
        self.blocked: set[int] = set()
        self.profile: dict[tuple[str, str | None], str] = {}  # by name and language
        self.files: dict[str, bytes] = {}  # what people sent, by its `file_id`
        self.unsized = False  # `getFile` leaves the size out, which is optional
        self.wrote: dict[tuple[int, int], Json] = {}  # people's messages, by chat and number
        self.webhook: Json | None = None
        self.base_url = ""
        self.update_id = 1000
        self.message_id = 10
        self.date = 1763629200
        self._news = asyncio.Event()

    # What people do

    def update(self, **content: Any) -> Json:
        """An update, not yet in the queue."""
        self.update_id += 1
        return {"update_id": self.update_id, **content}

    def message(self, chat: int, **content: Any) -> Json:
        self.message_id += 1
        self.wrote[chat, self.message_id] = content
        return {
            "message_id": self.message_id,
            "from": {"id": chat, "is_bot": False, "first_name": "K", "language_code": "pl"},
            "chat": {"id": chat, "type": "private", "first_name": "K"},
            "date": self.second(),
            **content,
        }

    def second(self) -> int:
        """Telegram dates messages in whole seconds; here each has one to itself, unless it is given another's."""
        self.date += 1
        return self.date

    def text(self, chat: int, text: str) -> Json:
        return self.update(message=self.message(chat, text=text))

    def press(self, chat: int, data: str, message: Json | None = None) -> Json:
        query = {
            "id": f"q{self.update_id}",
            "from": {"id": chat, "is_bot": False, "first_name": "K", "language_code": "pl"},
            "chat_instance": str(chat),
            "message": message or self.message(chat, text="…"),
            "data": data,
        }
        return self.update(callback_query=query)

    def queue(self, *updates: Json) -> None:
        """Puts updates where long polling finds them."""
        self.pending.extend(updates)
        self._news.set()

    async def bring(self, update: object, *, secret: str | None = None) -> int:
        """Brings an update to the webhook as Telegram does; the status of the answer."""
        assert self.webhook is not None
        headers = {b"X-Telegram-Bot-Api-Secret-Token": (secret or self.webhook["secret_token"]).encode("latin-1")}
        async with httpx.AsyncClient() as http:
            body = update if isinstance(update, bytes) else json.dumps(update).encode()
            return (await http.post(self.webhook["url"], content=body, headers=headers)).status_code

    def last(self, chat: int) -> Json:
        return self.sent[chat][-1]

    def texts(self, chat: int) -> list[str]:
        return [message["text"] for message in self.sent[chat]]

    def made(self, method: str) -> list[Json]:
        return [params for name, params in self.calls if name == method]

    # What the bot asks

    async def call(self, request: Request) -> Response:
        method = request.path_params["method"]
        if request.path_params["token"] != TOKEN:
            return _error(401, "Unauthorized")
        params = await params_of(request)
        self.calls.append((method, params))
        if self.odd[method]:
            return Response(self.odd[method].popleft(), media_type="application/json")
        if self.faults[method]:
            fault = self.faults[method].popleft()
            return _error(fault.status, fault.description, fault.parameters)
        handler = getattr(self, f"do_{method}", None)
        if handler is None:
            return _error(404, "Not Found")
        if params.get("chat_id") in self.blocked:
            return _error(403, "Forbidden: bot was blocked by the user")
        try:
            return JSONResponse({"ok": True, "result": await handler(params)})
        except MarkupRefused as refused:
            return _error(refused.status, refused.description)

    async def file(self, request: Request) -> Response:
        """The bytes of what a person sent, under the path that `getFile` gave."""
        found = self.files.get(request.path_params["path"].removeprefix("voice/"))
        known = found is not None and request.path_params["token"] == TOKEN
        return Response(found) if known else _error(404, "Not Found")

    async def do_getFile(self, params: Json) -> Json:
        name = params["file_id"]
        if name not in self.files:
            raise MarkupRefused("invalid file_id")
        size = {} if self.unsized else {"file_size": len(self.files[name])}
        return {"file_id": name, "file_path": f"voice/{name}", **size}

    async def do_getMe(self, params: Json) -> Json:
        return {"id": 123456, "is_bot": True, "first_name": "Okienko", "username": "okienko_bot"}

    async def do_setMyCommands(self, params: Json) -> bool:
        return True

    async def do_setChatMenuButton(self, params: Json) -> bool:
        return True

    async def do_getMyDescription(self, params: Json) -> Json:
        return {"description": self.profile.get(("description", params.get("language_code")), "")}

    async def do_setMyDescription(self, params: Json) -> bool:
        self.profile["description", params.get("language_code")] = params["description"]
        return True

    async def do_getMyShortDescription(self, params: Json) -> Json:
        return {"short_description": self.profile.get(("short_description", params.get("language_code")), "")}

    async def do_setMyShortDescription(self, params: Json) -> bool:
        self.profile["short_description", params.get("language_code")] = params["short_description"]
        return True

    async def do_sendChatAction(self, params: Json) -> bool:
        return True

    async def do_setWebhook(self, params: Json) -> bool:
        self.webhook = params
        return True

    async def do_deleteWebhook(self, params: Json) -> bool:
        self.webhook = None
        return True

    async def do_answerCallbackQuery(self, params: Json) -> bool:
        return True

    async def do_getUpdates(self, params: Json) -> list[Json]:
        offset = params.get("offset", 0)
        self.pending = [update for update in self.pending if update["update_id"] >= offset]
        if not self.pending and params.get("timeout"):
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), params["timeout"])
            except TimeoutError:
                return []
        return self.pending[: params.get("limit", 100)]

    async def do_sendMessage(self, params: Json) -> Json:
        chat, markup = params["chat_id"], params.get("reply_markup")
        content = words_of(params)
        inline_keyboard(markup)
        reply_keyboard(markup)
        self.message_id += 1
        message = {
            "message_id": self.message_id,
            "chat": {"id": chat, "type": "private"},
            "date": self.second(),
            **content,
            "reply_markup": markup,
        }
        self.sent[chat].append(message)
        return {key: value for key, value in message.items() if key != "reply_markup"}

    async def do_editMessageReplyMarkup(self, params: Json) -> Json:
        message = self._find(params)
        before, after = message["reply_markup"], params.get("reply_markup")
        if before and "inline_keyboard" not in before:
            raise MarkupRefused("message can't be edited")
        if before == after:
            raise MarkupRefused("message is not modified")
        message["reply_markup"] = after
        return {key: value for key, value in message.items() if key != "reply_markup"}

    async def do_editMessageText(self, params: Json) -> Json:
        message, content = self._find(params), words_of(params)
        before, after = message["reply_markup"], inline_keyboard(params.get("reply_markup"))
        if before and "inline_keyboard" not in before:
            raise MarkupRefused("message can't be edited")
        if ({name: message[name] for name in ("text", "entities") if name in message}, before) == (content, after):
            raise MarkupRefused("message is not modified: …")
        message.pop("entities", None)
        message.update(content, reply_markup=after, edit_date=self.second())
        return {key: value for key, value in message.items() if key != "reply_markup"}

    async def do_deleteMessage(self, params: Json) -> bool:
        if params["message_id"] > self.message_id:
            raise MarkupRefused("message to delete not found")
        self.deleted.append((params["chat_id"], params["message_id"]))
        chat = self.sent[params["chat_id"]]
        chat[:] = [message for message in chat if message["message_id"] != params["message_id"]]
        return True

    def _find(self, params: Json) -> Json:
        for message in self.sent[params["chat_id"]]:
            if message["message_id"] == params["message_id"]:
                return message
        raise MarkupRefused("message to edit not found")


async def params_of(request: Request) -> Json:
    """A call's parameters: JSON, or a form whose fields are JSON but for words; a file is its name, type and bytes."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await request.json()
    found: Json = {}
    for name, value in (await request.form()).items():
        if isinstance(value, str):
            found[name] = value if name in ("caption", "text") else _json(value)
        else:
            await value.seek(0)  # the form is read twice where a group stands before it
            found[name] = (value.filename, value.content_type, await value.read())
    return found


def _json(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value


def _error(status: int, description: str, parameters: Json | None = None) -> Response:
    body = {"ok": False, "error_code": status, "description": description}
    return JSONResponse(body | ({"parameters": parameters} if parameters else {}), status)


class Hall:
    """A web server on a free port of this machine; what it serves may change from test to test."""

    def __init__(self) -> None:
        self.app = Starlette()
        self.address = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@asynccontextmanager
async def hall() -> AsyncIterator[Hall]:
    found = Hall()
    # A question for updates may wait for half a minute: it isn't waited for.
    server = uvicorn.Server(
        uvicorn.Config(found, http=IdleHeads, port=0, log_config=None, lifespan="off", timeout_graceful_shutdown=0)
    )
    task = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    found.address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield found
    finally:
        server.should_exit = True
        await task


def serve_bot_api(hall: Hall, api: BotApi | None = None) -> BotApi:
    """A Bot API without any past at the hall's address."""
    api = api or BotApi()
    routes = [
        Route("/bot{token}/{method}", api.call, methods=["POST"]),
        Route("/file/bot{token}/{path:path}", api.file, methods=["GET"]),
    ]
    hall.app = Starlette(routes=routes)
    api.base_url = f"{hall.address}/bot"
    return api


async def no_sleep(seconds: float) -> None:
    """Rest for a moment, however long a channel means to."""
    await asyncio.sleep(0.001)


async def until(condition: Any, *, seconds: float = 20.0) -> None:
    """Returns once `condition()` holds; fails when it doesn't in that time."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is waited for happens on the other side of HTTP
            await asyncio.sleep(0.002)
