"""What makes a desk's start quick in tests that start hundreds: what comes out the same each time is made once."""

import contextlib
import shutil
from collections.abc import Awaitable, Callable, Generator
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch

import jinja2
import sqlalchemy as sa
from argon2 import PasswordHasher as Argon2

from bot import profile
from bot.app import ready
from bot.handlers.telegram import channel
from bot.usecases.privacy.housekeeping import Housekeeping
from services.accounts import credentials
from services.jobs import queue_engine
from services.store import migrate
from services.store.database import parse_url
from tests.desk import mortal

T = TypeVar("T")
#: How many of the first starts do what needn't be done each time: enough to die at each of its points.
FEW = 12


Quick = tuple[tuple[Any, str, Any], ...]


def made_once(template: Path) -> Quick:
    """What to put where: a profile is loaded once, its questions are indexed once, a new SQLite file is a copy of
    `template` (made when it isn't there), a password is hashed in no time, a page's template is compiled
    once, and so is a statement."""
    return (
        (ready, "load", cache(profile.load)),
        (profile.Profile, "questions", _by_identity(profile.Profile.questions)),
        (migrate, "upgrade", _copied(migrate.upgrade, template)),
        (credentials, "Argon2", _light),
        (jinja2.Environment, "compile", _compiled_once(jinja2.Environment.compile)),
        (sa.Engine, "_compiled_cache", _shared_statements()),
    )


@contextlib.contextmanager
def in_place(quick: Quick) -> Generator[None]:
    """While it lasts the quick ones stand where the others did."""
    with contextlib.ExitStack() as stack:
        for owner, name, other in quick:
            stack.enter_context(patch.object(owner, name, other, create=True))
        yield


@contextlib.contextmanager
def quick_starts() -> Generator[None]:
    """Besides, for one desk that begins again and again: its settings are read and the schema is looked at once;
    housekeeping and the bot's menu are left out after the first dozen. Jobs of dead processes are looked for when a
    desk begins, not up to two seconds later."""
    with in_place(
        (
            (migrate, "upgrade", _once(migrate.upgrade)),
            (Housekeeping, "start", _few_times(Housekeeping.start, lambda _self: None)),
            (channel, "set_menu", _few_times(channel.set_menu, _nothing)),
            (mortal, "Settings", cache(mortal.Settings)),
            (queue_engine, "POLL_S", 0.1),
            (queue_engine.QueueWorker, "start", _reaps_first(queue_engine.QueueWorker.start)),
        )
    ):
        yield


def _by_identity(make: Callable[[Any], T]) -> Callable[[Any], T]:
    made: dict[int, tuple[Any, T]] = {}  # with what it was made of: no other one gets its identity

    def known(of: Any) -> T:
        if id(of) not in made:
            made[id(of)] = of, make(of)
        return made[id(of)][1]

    return known


def _copied(upgrade: Callable[..., None], template: Path) -> Callable[..., None]:
    def copied(url: str, *revision: str) -> None:
        parsed = parse_url(url)
        file = Path(str(parsed.database))
        if parsed.drivername != "sqlite" or revision or file.exists():
            upgrade(url, *revision)
            return
        if not template.exists():
            upgrade(f"sqlite:///{template}")
        shutil.copy(template, file)

    return copied


def _once(upgrade: Callable[..., None]) -> Callable[..., None]:
    done: set[tuple[Any, ...]] = set()

    def once(*what: Any) -> None:
        if what not in done:
            upgrade(*what)
            done.add(what)

    return once


def _few_times(do: Callable[..., T], then: Callable[..., T]) -> Callable[..., T]:
    left = FEW

    def maybe(*args: Any) -> T:
        nonlocal left
        left -= 1
        return (do if left >= 0 else then)(*args)

    return maybe


async def _nothing(*_args: Any) -> None:
    """What was said to Telegram holds until it is said again."""


def _reaps_first(start: Callable[[Any], Awaitable[None]]) -> Callable[[Any], Awaitable[None]]:
    async def started(worker: Any) -> None:
        await start(worker)
        await worker._reaped(0)

    return started


def _light(**_figures: int) -> Argon2:
    return Argon2(time_cost=1, memory_cost=8, parallelism=1)


def _compiled_once(compiling: Callable[..., Any]) -> Callable[..., Any]:
    """Our environments differ in nothing that a compiled template knows of."""
    made: dict[tuple[Any, ...], Any] = {}

    def compiled(environment: jinja2.Environment, *of: Any, **more: Any) -> Any:
        key = (*of, *sorted(more.items()))
        if key not in made:
            made[key] = compiling(environment, *of, **more)
        return made[key]

    return compiled


class _Statements(dict[Any, Any]):
    """Compiled statements by all of their key but its first part, the engine's own dialect."""

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        return super().get(key[1:], default)

    def __setitem__(self, key: tuple[Any, ...], compiled: Any) -> None:
        super().__setitem__(key[1:], compiled)


def _shared_statements() -> property:
    """Instead of each engine's own: engines of one kind that write JSON alike compile alike."""
    made: dict[tuple[Any, ...], _Statements] = {}

    def of(engine: sa.Engine) -> _Statements:
        dialect: Any = engine.dialect
        return made.setdefault((type(dialect), dialect._json_serializer, dialect._json_deserializer), _Statements())

    def own(engine: sa.Engine, cache: Any) -> None:
        vars(engine)["_compiled_cache"] = cache  # for afterwards

    return property(of, own)
