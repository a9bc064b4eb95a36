"""The help desk's agents: a page to answer as one of them, and the same for tests as JSON.

`GET conversations` lists all with their messages; `POST conversations/{id}` does something as an agent; `POST inbox`
sets where webhooks go, or lets none go.
"""

import html
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.chatwoot.store import AGENTS, INCOMING, ChatwootStore
from sandbox.chatwoot.webhooks import ChatwootWebhooks
from sandbox.pages import HEADERS
from sandbox.world import World

DOES: Final = ("say", "note", "resolve", "pending", "open", "assign", "leave", "delete")
STATUSES: Final = {"resolve": "resolved", "pending": "pending", "open": "open"}
PAGE: Final = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Sandbox: help desk</title>
<link rel="icon" href="data:,"><h1>TEST: the seller's help desk</h1>
<p>Stands in for a Chatwoot inbox.</p>%s</html>"""
FORM: Final = """<h2>%(id)s · %(name)s · %(status)s · %(assignee)s</h2><ol>%(messages)s</ol>
<form method="post" action="conversations/%(id)s"><label>As <select name="agent">%(agents)s</select></label>
<label>Words <input name="text" size="60"></label> %(buttons)s</form>"""


class ChatwootAgents:
    """The routes' handlers."""

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
                self._webhooks.set_status(number, STATUSES[do])
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
        return HTMLResponse(PAGE % (shown or "<p>Nobody waits for a person.</p>"), headers=HEADERS)

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
