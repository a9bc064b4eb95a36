"""An agent's own account: `/desk/profile`, and `/desk/password/{token}`, the one-time page that sets a password."""

from collections.abc import Mapping
from secrets import token_urlsafe

import sqlalchemy as sa
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.handlers.console.access import SignedIn
from bot.handlers.console.log_in import LogInPages, minutes_of
from bot.handlers.console.page_requests import form_of, see_other
from bot.usecases.accounts import passwords
from bot.usecases.accounts.page_results import PageText
from bot.web.guard import RequestTurnedAway, same_origin
from bot.web.page_texts import LOCALES
from bot.web.pages import Site
from bot.web.policy import SECRET_PAGE
from services.agents import agent_accounts, audit, password_links, second_factor, telegram
from services.agents.agent_accounts import Agent
from services.agents.log_in import Held
from values.password import DEFAULT
from values.private import Secret

_PROFILE = "/desk/profile"
_LANGUAGES = {"pl": "Polski", "it": "Italiano", "en": "English"}
_DONE = ("password", "language", "second_factor")
FRESH_MINUTES = 10


def routes(pages: LogInPages, *, with_telegram: bool) -> list[Route]:
    """Return the pages and their forms. `with_telegram`: agents have a group there, and the profile gives its code."""
    page, guarded = _Profile(pages, with_telegram), pages.access.guarded
    of_group = [Route(f"{_PROFILE}/telegram", guarded(page.telegram_code, fresh=FRESH_MINUTES), methods=["POST"])]
    return [
        *(of_group if with_telegram else []),
        Route("/desk/password/{token}", pages.access.answering(_PasswordLink(pages).page), methods=["GET", "POST"]),
        Route(_PROFILE, guarded(page.page)),
        Route(f"{_PROFILE}/password", guarded(page.password), methods=["POST"]),
        Route(f"{_PROFILE}/language", guarded(page.language), methods=["POST"]),
        Route(f"{_PROFILE}/recovery-codes", guarded(page.codes, fresh=FRESH_MINUTES), methods=["POST"]),
    ]


