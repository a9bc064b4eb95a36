"""`/desk/login` and `/desk/logout`: the password, the code of the second factor, and the ways out.

`LogInPages` is shared by all pages of the log-in. Each log-in gives the browser a new token.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import sqlalchemy as sa
import structlog
from msgspec import Struct, field
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.handlers.console import page_requests
from bot.handlers.console.access import DeskAccess, SignedIn
from bot.handlers.console.cookies import HALF, SESSION, VISITOR, new_token
from bot.usecases.agents.acts import release_on_log_out
from bot.web.flood import Flood, Places
from bot.web.guard import RequestTurnedAway, same_origin
from bot.web.policy import DESK_PAGE
from services.agents import agent_accounts, log_in, sessions
from services.agents.agent_accounts import Agent
from services.agents.log_in import AgentLogIns, Held, NewSession
from services.agents.sessions import AgentSession
from services.errors import ServiceError
from values.private import Secret

if TYPE_CHECKING:
    from services.agents.provider import IdentityProvider

NEXT = "next"
BY_LOG_OUT = "logged-out"
"""The state with which the provider sends the browser back after a log-out."""
_LONGEST = 1024
_FROM_PROVIDER = ("provider", "provider_unknown", "provider_email", "provider_no_role", "provider_away")

_log = structlog.get_logger(__name__)


def routes(pages: "LogInPages", provider: "IdentityProvider | None") -> list[Route]:
    """Return the pages of the log-in and the ways out."""
    log_out, answering, guarded = _LogOut(pages, provider), pages.access.answering, pages.access.guarded
    return [
        Route("/desk/login", answering(_LogIn(pages).page), methods=["GET", "POST"]),
        Route("/desk/login/code", answering(_Code(pages).page), methods=["GET", "POST"]),
        Route("/desk/logout", guarded(log_out.here), methods=["POST"]),
        Route("/desk/logout/everywhere", guarded(log_out.everywhere), methods=["POST"]),
    ]


class LogInPages(Struct, frozen=True):
    """The log-in's dependencies. `obligatory`: a second factor is required; `sso`: there is an identity provider."""

    access: DeskAccess
    log_ins: AgentLogIns
    server_key: bytes
    flood: Flood
    obligatory: bool
    sso: bool = False
    hashes: Places = field(default_factory=Places.for_hashes)

    def page(
        self,
        request: Request,
        template: str,
        *,
        locale: str | None = None,
        reason: str | None = None,
        wait: Held | None = None,
        status: int | None = None,
        **values: object,
    ) -> HTMLResponse:
        """Return a page for a browser without a session, with a form token of this browser.

        `reason`: why what was sent isn't taken; `wait`: until when nothing is.
        """
        access, status = self.access, status or (200 if reason is None else 422)
        token = access.cookies.read(request, VISITOR) or new_token()
        csrf = access.cookies.form_token(token)
        headers = DESK_PAGE if wait is None else DESK_PAGE | {"retry-after": str(wait.retry_after)}
        values |= {"csrf": csrf, "reason": reason, "minutes": minutes_of(wait)}
        status, locale = status if wait is None else 429, access.locale_of(request, locale)
        answer = access.pages.answer(template, locale, status=status, headers=headers, **values)
        access.cookies.put(answer, VISITOR, token)
        return answer

    async def form(self, request: Request) -> dict[str, str]:
        """Return the form that a page of ours in this very browser sent.

        Errors: RequestTurnedAway 403, 429 and those of `page_requests.form_of`.
        """
        access = self.access
        token = access.cookies.read(request, VISITOR)
        same_origin(request, access.pages.site)
        fields = await page_requests.form_of(request)
        if token is None or not access.cookies.is_form_token(token, fields.get(page_requests.TOKEN_FIELD, "")):
            raise RequestTurnedAway(403, "form_expired")
        if self.flood.wait(token, access.address_of(request)):
            raise RequestTurnedAway(429, "too_many")
        return fields

    async def half(self, request: Request) -> AgentSession | None:
        """Return the session of an agent whose second factor is still to come; None without one."""
        access = self.access
        token = access.cookies.read(request, HALF)
        if token is None:
            return None
        return await access.store.read(lambda c: sessions.find(c, token, access.clock.now(), "half"))

    async def first_factor(
        self, request: Request, agent: Agent, how: str, after: str, *, strong: bool = False, onwards: bool = False
    ) -> Response | None:
        """Let in, or go on to the second factor; None if the account has changed meanwhile.

        `strong`: a provider has asked for several factors. `onwards`: the browser comes from another site, and brings a
        strict cookie only to what our own page leads to.
        """
        whole = strong or (agent.totp_since is None and not self.obligatory)
        made, access = NewSession(uuid4().hex, new_token()), self.access
        before = access.cookies.read(request, SESSION)
        stage = "full" if whole else "half"
        admitted = await access.store.write(
            lambda c: log_in.begin_session(
                c, agent, made, now=access.clock.now(), how=how, stage=stage, instead_of=before
            )
        )
        if not admitted:
            return None
        step = "/desk/second-factor" if agent.totp_since is None else "/desk/login/code"
        answer = self.leads(request, after if whole else page_requests.path_with_next(step, after), onwards=onwards)
        if whole:
            return self._let_in(request, answer, made, agent)
        access.cookies.put(answer, HALF, made.token)
        return answer

    def leads(self, request: Request, way: str, *, onwards: bool) -> Response:
        """Lead on to `way`; `onwards`: by a page of ours, for browsers that a redirect wouldn't serve."""
        if not onwards:
            return page_requests.see_other(way)
        locale = self.access.locale_of(request)
        return self.access.pages.answer("desk/onwards.html", locale, headers=DESK_PAGE, way=way)

    async def second_factor(self, request: Request, half: AgentSession, how: str, answer: Response) -> Response | None:
        """Begin the session after a right second factor; return None if the first factor has expired."""
        made, access = NewSession(uuid4().hex, new_token()), self.access
        before = access.cookies.read(request, SESSION)

        def work(connection: sa.Connection) -> Agent | None:
            done = log_in.complete_session(connection, half, made, now=access.clock.now(), how=how, instead_of=before)
            return agent_accounts.get(connection, half.agent_id) if done else None

        agent = await access.store.write(work)
        return None if agent is None else self._let_in(request, answer, made, agent)

    async def go_on_as(self, request: Request, answer: Response, agent: Agent, how: str) -> Response:
        """Begin a new session after a change of password, which has ended all others."""
        made, access = NewSession(uuid4().hex, new_token()), self.access
        done = await access.store.write(lambda c: log_in.begin_session(c, agent, made, now=access.clock.now(), how=how))
        return self._let_in(request, answer, made, agent) if done else answer

    def know(self, request: Request, answer: Response, agent: Agent) -> None:
        """Remember this browser as the agent's, so that strangers' tries don't delay its log-ins."""
        token = log_in.issue_device(self.server_key, agent, self.access.clock.now())
        if token is not None:
            self.access.cookies.put_device(request, answer, agent.login, token)

    def _let_in(self, request: Request, answer: Response, made: NewSession, agent: Agent) -> Response:
        self.access.cookies.put(answer, SESSION, made.token)
        self.access.cookies.drop(answer, HALF, VISITOR)
        self.know(request, answer, agent)
        return answer


