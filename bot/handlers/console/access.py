"""Access to the agents' pages: authentication, roles, forms and their tokens, the addresses of the log-in.

Every handler below `/desk` but those of the log-in is wrapped by it::

    async def queue(request: Request, me: SignedIn) -> Response:
        return access.page(request, me, "desk/queue.html", waiting=…)

    async def take(request: Request, me: SignedIn) -> Response:
        fields = await form_of(request)  # read already, for its token
        await store.write(lambda c: (…, access.record(c, me, "taken", conversation_id=id)))
        return see_other("/desk")

    routes = [
        Route("/desk", access.guarded(queue)),
        Route("/desk/take", access.guarded(take), methods=["POST"]),
        Route("/desk/funnel", access.guarded(funnel, role="supervisor")),
        Route("/desk/erase", access.guarded(erase, role="admin", fresh=10), methods=["POST"]),
        Route("/desk/events", access.guarded(events, active=False)),  # a stream keeps no session alive
    ]

What a handler may rely on: `me` is logged in by both factors and enabled, has at least `role`; whatever isn't GET or
HEAD came from a page of ours with the session's token, in the field `csrf` (put `{{ me.csrf }}` into each form) or the
header `okienko-csrf` (scripts, htmx: `hx-headers`). Requests without access are redirected to the log-in, or, sent by
script, answered 401 / 403 / 429 with `{"error"}` (for htmx with `HX-Redirect`). A stream asks `access.alive(me)` now
and then, and ends when it is False.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from types import FunctionType
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from bot.handlers.console.cookies import SESSION, DeskCookies
from bot.handlers.console.page_requests import (
    TOKEN_FIELD,
    TOKEN_HEADER,
    asking_page,
    by_script,
    form_of,
    log_in_path,
    requested_path,
    see_other,
)
from bot.web.flood import Flood, FloodRules
from bot.web.guard import RequestTurnedAway, same_origin
from bot.web.network import AddressOf
from bot.web.page_texts import LOCALES, accepted_languages, choose_locale
from bot.web.pages import Pages
from bot.web.policy import DESK_PAGE
from bot.web.refused import say_why
from services.agents import agent_accounts, audit, sessions
from services.agents.agent_accounts import Role
from services.agents.audit import Detail
from services.agents.sessions import AgentSession
from services.clock import Clock
from services.store.database import Store
from services.store.errors import StoreUnavailable

FLOOD = FloodRules(session="120/10 second; 20000/hour", address="1200/minute")
_READS = ("GET", "HEAD")


class SignedIn(Struct, frozen=True):
    """The agent of a request. `csrf` goes into every form; `proved_at`: the last full log-in."""

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
        return agent_accounts.role_covers(self.role, role)


Handler = Callable[[Request, SignedIn], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


class RouteNeeds(Struct, frozen=True):
    """The role that a guarded endpoint demands, and how many minutes ago the log-in may be."""

    role: Role
    fresh: int | None


_NEEDS: "WeakKeyDictionary[Callable[..., object], RouteNeeds]" = WeakKeyDictionary()


def needs_of(endpoint: Callable[..., object]) -> RouteNeeds | None:
    """Return what a route's endpoint demands of agents; None for one that isn't guarded."""
    return _NEEDS.get(endpoint) if isinstance(endpoint, FunctionType) else None


class DeskAccess(Struct, frozen=True):
    """One installation's access; made by the composition root and given to all that lies behind it."""

    store: Store
    clock: Clock
    pages: Pages
    cookies: DeskCookies
    address_of: AddressOf
    flood: Flood

    async def agent_of(self, request: Request, *, active: bool = True) -> SignedIn | None:
        """Return the agent who is logged in, or None. `active=False`: a script's request, which keeps no session alive.

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
            me = await self.agent_of(request, active=active)
            if me is None:
                return self.to_log_in(request)
            if any("\0" in str(part) for part in (*request.path_params.values(), *request.query_params.values())):
                raise RequestTurnedAway(404, "no_conversation")  # PostgreSQL knows no such sign
            if not me.may(role):
                say_why(request.scope, "role")
                raise RequestTurnedAway(403, "role_too_low")
            if wait := self.flood.wait(me.session_id, self.address_of(request)):
                return self._refusal(request, RequestTurnedAway(429, "too_many"), {"retry-after": str(wait)})
            if request.method not in _READS:
                await self._check_form(request)
            if fresh is not None and not self.fresh(me, fresh):
                return self.to_log_in(request, again=True)
            return await handler(request, me)

        answered = self.answering(guarded)
        _NEEDS[answered] = RouteNeeds(role, fresh)
        return answered

    def answering(self, endpoint: Endpoint) -> Endpoint:
        """Return the endpoint with refusals and a store that is away answered, as a page or for a script."""

        async def answered(request: Request) -> Response:
            try:
                return await endpoint(request)
            except RequestTurnedAway as turned:
                return self._refusal(request, turned, {"retry-after": str(turned.wait)} if turned.wait else None)
            except StoreUnavailable:
                return self._refusal(request, RequestTurnedAway(503, "not_now"), {"retry-after": "3"})

        return answered

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
        """Write a line of the audit log in a transaction of its own."""
        await self.store.write(
            lambda c: self.record(c, me, what, conversation_id=conversation_id, account_id=account_id, **details)
        )

    def record(
        self,
        connection: sa.Connection,
        me: SignedIn,
        what: str,
        *,
        conversation_id: str | None = None,
        account_id: str | None = None,
        **details: Detail,
    ) -> None:
        """Write a line of the audit log in the transaction of the change."""
        audit.note(
            connection,
            agent_id=me.agent_id,
            what=what,
            at=self.clock.now(),
            conversation_id=conversation_id,
            account_id=account_id,
            details=details,
        )

    async def _check_form(self, request: Request) -> None:
        """Refuse a form that no page of this session sent. Errors: RequestTurnedAway 403, and those of `form_of`."""
        same_origin(request, self.pages.site)
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
        here = request.url.path
        return self.pages.answer(template, me.locale, status=status, headers=DESK_PAGE, me=me, here=here, **values)

    def locale_of(self, request: Request, chosen: str | None = None) -> str:
        """Return the language chosen, else that of the browser, among those of the agents' pages."""
        browser = accepted_languages(request.headers.get("accept-language", ""))
        asked = request.query_params.get("lang", "")
        wanted = [asked, *([chosen] if chosen else []), *browser, self.pages.site.locale]
        return choose_locale(wanted, LOCALES, "en")

    def to_log_in(self, request: Request, *, again: bool = False) -> Response:
        """Redirect to the log-in, or answer a script so; `again`: the last log-in is too long ago."""
        error, status = ("log_in_again", 403) if again else ("not_signed_in", 401)
        script = by_script(request)
        reads = request.method in _READS
        # What a script asks for is a part of a page: nothing to come back to.
        way = log_in_path(requested_path(request) if reads and not script else asking_page(request), again=again)
        if script:
            headers = DESK_PAGE | ({"hx-redirect": way} if "hx-request" in request.headers else {})
            return JSONResponse({"error": error}, status, headers=headers)
        if reads and not again and request.headers.get("sec-fetch-site") == "cross-site":
            # A link from a mail brings no strict cookie; asked for once more by a page of ours, it does.
            return self.pages.answer(
                "desk/onwards.html", self.locale_of(request), headers=DESK_PAGE, way=requested_path(request)
            )
        return see_other(way)

    def _refusal(self, request: Request, turned: RequestTurnedAway, headers: dict[str, str] | None = None) -> Response:
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
            role=agent_accounts.as_role(found.role) or "agent",
            locale=self.locale_of(request, found.locale),
            session_id=found.id,
            csrf=self.cookies.form_token(token),
            proved_at=found.proved_at,
        )