class _Profile(Struct, frozen=True):
    pages: LogInPages
    with_telegram: bool

    async def page(self, request: Request, me: SignedIn) -> Response:
        return await self._shown(request, me)

    async def password(self, request: Request, me: SignedIn) -> Response:
        fields, access = await form_of(request), self.pages.access
        tried = await self.pages.log_ins.password(
            me.login,
            Secret(fields.get("old_password", "")[:1024]),
            access.address_of(request),
            access.cookies.device(request, me.login),
        )
        if isinstance(tried, Held):
            return await self._shown(request, me, wait=tried)
        problems = password_problems(fields, me.login, me.name, access.pages.site.seller)
        if reasons := problems if tried is not None else (PageText("wrong_password", {}),):
            return await self._shown(request, me, reasons)
        hashed = await self.pages.log_ins.hasher.hash(fields["password"])

        def work(connection: sa.Connection) -> Agent | None:
            agent_accounts.set_password(connection, me.agent_id, hashed)
            access.record(connection, me, "password_set", how="profile")
            return agent_accounts.get(connection, me.agent_id)

        changed = await access.store.write(work)
        answer = _done("password")
        return answer if changed is None else await self.pages.go_on_as(request, answer, changed, "new password")

    async def language(self, request: Request, me: SignedIn) -> Response:
        chosen = (await form_of(request)).get("locale", "")
        if chosen in LOCALES:
            await self.pages.access.store.write(lambda c: agent_accounts.set_locale(c, me.agent_id, chosen))
        return _done("language")

    async def codes(self, request: Request, me: SignedIn) -> Response:
        codes, key, access = second_factor.new_codes(), self.pages.server_key, self.pages.access

        def work(connection: sa.Connection) -> bool:
            found = agent_accounts.get(connection, me.agent_id)
            if found is None or found.totp_since is None:
                return False
            second_factor.replace_recovery_codes(connection, agent_id=me.agent_id, codes=codes, server_key=key)
            access.record(connection, me, "recovery_codes_made")
            return True

        if not await access.store.write(work):
            return see_other("/desk/second-factor")
        return access.page(request, me, "desk/recovery_codes.html", codes=codes, after=_PROFILE)

    async def telegram_code(self, request: Request, me: SignedIn) -> Response:
        """Issue the code by which an agent tells the bot which Telegram account is theirs."""
        code, access = new_telegram_code(), self.pages.access

        def work(connection: sa.Connection) -> None:
            telegram.issue(connection, code=code, agent_id=me.agent_id, now=access.clock.now())
            access.record(connection, me, "telegram_code_made")

        await access.store.write(work)
        minutes = int(telegram.LIFETIME.total_seconds() // 60)
        return access.page(request, me, "desk/telegram_code.html", code=code, minutes=minutes)

    async def _shown(
        self, request: Request, me: SignedIn, reasons: tuple[PageText, ...] = (), wait: Held | None = None
    ) -> Response:
        def look(connection: sa.Connection) -> tuple[Agent | None, int]:
            left = second_factor.recovery_codes_left(connection, me.agent_id)
            return agent_accounts.get(connection, me.agent_id), left

        agent, left = await self.pages.access.store.read(look)
        done = request.query_params.get("done")
        answer = self.pages.access.page(
            request,
            me,
            "desk/profile.html",
            status=429 if wait is not None else 422 if reasons else 200,
            agent=agent,
            left=left,
            reasons=reasons,
            minutes=minutes_of(wait),
            criteria=password_criteria(),
            languages=_LANGUAGES,
            telegram=self.with_telegram,
            done=done if done in _DONE else None,
        )
        answer.headers.update({} if wait is None else {"retry-after": str(wait.retry_after)})
        return answer


def _done(done: str) -> Response:
    return see_other(f"{_PROFILE}?done={done}")


def new_telegram_code() -> str:
    """Return a code that can't be guessed: 22 characters, 128 bits."""
    return token_urlsafe(16)


def password_criteria() -> tuple[PageText, ...]:
    """Return the criteria of a good password, as the pages show them."""
    return passwords.list_criteria(DEFAULT)


def password_problems(fields: Mapping[str, str], *context: str) -> tuple[PageText, ...]:
    """Return why the passwords of `password` and `password_repeat` won't do; nothing if they do."""
    typed, again = fields.get("password", ""), fields.get("password_repeat", "")
    if not typed or not again:
        return (PageText("missing", {}),)
    reasons = passwords.list_refusal_reasons(typed, DEFAULT, context)
    return reasons if typed == again else (*reasons, PageText("differ", {}))


class _PasswordLink(Struct, frozen=True):
    """The page of a one-time link: it needs no cookie, GET changes nothing; used, old and unknown look the same."""

    pages: LogInPages

    async def page(self, request: Request) -> Response:
        token = str(request.path_params["token"])
        agent = await self.pages.access.store.read(lambda c: self._whose(c, token))
        if agent is None:
            return self._answer(request, "desk/password_gone.html", 410)
        return self._form(request, agent) if request.method != "POST" else await self._submitted(request, token, agent)

    def _whose(self, connection: sa.Connection, token: str) -> Agent | None:
        agent_id = password_links.find_link_agent(connection, token, self.pages.access.clock.now())
        return agent_accounts.get(connection, agent_id) if agent_id is not None else None

    async def _submitted(self, request: Request, token: str, agent: Agent) -> Response:
        access = self.pages.access
        _from_here(request, access.pages.site)
        if self.pages.flood.wait(token, access.address_of(request)):
            raise RequestTurnedAway(429, "too_many")
        fields = await form_of(request)
        if reasons := password_problems(fields, agent.login, agent.name, access.pages.site.seller):
            return self._form(request, agent, reasons)
        hashed = await self.pages.log_ins.hasher.hash(fields["password"])

        def work(connection: sa.Connection) -> Agent | None:
            now = access.clock.now()
            if password_links.use(connection, token, now) != agent.id:
                return None
            agent_accounts.set_password(connection, agent.id, hashed)
            audit.note(connection, agent_id=agent.id, what="password_set", at=now, details={"how": "link"})
            return agent_accounts.get(connection, agent.id)

        done = await access.store.write(work)
        if done is None:
            return self._answer(request, "desk/password_gone.html", 410)
        answer = self._answer(request, "desk/password_done.html", 200)
        # An attacker who has this login delayed must not keep its owner out.
        self.pages.know(request, answer, done)
        return answer

    def _form(self, request: Request, agent: Agent, reasons: tuple[PageText, ...] = ()) -> Response:
        criteria = password_criteria()
        status = 422 if reasons else 200
        return self._answer(
            request, "desk/password.html", status, login=agent.login, reasons=reasons, criteria=criteria
        )

    def _answer(self, request: Request, template: str, status: int, **values: object) -> Response:
        access = self.pages.access
        return access.pages.answer(template, access.locale_of(request), status=status, headers=SECRET_PAGE, **values)


def _from_here(request: Request, site: Site) -> None:
    """Check the origin as `same_origin` does.

    These pages send no referrer (their address is a secret), so browsers name no origin.
    """
    if request.headers.get("origin") != "null" or request.headers.get("sec-fetch-site") != "same-origin":
        same_origin(request, site)
