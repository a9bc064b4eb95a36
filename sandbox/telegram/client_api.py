"""`/sandbox/telegram/api`: the people and their chats as their clients show them, as JSON for the page and tests.

A POST must be JSON: a browser lets no other site's page send that here.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.requests import BadRequest, Handler, answer_mistakes, read_object
from sandbox.telegram.client import NotPossible, TelegramClient
from sandbox.telegram.shapes import Json, TelegramPerson, bot_user, message, username
from sandbox.telegram.store import TelegramStore

LONGEST_NAME: Final = 64
_PHONE = re.compile(r"\+?([1-9][0-9]{6,14})")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")


class ClientApi:
    """The routes' handlers."""

    def __init__(self, store: TelegramStore, client: TelegramClient) -> None:
        self._store = store
        self._client = client

    def routes(self) -> list[Route]:
        """To be mounted beside the Bot API."""
        chat = "/chats/{bot}/{person:int}"
        table: list[tuple[str, str, Callable[[Request], Awaitable[object]]]] = [
            ("GET", "/people", self.people),
            ("POST", "/people", self.add_person),
            ("GET", chat, self.shown),
            ("POST", chat, self.act),
        ]
        return [Route(path, _served(serve), methods=[method]) for method, path, serve in table]

    async def people(self, _request: Request) -> object:
        """`{"people", "bots"}`: who there is to chat as, and with."""
        people = [_person(person) for person in self._store.people()]
        return {"people": people, "bots": [bot_user(bot) for bot in self._store.bots()]}

    async def add_person(self, request: Request) -> object:
        """`{"first_name", "language_code", "phone"}` → the person."""
        asked = await _read(request)
        name, language = str(asked.get("first_name") or "").strip(), str(asked.get("language_code") or "en")
        phone = _PHONE.fullmatch(re.sub(r"[\s-]", "", str(asked.get("phone") or "")))
        if not 0 < len(name) <= LONGEST_NAME:
            raise BadRequest("first_name is missing, or too long")
        if not _LANGUAGE.fullmatch(language):
            raise BadRequest("language_code is two letters, such as pl")
        if phone is None:
            raise BadRequest("phone is an international number, such as +48512000999")
        return _person(self._store.add_person(name, language, phone[1]))

    async def shown(self, request: Request) -> object:
        """Return the chat as the person's client shows it."""
        bot, person = self._bot(request), self._person(request)
        opened = self._store.chat(bot, person.id)
        menus: dict[str, Any] = self._store.of_bot(bot, "commands") or {}
        language = person.language_code[:2]
        said = ("description", "short_description")
        return {
            "bot": bot_user(bot),
            "person": _person(person),
            "started": opened is not None,
            "blocked": opened is not None and bool(opened["blocked"]),
            "messages": [message(kept) for kept in self._store.messages(bot, person.id)],
            "keyboard": self._store.keyboard(bot, person.id),
            "commands": menus.get(language) or menus.get("", []),
            "typing": self._store.is_typing(bot, person.id),
            **{name: self._store.profile(bot, name, language) or self._store.profile(bot, name, "") for name in said},
            "presses": self._store.presses(bot, person.id),
        }

    async def act(self, request: Request) -> object:
        """`{"do", …}`: see `client`."""
        try:
            return self._client.act(self._bot(request), self._person(request), await _read(request))
        except NotPossible as why:
            raise BadRequest(str(why), 409) from why

    def _bot(self, request: Request) -> int:
        asked = str(request.path_params["bot"]).lower()
        found = next((bot for bot in self._store.bots() if username(bot) == asked), None)
        if found is None:
            raise BadRequest("no such bot here", 404)
        return found

    def _person(self, request: Request) -> TelegramPerson:
        found = self._store.person(request.path_params["person"])
        if found is None:
            raise BadRequest("no such person here", 404)
        return found


def _person(person: TelegramPerson) -> Json:
    return {
        "id": person.id,
        "first_name": person.first_name,
        "language_code": person.language_code,
        "phone": f"+{person.phone}",
    }


async def _read(request: Request) -> Json:
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise BadRequest("the body is JSON", 415)
    return await read_object(request)


def _served(serve: Callable[[Request], Awaitable[object]]) -> Handler:
    async def served(request: Request) -> Response:
        return JSONResponse(await serve(request), headers={"Cache-Control": "no-store"})

    return answer_mistakes(served)
