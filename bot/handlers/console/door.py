"""The door to the agents' pages: who is asking, whether they may, and whether it was they who sent the form.

Every handler below `/desk` but those of the log-in is wrapped by it::

    async def queue(request: Request, me: SignedIn) -> Response:
        return door.page(request, me, "desk/queue.html", waiting=…)

    async def take(request: Request, me: SignedIn) -> Response:
        fields = await form_of(request)  # read already, for its token
        await store.write(lambda c: (…, audit.note(c, agent_id=me.agent_id, what="taken", at=now, conversation_id=id)))
        return RedirectResponse("/desk", 303)

    routes = [
        Route("/desk", door.guarded(queue)),
        Route("/desk/take", door.guarded(take), methods=["POST"]),
        Route("/desk/funnel", door.guarded(funnel, role="supervisor")),
        Route("/desk/erase", door.guarded(erase, role="admin", fresh=10), methods=["POST"]),
        Route("/desk/events", door.guarded(events, active=False)),  # a stream isn't somebody at work
    ]

What a handler may rely on: `me` is logged in by both factors and enabled, has at least `role`; whatever isn't GET or
HEAD came from a page of ours with the session's token, in the field `csrf` (put `{{ me.csrf }}` into each form) or the
header `okienko-csrf` (scripts, htmx: `hx-headers`). Whoever isn't let in is led to the log-in, or, asking by script,
answered 401 / 403 / 429 with `{"error"}` (for htmx with `HX-Redirect`). What stays open asks `door.alive(me)` now and
then, and ends when it says no.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from bot.handlers.console import ways
from bot.handlers.console.forms import TOKEN_FIELD, TOKEN_HEADER, form_of
from bot.handlers.console.tokens import SESSION, DeskCookies
from bot.web.flood import Flood, FloodRules
from bot.web.guard import RequestTurnedAway, same_origin
from bot.web.network import AddressOf
from bot.web.pages import Pages
from bot.web.policy import DESK_PAGE
from bot.web.words import LOCALES, accepted_languages, choose_locale
from services.agents import accounts, audit, sessions
from services.agents.accounts import Role
from services.agents.audit import Detail
from services.agents.sessions import AgentSession
from services.clock import Clock
from services.store.database import Store
from services.store.errors import StoreUnavailable

FLOOD = FloodRules(session="120/10 second; 20000/hour", address="1200/minute")
_READS = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is asking. `csrf` goes into every form; `proved_at`: when they last showed that it is them."""

    agent_id: str
    login: str
    name: str
    role: Role
    locale: str
    session_id: str
    csrf: str
    proved_at: datetime

    def may(self, role: Role) -> bool:
        """Return whether this one may do what `role` may."""
        return accounts.covers(self.role, role)


