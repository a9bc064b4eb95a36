"""`/desk/password/{token}`: the one-time page on which an agent chooses a password. GET changes nothing."""

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.handlers.console import new_password
from bot.handlers.console.entry import LogInPages
from bot.handlers.console.forms import form_of
from bot.handlers.console.log_in import told
from bot.usecases.accounts.page_results import PageText
from bot.web.guard import RequestTurnedAway, same_origin
from bot.web.policy import SECRET_PAGE
from services.agents import accounts, audit, password_links
from services.agents.accounts import Agent


def routes(entry: LogInPages) -> list[Route]:
    """Return the page."""
    return [Route("/desk/password/{token}", told(entry, _Page(entry).page), methods=["GET", "POST"])]


class _Page:
    """Whoever has the link is whom it was made for: it needs no cookie. Used, old or unknown: one answer."""

    def __init__(self, entry: LogInPages) -> None:
        self._entry = entry

    async def page(self, request: Request) -> Response:
        token = str(request.path_params["token"])
        agent = await self._entry.door.store.read(lambda c: self._whose(c, token))
        if agent is None:
            return self._answer(request, "desk/password_gone.html", 410)
        return self._form(request, agent) if request.method != "POST" else await self._submitted(request, token, agent)

    def _whose(self, connection: sa.Connection, token: str) -> Agent | None:
        agent_id = password_links.whose(connection, token, self._entry.door.clock.now())
        return accounts.get(connection, agent_id) if agent_id is not None else None

    async def _submitted(self, request: Request, token: str, agent: Agent) -> Response:
        door = self._entry.door
        _from_here(request, door.pages.site.origin)
        if self._entry.flood.wait(token, door.address_of(request)):
            raise RequestTurnedAway(429, "too_many")
        fields = await form_of(request)
        if reasons := new_password.refused(fields, agent.login, agent.name, door.pages.site.seller):
            return self._form(request, agent, reasons)
        hashed = await self._entry.log_ins.hasher.hash(fields["password"])

        def work(connection: sa.Connection) -> Agent | None:
            now = door.clock.now()
            if password_links.use(connection, token, now) != agent.id:
                return None
            accounts.set_password(connection, agent.id, hashed)
            audit.note(connection, agent_id=agent.id, what="password_set", at=now, details={"how": "link"})
            return accounts.get(connection, agent.id)

        done = await door.store.write(work)
        if done is None:
            return self._answer(request, "desk/password_gone.html", 410)
        answer = self._answer(request, "desk/password_done.html", 200)
        self._entry.know(
            request, answer, done
        )  # or whoever keeps the login waiting keeps out who has only now a password
        return answer

    def _form(self, request: Request, agent: Agent, reasons: tuple[PageText, ...] = ()) -> Response:
        criteria = new_password.criteria()
        status = 422 if reasons else 200
        return self._answer(
            request, "desk/password.html", status, login=agent.login, reasons=reasons, criteria=criteria
        )

    def _answer(self, request: Request, template: str, status: int, **values: object) -> Response:
        door = self._entry.door
        return door.pages.answer(template, door.locale_of(request), status=status, headers=SECRET_PAGE, **values)


def _from_here(request: Request, origin: str) -> None:
    """As `same_origin`; these pages send no referrer (their address is a secret), so browsers name no origin."""
    if request.headers.get("origin") != "null" or request.headers.get("sec-fetch-site") != "same-origin":
        same_origin(request, origin)
