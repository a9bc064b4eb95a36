"""`/desk/profile`: an agent's own password, language, second factor and recovery codes."""

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.handlers.console import new_password
from bot.handlers.console.door import SignedIn
from bot.handlers.console.entry import LogInPages
from bot.handlers.console.forms import form_of
from bot.handlers.console.log_in import held, minutes_of
from bot.usecases.accounts.page_results import PageText
from bot.web.policy import DESK_PAGE
from bot.web.words import LOCALES
from services.agents import accounts, audit, second_factor
from services.agents.accounts import Agent
from services.agents.log_in import Held
from values.secret import Secret

_PROFILE = "/desk/profile"
_LANGUAGES = {"pl": "Polski", "it": "Italiano", "en": "English"}
_DONE = ("password", "language", "second_factor")
_FRESH_MINUTES = 10


def routes(entry: LogInPages, *, telegram: bool = False) -> list[Route]:
    """Return the page and its forms. `telegram`: agents have a group there, and the page leads to how one joins it."""
    page, guarded = _Profile(entry, telegram), entry.door.guarded
    return [
        Route(_PROFILE, guarded(page.page)),
        Route(f"{_PROFILE}/password", guarded(page.password), methods=["POST"]),
        Route(f"{_PROFILE}/language", guarded(page.language), methods=["POST"]),
        Route(f"{_PROFILE}/recovery-codes", guarded(page.codes, fresh=_FRESH_MINUTES), methods=["POST"]),
    ]


class _Profile:
    """One's own account."""

    def __init__(self, entry: LogInPages, telegram: bool) -> None:
        self._entry = entry
        self._telegram = telegram

    async def page(self, request: Request, me: SignedIn) -> Response:
        return await self._shown(request, me)

    async def password(self, request: Request, me: SignedIn) -> Response:
        fields, door = await form_of(request), self._entry.door
        tried = await self._entry.log_ins.password(
            me.login,
            Secret(fields.get("old_password", "")[:1024]),
            door.address_of(request),
            door.cookies.device(request, me.login),
        )
        if isinstance(tried, Held):
            return held(await self._shown(request, me, wait=tried, status=429), tried)
        if tried is None:
            return await self._shown(request, me, reasons=(PageText("wrong_password", {}),), status=422)
        if reasons := new_password.refused(fields, me.login, me.name, door.pages.site.seller):
            return await self._shown(request, me, reasons=reasons, status=422)
        hashed = await self._entry.log_ins.hasher.hash(fields["password"])

        def work(connection: sa.Connection) -> Agent | None:
            accounts.set_password(connection, me.agent_id, hashed)
            at = door.clock.now()
            audit.note(connection, agent_id=me.agent_id, what="password_set", at=at, details={"how": "profile"})
            return accounts.get(connection, me.agent_id)

        changed = await door.store.write(work)
        answer = _back("password")
        return answer if changed is None else await self._entry.go_on_as(request, answer, changed, "new password")

    async def language(self, request: Request, me: SignedIn) -> Response:
        chosen = (await form_of(request)).get("locale", "")
        if chosen in LOCALES:
            await self._entry.door.store.write(lambda c: accounts.set_locale(c, me.agent_id, chosen))
        return _back("language")

    async def codes(self, request: Request, me: SignedIn) -> Response:
        codes, key, door = second_factor.new_codes(), self._entry.server_key, self._entry.door

        def work(connection: sa.Connection) -> bool:
            found = accounts.get(connection, me.agent_id)
            if found is None or found.totp_since is None:
                return False
            second_factor.replace_recovery_codes(connection, agent_id=me.agent_id, codes=codes, server_key=key)
            audit.note(connection, agent_id=me.agent_id, what="recovery_codes_made", at=door.clock.now())
            return True

        if not await door.store.write(work):
            return RedirectResponse("/desk/second-factor", 303, headers=DESK_PAGE)
        return door.page(request, me, "desk/recovery_codes.html", codes=codes, after=_PROFILE)

    async def _shown(
        self,
        request: Request,
        me: SignedIn,
        *,
        reasons: tuple[PageText, ...] = (),
        wait: Held | None = None,
        status: int = 200,
    ) -> Response:
        def look(connection: sa.Connection) -> tuple[Agent | None, int]:
            return accounts.get(connection, me.agent_id), second_factor.recovery_codes_left(connection, me.agent_id)

        agent, left = await self._entry.door.store.read(look)
        done = request.query_params.get("done")
        return self._entry.door.page(
            request,
            me,
            "desk/profile.html",
            status=status,
            agent=agent,
            left=left,
            reasons=reasons,
            minutes=minutes_of(wait),
            criteria=new_password.criteria(),
            languages=_LANGUAGES,
            telegram=self._telegram,
            done=done if done in _DONE else None,
        )


def _back(done: str) -> Response:
    return RedirectResponse(f"{_PROFILE}?done={done}", 303, headers=DESK_PAGE)
