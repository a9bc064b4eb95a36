"""`okienko agent …`: who may open `/desk`. Works on the desk's own database, which may be at work meanwhile."""

import asyncio
import re
import sys
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, TypeVar
from uuid import uuid4

import sqlalchemy as sa
import typer

from bot.app.settings import Settings
from bot.cli import refuse
from bot.cli.database import desks_time, in_store
from bot.handlers.console import own_account
from bot.handlers.console.cookies import new_token
from bot.usecases.agents.acts import release_all_of
from bot.web.page_texts import words
from services.accounts.credentials import Argon2Hasher
from services.agents import agent_accounts, audit, identities, password_links, second_factor, sessions, telegram
from services.store.database import Store
from values import email as emails
from values.incoming_text import clean
from values.parsing import Ok

T = TypeVar("T")
Work = Callable[[sa.Connection, datetime], T]
_LOGIN = re.compile(r"[\w.@+-]{2,100}")
_LONGEST_NAME = 60

app = typer.Typer(help="Who may open /desk: accounts of those who answer customers.", no_args_is_help=True)


class RoleName(StrEnum):
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"

    @property
    def role(self) -> agent_accounts.Role:
        return self.value


Login = Annotated[str, typer.Argument(help="The agent's login.")]
Email = Annotated[str | None, typer.Option("--email", help="Address at the identity provider, for single sign-on.")]
Stdin = Annotated[bool, typer.Option("--password-stdin", help="Read a password from standard input; print no link.")]


@app.command("add")
def add(
    login: Login,
    name: Annotated[str, typer.Option("--name", help="What customers read: a first name, mostly.")],
    role: Annotated[RoleName, typer.Option("--role", help="What the agent may do.")] = RoleName.AGENT,
    email: Email = None,
    password_stdin: Stdin = False,
) -> None:
    """Make an account and print a link, valid for a day and once, on which the agent sets a password."""
    login, shown, address = _login(login), _name(name), _email(email)
    hashed = _hashed(login, shown) if password_stdin else None
    agent_id, token = uuid4().hex, new_token()

    def work(connection: sa.Connection, now: datetime) -> bool:
        made = agent_accounts.add(
            connection,
            agent_id=agent_id,
            login=login,
            name=shown,
            role=role.role,
            now=now,
            email=address,
            password_hash=hashed,
        )
        if made:
            _note(connection, "agent_added", agent_id, now, role=role.value)
            if hashed is None:
                password_links.issue(connection, token=token, agent_id=agent_id, now=now)
        return made

    if not _done(work):
        refuse("there is an agent with this login or e-mail already")
    typer.echo(f"added: {login} ({role.value})")
    if hashed is None:
        _say_link(token)


@app.command("list")
def list_agents() -> None:
    """Print all accounts: login, name, role, second factor, whether it is let in."""
    agents = _done(lambda connection, _now: agent_accounts.list_agents(connection))
    for agent in agents:
        told = [agent.login, agent.name, agent.role]
        told += ["second factor"] if agent.totp_since else ["password only"] if agent.password_hash else []
        told += [agent.email] if agent.email else []
        told += ["disabled"] if agent.disabled_at else []
        told += ["no password yet"] if agent.password_hash is None else []
        typer.echo(" · ".join(told))


@app.command("change")
def change(
    login: Login,
    name: Annotated[str | None, typer.Option("--name", help="What customers read from now on.")] = None,
    role: Annotated[RoleName | None, typer.Option("--role", help="What the agent may do; logs the agent out.")] = None,
    email: Email = None,
) -> None:
    """Change an account's name, role or e-mail."""
    shown, address = _name(name) if name is not None else None, _email(email)

    def work(connection: sa.Connection, now: datetime) -> bool:
        agent = _known(connection, login)
        if address is not None and not agent_accounts.set_email(connection, agent.id, address):
            return False
        if shown is not None:
            agent_accounts.rename(connection, agent.id, shown)
        if role is not None and (had := agent_accounts.set_role(connection, agent.id, role.role)) is not None:
            _note(connection, "role_changed", agent.id, now, **{"how": "command", "from": had, "to": role.role})
        if shown is not None or address is not None:
            _note(connection, "agent_changed", agent.id, now)
        return True

    if not _done(work):
        refuse("another agent has this e-mail")
    typer.echo(f"changed: {login}")


@app.command("disable")
def disable(login: Login) -> None:
    """Let an agent in no more: log-ins end at once, conversations go back into the queue."""

    def work(connection: sa.Connection, now: datetime) -> bool:
        agent = _known(connection, login)
        disabled = agent_accounts.disable(connection, agent.id, now)
        if disabled:
            release_all_of(connection, agent.id, now)
            _note(connection, "agent_disabled", agent.id, now)
        return disabled

    typer.echo(f"disabled: {login}" if _done(work) else f"{login} was disabled already")


