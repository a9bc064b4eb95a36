"""`/desk/second-factor`: an authenticator app is shown the secret, and shows a first code back; then recovery codes.

For agents whose password was right and who need a second factor, and for logged-in agents who want one.
"""

from typing import Literal

import sqlalchemy as sa
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.handlers.console.cookies import HALF, SESSION
from bot.handlers.console.log_in import NEXT, LogInPages
from bot.handlers.console.page_requests import local_path, log_in_path, see_other
from bot.web.policy import DESK_PAGE
from services.agents import agent_accounts, audit, second_factor
from services.agents.second_factor import Enrolment
from services.agents.sessions import AgentSession
from services.messaging.qr_codes import svg
from values.private import Private, PrivateStruct

FRESH_MINUTES = 10


def routes(pages: LogInPages) -> list[Route]:
    return [Route("/desk/second-factor", pages.access.answering(_Enrolment(pages).page), methods=["GET", "POST"])]


class _Who(PrivateStruct):
    """The agent who enrols, by a half session or logged in."""

    agent_id: str
    login: str
    locale: str | None
    half: AgentSession | None
    token: Private[str]


class _Enrolment(Struct, frozen=True):
    """The enrolment. What is offered belongs to the session: GET stores nothing."""

    pages: LogInPages

    async def page(self, request: Request) -> Response:
        after = local_path(request.query_params.get(NEXT))
        who = await self._who(request)
        if not isinstance(who, _Who):
            if who == "again":
                return self.pages.access.to_log_in(request, again=True)
            return see_other(log_in_path(after))
        if request.method == "POST":
            return await self._submitted(request, who)
        return self._form(request, who, after)

    async def _who(self, request: Request) -> "_Who | Literal['again'] | None":
        access = self.pages.access
        half, token = await self.pages.half(request), access.cookies.read(request, HALF)
        if half is not None and token is not None:
            return await self._unless_enrolled(_Who(half.agent_id, half.login, half.locale, half, token))
        me, token = await access.agent_of(request), access.cookies.read(request, SESSION)
        if me is None or token is None:
            return None
        if not access.fresh(me, FRESH_MINUTES):
            return "again"
        return await self._unless_enrolled(_Who(me.agent_id, me.login, me.locale, None, token))

    async def _unless_enrolled(self, who: _Who) -> _Who | None:
        found = await self.pages.access.store.read(lambda c: agent_accounts.get(c, who.agent_id))
        return who if found is not None and found.totp_since is None else None

    async def _submitted(self, request: Request, who: _Who) -> Response:
        fields = await self.pages.form(request)
        after, code = local_path(fields.get(NEXT)), fields.get("code", "")[:100]
        enrolment, codes = self._offered(who), second_factor.new_codes()
        if not await self.pages.access.store.write(lambda c: self._enrol(c, who, enrolment, code, codes)):
            return self._form(request, who, after, reason="wrong_code")
        answer = self.pages.access.pages.answer(
            "desk/recovery_codes.html",
            self.pages.access.locale_of(request, who.locale),
            headers=DESK_PAGE,
            codes=codes,
            after=after,
        )
        if who.half is None:
            return answer
        let_in = await self.pages.second_factor(request, who.half, "enrolled", answer)
        return let_in or see_other(log_in_path(after))

    def _enrol(
        self, connection: sa.Connection, who: _Who, enrolment: Enrolment, code: str, codes: tuple[str, ...]
    ) -> bool:
        """Store the factor, its recovery codes and an audit line; False for a wrong code, or where one is enrolled."""
        key, now = self.pages.server_key, self.pages.access.clock.now()
        if not second_factor.enrol(
            connection, agent_id=who.agent_id, enrolment=enrolment, code=code, server_key=key, now=now
        ):
            return False
        second_factor.replace_recovery_codes(connection, agent_id=who.agent_id, codes=codes, server_key=key)
        audit.note(connection, agent_id=who.agent_id, what="second_factor_enrolled", at=now)
        return True

    def _offered(self, who: _Who) -> Enrolment:
        return second_factor.offer_secret(self.pages.server_key, who.token)

    def _form(self, request: Request, who: _Who, after: str, *, reason: str | None = None) -> Response:
        enrolment = self._offered(who)
        return self.pages.page(
            request,
            "desk/second_factor.html",
            locale=who.locale,
            after=after,
            reason=reason,
            groups=enrolment.groups,
            qr=svg(enrolment.address(who.login, self.pages.access.pages.site.seller), "M"),
        )
