"""Chatwoot's application API for one inbox of the kind "API", and the page on which its agents answer.

Nothing here makes a repeat harmless, as there: a message sent twice stands there twice.
"""

import hmac
import html
import re
from collections.abc import Awaitable, Callable
from typing import Any, Final

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from sandbox.chatwoot.store import AGENTS, INCOMING, KINDS, OUTGOING, OWN_USER, ChatwootStore, ChatwootWebhooks
from sandbox.credentials import CHATWOOT_ACCOUNT_ID, CHATWOOT_INBOX_ID, CHATWOOT_TOKEN
from sandbox.pages import HEADERS
from sandbox.world import World

PROVIDER: Final = "chatwoot"
LONGEST: Final = 150_000
LARGEST: Final = 40 * 1024 * 1024
PAGE: Final = 100
STATUSES: Final = ("open", "resolved", "pending", "snoozed")
_PHONE = re.compile(r"\+[1-9]\d{1,14}")

Serve = Callable[[Request], Awaitable[Response]]


class NotSo(Exception):
    """An error answer."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status = status
        self.said = said


NOT_FOUND: Final = "Resource could not be found"


class ChatwootApi:
    def __init__(self, world: World, store: ChatwootStore, webhooks: ChatwootWebhooks) -> None:
        self._world = world
        self._store = store
        self._webhooks = webhooks

    async def profile(self, _request: Request) -> Any:
        return OWN_USER

    async def search(self, request: Request) -> Any:
        sought = request.query_params.get("q", "").strip()
        if not sought:
            raise NotSo(422, "Specify search string with parameter q")
        return {"meta": {"count": 0}, "payload": self._store.search(sought)[:15]}

    async def add_contact(self, request: Request) -> Any:
        asked = await request.json()
        if (phone := asked.get("phone_number")) and not _PHONE.fullmatch(phone):
            raise NotSo(422, "Phone number should be in e164 format")
        if asked.get("inbox_id") != CHATWOOT_INBOX_ID:
            raise NotSo(404, NOT_FOUND)
        made = self._store.add_contact({**asked, "name": asked.get("name") or ""})
        if made is None:
            raise NotSo(422, "has already been taken")
        return {"payload": {"contact": made, "contact_inbox": {"inbox": {"id": CHATWOOT_INBOX_ID}, "source_id": "x"}}}

    async def delete_contact(self, request: Request) -> Any:
        contact = self._contact(request.path_params["id"])
        self._store.delete([found["id"] for found in self._store.conversations(contact["id"])], contact["id"])
        return None

    async def of_contact(self, request: Request) -> Any:
        return {"payload": self._store.conversations(self._contact(request.path_params["id"])["id"])[:20]}

    async def add_conversation(self, request: Request) -> Any:
        asked = await request.json()
        contact = self._contact(asked.get("contact_id"))
        if asked.get("inbox_id") != CHATWOOT_INBOX_ID or not asked.get("source_id"):
            raise NotSo(404, NOT_FOUND)
        return self._store.add_conversation(contact["id"], asked)

    async def show(self, request: Request) -> Any:
        return self._conversation(request)

    async def delete(self, request: Request) -> Any:
        self._store.delete([self._conversation(request)["id"]])
        return None

    async def toggle_status(self, request: Request) -> Any:
        number, status = self._conversation(request)["id"], (await request.json()).get("status")
        if status not in STATUSES:
            raise NotSo(422, f"'{status}' is not a valid status")
        self._webhooks.set_status(number, status)
        return {"meta": {}, "payload": {"success": True, "conversation_id": number, "current_status": status}}

    async def custom_attributes(self, request: Request) -> Any:
        number = self._conversation(request)["id"]
        self._store.change(number, custom_attributes=dict((await request.json())["custom_attributes"]))
        return {"custom_attributes": self._store.must(number)["custom_attributes"]}

    async def messages(self, request: Request) -> Any:
        number = self._conversation(request)["id"]
        after = int(request.query_params.get("after") or 0)
        return {"meta": {}, "payload": self._store.messages(number, after, PAGE)}

    async def add_message(self, request: Request) -> Any:
        number = self._conversation(request)["id"]
        asked, files = await _asked(request)
        if len(asked.get("content") or "") > LONGEST or asked.get("message_type") not in KINDS:
            raise NotSo(422, "Content is too long")
        if any(len(data) > LARGEST for _, _, data in files):
            raise NotSo(422, "Attachments file size is too big")
        made = self._store.add_message(number, asked, self._world.clock.now())
        for name, media_type, data in files:
            made = self._store.attach(made["id"], name, media_type, data)
        self._webhooks.message(made)
        if made["message_type"] != OUTGOING and self._store.must(number)["status"] == "resolved":
            self._webhooks.set_status(number, "open")
        return made

    def _contact(self, number: Any) -> dict[str, Any]:
        found = self._store.contact(int(number)) if str(number).isdigit() else None
        if found is None:
            raise NotSo(404, NOT_FOUND)
        return found

    def _conversation(self, request: Request) -> dict[str, Any]:
        found = self._store.conversation(int(request.path_params["id"]))
        if found is None:
            raise NotSo(404, NOT_FOUND)
        return found


def chatwoot_api(world: World, store: ChatwootStore, webhooks: ChatwootWebhooks) -> ASGIApp:
    """Return the API, to be mounted at `/api/v1`."""
    api = ChatwootApi(world, store, webhooks)
    one = "/conversations/{id:int}"

    def at(path: str, method: str, serve: Callable[[Request], Awaitable[Any]]) -> Route:
        return Route(f"/accounts/{CHATWOOT_ACCOUNT_ID}{path}", _guarded(serve), methods=[method])

    routes = [
        Route("/profile", _guarded(api.profile)),
        at("/contacts/search", "GET", api.search),
        at("/contacts", "POST", api.add_contact),
        at("/contacts/{id:int}", "DELETE", api.delete_contact),
        at("/contacts/{id:int}/conversations", "GET", api.of_contact),
        at("/conversations", "POST", api.add_conversation),
        at(one, "GET", api.show),
        at(one, "DELETE", api.delete),
        at(f"{one}/toggle_status", "POST", api.toggle_status),
        at(f"{one}/custom_attributes", "POST", api.custom_attributes),
        at(f"{one}/messages", "GET", api.messages),
        at(f"{one}/messages", "POST", api.add_message),
    ]
    return world.gate(PROVIDER, Router(routes), lambda: JSONResponse({"error": "Internal Server Error"}, 500))


async def _asked(request: Request) -> tuple[dict[str, Any], list[tuple[str, str, bytes]]]:
    """Return the fields, as JSON or as a form with files: each file's name, media type and bytes."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await request.json(), []
    form = await request.form()
    fields: dict[str, Any] = {name: value for name, value in form.items() if isinstance(value, str)}
    fields["private"] = fields.get("private") in ("true", "1")
    given = [one for one in form.getlist("attachments[]") if isinstance(one, UploadFile)]
    return fields, [(one.filename or "", one.content_type or "", await one.read()) for one in given]