Handler = Callable[[Request, SignedIn], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class DeskDoor:
    """One installation's door; made by the composition root and given to all that lies behind it."""

    store: Store
    clock: Clock
    pages: Pages
    cookies: DeskCookies
    address_of: AddressOf
    flood: Flood

    async def agent_of(self, request: Request, *, active: bool = True) -> SignedIn | None:
        """Return who is logged in; None if nobody is. `active=False`: the request is a script's, nobody's doing.

        Errors: StoreUnavailable.
        """
        token = self.cookies.read(request, SESSION)
        if token is None:
            return None
        now = self.clock.now()
        found = await self.store.read(lambda c: sessions.find(c, token, now))
        if found is None:
            return None
        if active and now - found.seen_at >= sessions.TOUCHED:
            await self.store.write(lambda c: sessions.touch(c, found.id, now))
        return self._signed_in(request, found, token)

    def guarded(
        self, handler: Handler, role: Role = "agent", *, fresh: int | None = None, active: bool = True
    ) -> Endpoint:
        """Return the handler for those who may.

        `fresh`: only so many minutes after the last log-in, for what can't be undone.

        `active=False` for streams and for what a page asks by itself: it doesn't keep a forgotten session alive.
        """

        async def guarded(request: Request) -> Response:
            try:
                me = await self.agent_of(request, active=active)
                if me is None:
                    return self.to_log_in(request)
                if any("\0" in str(part) for part in (*request.path_params.values(), *request.query_params.values())):
                    raise RequestTurnedAway(404, "no_conversation")  # PostgreSQL knows no such sign
                if not me.may(role):
                    raise RequestTurnedAway(403, "role_too_low")
                if wait := self.flood.wait(me.session_id, self.address_of(request)):
                    return self.turned(request, RequestTurnedAway(429, "too_many"), {"retry-after": str(wait)})
                if request.method not in _READS:
                    await self.own_form(request, me)
                if fresh is not None and not self.fresh(me, fresh):
                    return self.to_log_in(request, again=True)
                return await handler(request, me)
            except RequestTurnedAway as turned:
                return self.turned(request, turned)
            except StoreUnavailable:
                return self.turned(request, RequestTurnedAway(503, "not_now"), {"retry-after": "3"})

        return guarded

    def fresh(self, me: SignedIn, minutes: int = 10) -> bool:
        """Return whether the last log-in is at most so long ago."""
        return self.clock.now() - me.proved_at <= timedelta(minutes=minutes)

    async def alive(self, me: SignedIn) -> bool:
        """Return whether the session still holds: asked now and then by what stays open. Errors: StoreUnavailable."""
        now = self.clock.now()
        return await self.store.read(lambda c: sessions.alive(c, me.session_id, now))

    async def note(
        self,
        me: SignedIn,
        what: str,
        *,
        conversation_id: str | None = None,
        account_id: str | None = None,
        **details: Detail,
    ) -> None:
        """Write a line of the audit log by itself; what changes data notes it in its own transaction."""
        now = self.clock.now()

        def work(connection: sa.Connection) -> None:
            audit.note(
                connection,
                agent_id=me.agent_id,
                what=what,
                at=now,
                conversation_id=conversation_id,
                account_id=account_id,
                details=details,
            )

        await self.store.write(work)

    async def own_form(self, request: Request, me: SignedIn) -> None:
        """Let in what this very session's page sent. Errors: Turned 403, and those of `form_of`."""
        same_origin(request, self.pages.site.origin)
        token = self.cookies.read(request, SESSION)
        given = request.headers.get(TOKEN_HEADER)
        if given is None:
            given = (await form_of(request)).get(TOKEN_FIELD, "")
        if token is None or not self.cookies.is_form_token(token, given):
            raise RequestTurnedAway(403, "form_expired")

    def page(
        self, request: Request, me: SignedIn, template: str, *, status: int = 200, **values: object
    ) -> HTMLResponse:
        """Return a page in the agent's language; `me` is known to its template."""
        del request
        return self.pages.answer(template, me.locale, status=status, headers=DESK_PAGE, me=me, **values)

    def locale_of(self, request: Request, chosen: str | None = None) -> str:
        """Return the language chosen, else that of the browser, among those of the agents' pages."""
        browser = accepted_languages(request.headers.get("accept-language", ""))
        asked = request.query_params.get("lang", "")
        wanted = [asked, *([chosen] if chosen else []), *browser, self.pages.site.locale]
        return choose_locale(wanted, LOCALES, "en")

    def to_log_in(self, request: Request, *, again: bool = False) -> Response:
        """Return where whoever isn't logged in finds the log-in; `again`: or isn't so recently enough."""
        error, status = ("log_in_again", 403) if again else ("not_signed_in", 401)
        reads = request.method in _READS
        way = ways.log_in(ways.asked_for(request) if reads else ways.came_from(request), again=again)
        if by_script(request):
            headers = DESK_PAGE | ({"hx-redirect": way} if "hx-request" in request.headers else {})
            return JSONResponse({"error": error}, status, headers=headers)
        if reads and not again and request.headers.get("sec-fetch-site") == "cross-site":
            # A link from a mail brings no strict cookie; asked for once more by a page of ours, it does.
            return self.pages.answer(
                "desk/onwards.html", self.locale_of(request), headers=DESK_PAGE, way=ways.asked_for(request)
            )
        return RedirectResponse(way, 303, headers=DESK_PAGE)

    def turned(self, request: Request, turned: RequestTurnedAway, headers: dict[str, str] | None = None) -> Response:
        """Return why not, as a page or for a script."""
        told = DESK_PAGE | (headers or {})
        if by_script(request):
            return JSONResponse({"error": turned.error}, turned.status, headers=told)
        locale = self.locale_of(request)
        return self.pages.answer("desk/turned.html", locale, status=turned.status, headers=told, error=turned.error)

    def _signed_in(self, request: Request, found: AgentSession, token: str) -> SignedIn:
        return SignedIn(
            agent_id=found.agent_id,
            login=found.login,
            name=found.name,
            role=accounts.as_role(found.role) or "agent",
            locale=self.locale_of(request, found.locale),
            session_id=found.id,
            csrf=self.cookies.form_token(token),
            proved_at=found.proved_at,
        )


def by_script(request: Request) -> bool:
    """Return whether a script or a stream asks, which can do nothing with a page."""
    mode = request.headers.get("sec-fetch-mode")
    return (
        "hx-request" in request.headers
        or TOKEN_HEADER in request.headers
        or (mode is not None and mode != "navigate")
        or any(kind in request.headers.get("accept", "") for kind in ("application/json", "text/event-stream"))
    )