@app.command("enable")
def enable(login: Login) -> None:
    """Let a disabled agent in again, with the password and second factor of before."""

    def work(connection: sa.Connection, now: datetime) -> bool:
        agent = _known(connection, login)
        if agent.sandbox:
            raise _Refused("the sandbox's agents are let in by the sandbox only: everybody knows their password")
        enabled = agent_accounts.enable(connection, agent.id)
        if enabled:
            _note(connection, "agent_enabled", agent.id, now)
        return enabled

    typer.echo(f"enabled: {login}" if _done(work) else f"{login} wasn't disabled")


@app.command("password")
def password(login: Login, password_stdin: Stdin = False) -> None:
    """Print a link on which the agent sets another password; the old one holds until then."""
    hashed = _hashed(login) if password_stdin else None
    token = new_token()

    def work(connection: sa.Connection, now: datetime) -> None:
        agent = _known(connection, login)
        if hashed is not None:
            agent_accounts.set_password(connection, agent.id, hashed)
            _note(connection, "password_set", agent.id, now, how="command")
            return
        password_links.issue(connection, token=token, agent_id=agent.id, now=now)
        _note(connection, "password_link_made", agent.id, now)

    _done(work)
    if hashed is None:
        _say_link(token)
    else:
        typer.echo(f"the password of {login} is set")


@app.command("reset-second-factor")
def reset_second_factor(login: Login) -> None:
    """Forget an agent's authenticator app and recovery codes: the next log-in sets them up anew."""
    _reset(login, second_factor.remove, "second_factor_reset")
    typer.echo(f"no second factor: {login}")


@app.command("reset-single-sign-on")
def reset_single_sign_on(login: Login) -> None:
    """Forget the provider's id of an agent: the next single sign-on links the account anew, by its e-mail."""
    _reset(login, identities.forget, "identity_reset")
    typer.echo(f"not linked: {login}")


@app.command("telegram")
def telegram_code(login: Login) -> None:
    """Print a code that the agent sends to the bot: that Telegram account is theirs from then on."""
    code = own_account.new_telegram_code()

    def work(connection: sa.Connection, now: datetime) -> None:
        agent = _known(connection, login)
        telegram.issue(connection, code=code, agent_id=agent.id, now=now)
        _note(connection, "telegram_code_made", agent.id, now)

    _done(work)
    typer.echo(f"/join {code}")
    minutes = int(telegram.LIFETIME.total_seconds() // 60)
    typer.echo(f"To be sent to the bot, within {minutes} minutes and once: give it to the agent only.", err=True)


class _Refused(ValueError):
    """Told on standard error; nothing was changed."""


def _known(connection: sa.Connection, login: str) -> agent_accounts.Agent:
    found = agent_accounts.by_login(connection, login)
    if found is None:
        raise _Refused("no such agent")
    return found


def _note(connection: sa.Connection, what: str, agent_id: str, now: datetime, **details: str) -> None:
    """Record a command of the command line in the audit log, without an agent."""
    audit.note(connection, agent_id=None, what=what, at=now, details={"of": agent_id, **details})


def _login(login: str) -> str:
    if _LOGIN.fullmatch(login.strip()) is None:
        refuse("a login has 2 to 100 letters, digits and signs of . @ + - _")
    return login.strip()


def _name(name: str) -> str:
    shown = clean(name).text.strip()
    if not shown or "\n" in shown or len(shown) > _LONGEST_NAME:
        refuse(f"a name has 1 to {_LONGEST_NAME} characters, in one line")
    return shown


def _email(email: str | None) -> str | None:
    if email is None:
        return None
    parsed = emails.parse(email)
    if not isinstance(parsed, Ok):
        refuse("that isn't an e-mail address")
    return parsed.value


def _hashed(*context: str) -> str:
    """Return the hash of the line on standard input."""
    typed = sys.stdin.readline().rstrip("\r\n")
    reasons = own_account.password_problems({"password": typed, "password_repeat": typed}, *context)
    if reasons:
        told = words("en")
        refuse(" ".join(told.get(f"reasons.{reason.key}", "reasons.other", reason.values) for reason in reasons))
    return asyncio.run(Argon2Hasher().hash(typed))


def _say_link(token: str) -> None:
    typer.echo(f"{Settings().base_url}/desk/password/{token}")
    typer.echo("It sets the password, within 24 hours and once: give it to the agent and to nobody else.", err=True)


def _reset(login: str, forget: Callable[[sa.Connection, str], object], what: str) -> None:
    """Forget something by which the agent logs in, and end the log-ins that it gave."""

    def work(connection: sa.Connection, now: datetime) -> None:
        agent = _known(connection, login)
        forget(connection, agent.id)
        sessions.end_all(connection, agent.id)
        _note(connection, what, agent.id, now)

    _done(work)


def _done(work: Work[T]) -> T:
    async def written(store: Store) -> T:
        now = await desks_time(store)
        return await store.write(lambda connection: work(connection, now))

    return in_store(Settings(), written)
