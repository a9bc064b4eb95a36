"""Being let in: what the pages of the log-in share. Each log-in gives the browser a new token."""

from dataclasses import dataclass
from uuid import uuid4

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.handlers.console import ways
from bot.handlers.console.door import DeskDoor
from bot.handlers.console.forms import TOKEN_FIELD, form_of
from bot.handlers.console.tokens import HALF, SESSION, VISITOR, new_token
from bot.web.flood import Flood
from bot.web.guard import RequestTurnedAway, same_origin
from bot.web.policy import DESK_PAGE
from services.agents import accounts, admission, log_in, sessions
from services.agents.accounts import Agent
from services.agents.admission import NewSession
from services.agents.log_in import AgentLogIns
from services.agents.sessions import AgentSession

NEXT = "next"


@dataclass(frozen=True)
class LogInPages:
    """What the log-in needs. `obligatory`: nobody is let in without a second factor; `sso`: there is a provider."""

    door: DeskDoor
    log_ins: AgentLogIns
    server_key: bytes
    flood: Flood
    obligatory: bool
    sso: bool = False

    def page(
        self, request: Request, template: str, *, status: int = 200, locale: str | None = None, **values: object
    ) -> HTMLResponse:
        """Return a page for a browser without a session, with a form token of this browser."""
        door = self.door
        token = door.cookies.read(request, VISITOR) or new_token()
        csrf = door.cookies.form_token(token)
        answer = door.pages.answer(
            template, door.locale_of(request, locale), status=status, headers=DESK_PAGE, csrf=csrf, **values
        )
        door.cookies.put(answer, VISITOR, token)
        return answer

    async def form(self, request: Request) -> dict[str, str]:
        """Return the form that a page of ours in this very browser sent.

        Errors: Turned 403, 429 and those of `form_of`.
        """
        door = self.door
        token = door.cookies.read(request, VISITOR)
        same_origin(request, door.pages.site.origin)
        fields = await form_of(request)
        if token is None or not door.cookies.is_form_token(token, fields.get(TOKEN_FIELD, "")):
            raise RequestTurnedAway(403, "form_expired")
        if self.flood.wait(token, door.address_of(request)):
            raise RequestTurnedAway(429, "too_many")
        return fields

    async def half(self, request: Request) -> AgentSession | None:
        """Whoever has shown a password a moment ago and nothing more."""
        door = self.door
        token = door.cookies.read(request, HALF)
        if token is None:
            return None
        return await door.store.read(lambda c: sessions.find(c, token, door.clock.now(), "half"))

    async def first_factor(
        self, request: Request, agent: Agent, how: str, after: str, *, strong: bool = False, onwards: bool = False
    ) -> Response | None:
        """Let in, or go on to the second factor; None if the account has changed meanwhile.

        `strong`: a provider has asked for several factors. `onwards`: the browser comes from another site, and brings a
        strict cookie only to what our own page leads to.
        """
        whole = strong or (agent.totp_since is None and not self.obligatory)
        made, door = NewSession(uuid4().hex, new_token()), self.door
        before = door.cookies.read(request, SESSION)
        stage = "full" if whole else "half"
        admitted = await door.store.write(
            lambda c: admission.admit(c, agent, made, now=door.clock.now(), how=how, stage=stage, instead_of=before)
        )
        if not admitted:
            return None
        step = "/desk/second-factor" if agent.totp_since is None else "/desk/login/code"
        answer = self.leads(request, after if whole else ways.with_next(step, after), onwards=onwards)
        if whole:
            return self._let_in(request, answer, made, agent)
        door.cookies.put(answer, HALF, made.token)
        return answer

    def leads(self, request: Request, way: str, *, onwards: bool) -> Response:
        """Lead on to `way`; `onwards`: by a page of ours, for browsers that a redirect wouldn't serve."""
        if not onwards:
            return RedirectResponse(way, 303, headers=DESK_PAGE)
        locale = self.door.locale_of(request)
        return self.door.pages.answer("desk/onwards.html", locale, headers=DESK_PAGE, way=way)

    async def second_factor(self, request: Request, half: AgentSession, how: str, answer: Response) -> Response | None:
        """Begin the session after a right second factor; return None if the first factor has expired."""
        made, door = NewSession(uuid4().hex, new_token()), self.door
        before = door.cookies.read(request, SESSION)

        def work(connection: sa.Connection) -> Agent | None:
            done = admission.complete(connection, half, made, now=door.clock.now(), how=how, instead_of=before)
            return accounts.get(connection, half.agent_id) if done else None

        agent = await door.store.write(work)
        return None if agent is None else self._let_in(request, answer, made, agent)

    async def go_on_as(self, request: Request, answer: Response, agent: Agent, how: str) -> Response:
        """Begin a new session after a change of password, which has ended all others."""
        made, door = NewSession(uuid4().hex, new_token()), self.door
        done = await door.store.write(lambda c: admission.admit(c, agent, made, now=door.clock.now(), how=how))
        return self._let_in(request, answer, made, agent) if done else answer

    def know(self, request: Request, answer: Response, agent: Agent) -> None:
        """Remember this browser as the agent's, so that strangers' tries don't delay its log-ins."""
        token = log_in.issue_device(self.server_key, agent, self.door.clock.now())
        if token is not None:
            self.door.cookies.put_device(request, answer, agent.login, token)

    def _let_in(self, request: Request, answer: Response, made: NewSession, agent: Agent) -> Response:
        self.door.cookies.put(answer, SESSION, made.token)
        self.door.cookies.drop(answer, HALF, VISITOR)
        self.know(request, answer, agent)
        return answer