class _LogIn(Struct, frozen=True):
    """Login and password."""

    pages: LogInPages

    async def page(self, request: Request) -> Response:
        if request.method == "POST":
            return await self._submitted(request)
        after, again = page_requests.local_path(request.query_params.get(NEXT)), "again" in request.query_params
        me = await self.pages.access.agent_of(request)
        if me is not None and not again:
            return page_requests.see_other(after)
        said = request.query_params.get("reason")
        told = {"reason": said, "status": 200} if said in _FROM_PROVIDER else {}
        return self._form(request, after, me.login if me is not None else "", again=me is not None, **told)

    async def _submitted(self, request: Request) -> Response:
        fields = await self.pages.form(request)
        after, login = page_requests.local_path(fields.get(NEXT)), fields.get("login", "").strip()[:_LONGEST]
        password = Secret(fields.get("password", ""))
        if not login or not password or len(password.reveal()) > _LONGEST:
            return self._form(request, after, login, reason="missing")
        address = self.pages.access.address_of(request)
        device = self.pages.access.cookies.device(request, login)
        with self.pages.hashes.place(address):
            found = await self.pages.log_ins.password(login, password, address, device)
        if isinstance(found, Held):
            return self._form(request, after, login, wait=found)
        if found is None:
            return self._form(request, after, login, reason="wrong")
        answer = await self.pages.first_factor(request, found, "password", after)
        return answer or self._form(request, after, login, reason="wrong")

    def _form(self, request: Request, after: str, login: str, *, again: bool = False, **refused: Any) -> Response:
        sso, page = (
            page_requests.path_with_next("/desk/login/provider", after) if self.pages.sso else None,
            "desk/login.html",
        )
        return self.pages.page(request, page, after=after, login=login, again=again, sso=sso, **refused)


