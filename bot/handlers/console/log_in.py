"""`/desk/login`: the password, then the code of the second factor."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.handlers.console import ways
from bot.handlers.console.door import Endpoint
from bot.handlers.console.entry import NEXT, LogInPages
from bot.web.guard import RequestTurnedAway
from bot.web.policy import DESK_PAGE
from services.agents.log_in import Held
from services.agents.sessions import AgentSession
from services.store.errors import StoreUnavailable
from values.secret import Secret

_LONGEST = 1024
_FROM_PROVIDER = ("provider", "provider_unknown", "provider_email", "provider_no_role", "provider_away")


def routes(entry: LogInPages) -> list[Route]:
    """Return the log-in's pages."""
    return [
        Route("/desk/login", told(entry, _LogIn(entry).page), methods=["GET", "POST"]),
        Route("/desk/login/code", told(entry, _Code(entry).page), methods=["GET", "POST"]),
    ]


def told(entry: LogInPages, page: Endpoint) -> Endpoint:
    """Return the page, with what was turned away told as one."""

    async def answered(request: Request) -> Response:
        try:
            return await page(request)
        except RequestTurnedAway as turned:
            return entry.door.turned(request, turned)
        except StoreUnavailable:
            return entry.door.turned(request, RequestTurnedAway(503, "not_now"), {"retry-after": "3"})

    return answered


class _LogIn:
    """Login and password."""

    def __init__(self, entry: LogInPages) -> None:
        self._entry = entry

    async def page(self, request: Request) -> Response:
        if request.method == "POST":
            return await self._submitted(request)
        after, again = ways.local(request.query_params.get(NEXT)), "again" in request.query_params
        me = await self._entry.door.agent_of(request)
        if me is not None and not again:
            return RedirectResponse(after, 303, headers=DESK_PAGE)
        said = request.query_params.get("reason")
        reason = said if said in _FROM_PROVIDER else None
        return self._form(request, after, login=me.login if me is not None else "", again=me is not None, reason=reason)

    async def _submitted(self, request: Request) -> Response:
        fields = await self._entry.form(request)
        after, login = ways.local(fields.get(NEXT)), fields.get("login", "").strip()[:_LONGEST]
        password = Secret(fields.get("password", ""))
        if not login or not password or len(password.reveal()) > _LONGEST:
            return self._form(request, after, login=login, reason="missing", status=422)
        address = self._entry.door.address_of(request)
        device = self._entry.door.cookies.device(request, login)
        found = await self._entry.log_ins.password(login, password, address, device)
        if isinstance(found, Held):
            return held(self._form(request, after, login=login, wait=found, status=429), found)
        if found is None:
            return self._form(request, after, login=login, reason="wrong", status=422)
        answer = await self._entry.first_factor(request, found, "password", after)
        return answer or self._form(request, after, login=login, reason="wrong", status=422)

    def _form(
        self,
        request: Request,
        after: str,
        *,
        login: str,
        again: bool = False,
        reason: str | None = None,
        wait: Held | None = None,
        status: int = 200,
    ) -> Response:
        return self._entry.page(
            request,
            "desk/login.html",
            status=status,
            after=after,
            login=login,
            again=again,
            reason=reason,
            minutes=minutes_of(wait),
            sso=ways.with_next("/desk/login/provider", after) if self._entry.sso else None,
        )


class _Code:
    """The code of the second factor, for whoever has shown a password."""

    def __init__(self, entry: LogInPages) -> None:
        self._entry = entry

    async def page(self, request: Request) -> Response:
        half = await self._entry.half(request)
        if request.method == "POST":
            return await self._submitted(request, half)
        after = ways.local(request.query_params.get(NEXT))
        if half is None:
            return RedirectResponse(ways.log_in(after), 303, headers=DESK_PAGE)
        return self._form(request, half, after)

    async def _submitted(self, request: Request, half: AgentSession | None) -> Response:
        fields = await self._entry.form(request)
        after = ways.local(fields.get(NEXT))
        if half is None:
            return RedirectResponse(ways.log_in(after), 303, headers=DESK_PAGE)
        right = await self._entry.log_ins.code(half.agent_id, fields.get("code", "")[:_LONGEST])
        if isinstance(right, Held):
            return held(self._form(request, half, after, wait=right, status=429), right)
        if not right:
            return self._form(request, half, after, reason="wrong_code", status=422)
        answer = RedirectResponse(after, 303, headers=DESK_PAGE)
        let_in = await self._entry.second_factor(request, half, "code", answer)
        return let_in or RedirectResponse(ways.log_in(after), 303, headers=DESK_PAGE)

    def _form(
        self,
        request: Request,
        half: AgentSession,
        after: str,
        *,
        reason: str | None = None,
        wait: Held | None = None,
        status: int = 200,
    ) -> Response:
        return self._entry.page(
            request,
            "desk/code.html",
            status=status,
            locale=half.locale,
            after=after,
            login=half.login,
            reason=reason,
            minutes=minutes_of(wait),
        )


def minutes_of(wait: Held | None) -> int | None:
    """Whole minutes until the next try."""
    return None if wait is None else max(1, -(-wait.retry_after // 60))


def held(answer: Response, wait: Held) -> Response:
    """Return the answer, for scripts with the seconds."""
    answer.headers["retry-after"] = str(wait.retry_after)
    return answer