def _guarded(serve: Callable[[Request], Awaitable[Any]]) -> Serve:
    async def guarded(request: Request) -> Response:
        token = request.headers.get("api_access_token", "")
        if not hmac.compare_digest(token.encode(), CHATWOOT_TOKEN.encode()):
            return JSONResponse({"error": "Invalid Access Token"}, 401)
        try:
            answer = await serve(request)
        except NotSo as error:
            return JSONResponse({"error": error.said}, error.status)
        return Response(status_code=200) if answer is None else JSONResponse(answer)

    return guarded


DOES: Final = ("say", "note", "resolve", "pending", "open", "assign", "leave", "delete")
SET_BY: Final = {"resolve": "resolved", "pending": "pending", "open": "open"}
DESK_PAGE: Final = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Sandbox: help desk</title>
<link rel="icon" href="data:,"><h1>TEST: the seller's help desk</h1>
<p>Stands in for a Chatwoot inbox.</p>%s</html>"""
FORM: Final = """<h2>%(id)s · %(name)s · %(status)s · %(assignee)s</h2><ol>%(messages)s</ol>
<form method="post" action="conversations/%(id)s"><label>As <select name="agent">%(agents)s</select></label>
<label>Words <input name="text" size="60"></label> %(buttons)s</form>"""


class ChatwootAgents:
    """The help desk's agents: a page to answer as one of them, and the same for tests as JSON.

    `GET conversations` lists all with their messages; `POST conversations/{id}` does something as an agent;
    `POST inbox` sets where webhooks go, or lets none go.
    """

    def __init__(self, world: World, store: ChatwootStore, webhooks: ChatwootWebhooks) -> None:
        self._world = world
        self._store = store
        self._webhooks = webhooks

    def routes(self) -> list[Route]:
        """To be mounted beside the API."""
        return [
            Route("/", self.page),
            Route("/conversations", self.listed),
            Route("/conversations/{id:int}", self.act, methods=["POST"]),
            Route("/attachments/{id:int}/{name}", self.attachment),
            Route("/inbox", self.inbox, methods=["POST"]),
        ]

    async def listed(self, _request: Request) -> Response:
        """Return all conversations, the newest first, with their messages; and the contacts."""
        found = [{**one, "messages": self._store.messages(one["id"], most=1000)} for one in self._store.conversations()]
        return JSONResponse({"conversations": found, "contacts": self._store.contacts()})

    async def attachment(self, request: Request) -> Response:
        """Return a file as it was attached."""
        found = self._store.attachment(int(request.path_params["id"]))
        return Response(status_code=404) if found is None else Response(found[1], media_type=found[0])

    async def act(self, request: Request) -> Response:
        """`{"do", "agent"?, "text"?}`, or the same as a form."""
        is_form = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
        asked: dict[str, Any] = dict(await request.form()) if is_form else await request.json()
        number = int(request.path_params["id"])
        do, name = asked.get("do"), str(asked.get("agent") or AGENTS[0])
        if do not in DOES or self._store.conversation(number) is None:
            return JSONResponse({"error": f"do is one of {', '.join(DOES)}, in a conversation that there is"}, 400)
        done = self._do(number, do, name, asked.get("text"))
        return RedirectResponse("../", 303) if is_form else JSONResponse(done)

    def _do(self, number: int, do: str, name: str, text: Any) -> dict[str, Any]:
        match do:
            case "say" | "note":
                fields = {"content": text, "private": do == "note", "message_type": "outgoing"}
                made = self._store.add_message(number, fields, self._world.clock.now(), sender=name)
                self._webhooks.message(made)
                return made
            case "assign" | "leave":
                self._webhooks.assign(number, name if do == "assign" else None)
            case "delete":
                self._store.delete([number])
                return {}
            case _:
                self._webhooks.set_status(number, SET_BY[do])
        return self._store.must(number)

    async def inbox(self, request: Request) -> Response:
        """`{"webhook_url"?, "silent"?, "send"?, "secret"?, "age_s"?}`; `send`: a webhook as it is given."""
        asked = await request.json()
        if url := asked.get("webhook_url"):
            self._webhooks.set_url(url)
        if "silent" in asked:
            self._webhooks.silence(bool(asked["silent"]))
        taken = None
        if told := asked.get("send"):
            more = {name: asked[name] for name in ("secret", "age_s") if name in asked}
            taken = await self._webhooks.send(told, **more)
        return JSONResponse({"webhook_url": self._webhooks.url, "taken": taken})

    async def page(self, _request: Request) -> Response:
        """Return all conversations, each with a form."""
        shown = "".join(self._shown(one) for one in self._store.conversations())
        return HTMLResponse(DESK_PAGE % (shown or "<p>Nobody waits for a person.</p>"), headers=HEADERS)

    def _shown(self, one: dict[str, Any]) -> str:
        buttons = "".join(f'<button name="do" value="{do}">{do}</button> ' for do in DOES)
        return FORM % {
            "id": one["id"],
            "name": html.escape(one["meta"]["sender"]["name"]),
            "status": one["status"],
            "assignee": html.escape(one["meta"].get("assignee", {}).get("available_name", "nobody")),
            "messages": "".join(_line(message) for message in self._store.messages(one["id"], most=1000)),
            "agents": "".join(f"<option>{name}</option>" for name in AGENTS),
            "buttons": buttons,
        }


def _line(message: dict[str, Any]) -> str:
    kind = "note" if message["private"] else "customer" if message["message_type"] == INCOMING else "reply"
    words = html.escape(message["content"] or "").replace("\n", "<br>")
    return f"<li><small>{kind}, {html.escape(message['sender']['name'])}, {message['status']}</small><br>{words}</li>"