class _Code(Struct, frozen=True):
    """The code of the second factor, after the password."""

    pages: LogInPages

    async def page(self, request: Request) -> Response:
        half = await self.pages.half(request)
        if request.method == "POST":
            return await self._submitted(request, half)
        after = page_requests.local_path(request.query_params.get(NEXT))
        if half is None:
            return page_requests.see_other(page_requests.log_in_path(after))
        return self._form(request, half, after)

    async def _submitted(self, request: Request, half: AgentSession | None) -> Response:
        fields = await self.pages.form(request)
        after = page_requests.local_path(fields.get(NEXT))
        if half is None:
            return page_requests.see_other(page_requests.log_in_path(after))
        right = await self.pages.log_ins.code(
            half.agent_id, fields.get("code", "")[:_LONGEST], self.pages.access.address_of(request)
        )
        if isinstance(right, Held):
            return self._form(request, half, after, wait=right)
        if not right:
            return self._form(request, half, after, reason="wrong_code")
        answer = page_requests.see_other(after)
        let_in = await self.pages.second_factor(request, half, "code", answer)
        return let_in or page_requests.see_other(page_requests.log_in_path(after))

    def _form(self, request: Request, half: AgentSession, after: str, **refused: Any) -> Response:
        page = "desk/code.html"
        return self.pages.page(request, page, locale=half.locale, after=after, login=half.login, **refused)


def minutes_of(wait: Held | None) -> int | None:
    """Whole minutes until the next try."""
    return None if wait is None else max(1, -(-wait.retry_after // 60))


class _LogOut(Struct, frozen=True):
    pages: LogInPages
    provider: "IdentityProvider | None"

    async def here(self, request: Request, me: SignedIn) -> Response:
        return await self._out(request, me, lambda c: sessions.end(c, me.session_id), what="logged_out")

    async def everywhere(self, request: Request, me: SignedIn) -> Response:
        return await self._out(request, me, lambda c: sessions.end_all(c, me.agent_id), what="logged_out_everywhere")

    async def _out(
        self, request: Request, me: SignedIn, end: Callable[[sa.Connection], object], *, what: str
    ) -> Response:
        access = self.pages.access

        def work(connection: sa.Connection) -> None:
            end(connection)
            release_on_log_out(connection, me.agent_id, access.clock.now())
            access.record(connection, me, what)

        await access.store.write(work)
        way = await self._out_of_provider(request)
        # By a page of ours: browsers apply `form-action` to where a form's answer redirects, and that isn't ours.
        answer = self.pages.leads(request, way or page_requests.LOG_IN, onwards=way is not None)
        access.cookies.drop(answer, SESSION, HALF)
        if self.provider is not None:
            access.cookies.drop_proof(answer)
            access.cookies.put_logged_out(answer)
        return answer

    async def _out_of_provider(self, request: Request) -> str | None:
        """Return the address that ends the provider's session; None without such a session or address."""
        if self.provider is None:
            return None
        proof = self.pages.access.cookies.proof(request, self.provider.issuer)
        if proof is None:
            return None
        try:
            return await self.provider.log_out_address(proof or None, BY_LOG_OUT)
        except ServiceError as error:
            _log.warning("provider_log_out_failed", why=type(error).__name__, reason=error.reason, origin=error.origin)
            return None
