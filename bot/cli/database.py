"""The database that a command acts on: said before anything is done, and never made by the way."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import typer

from bot.app import secret_key
from bot.app.ready import find_profile
from bot.app.settings import Settings
from bot.cli import refuse
from bot.profile import Profile, ProfileErrors, load
from services.clock import SystemClock
from services.keyed_hash import ServerKey
from services.store import installation_rows, migrate
from services.store.database import Store, open_store, parse_url
from services.store.errors import StoreError

T = TypeVar("T")


def the_desks(settings: Settings) -> str:
    """Say on stderr which database it is, and return its address.

    Errors: ValueError for an address of another kind; StoreError where no desk has made a database there.
    """
    url = parse_url(settings.database)
    shown = url.set(drivername=url.get_backend_name()).render_as_string(hide_password=True)
    typer.echo(f"okienko: {shown}", err=True)
    on_file = url.get_backend_name() == "sqlite"
    if (on_file and not Path(str(url.database)).exists()) or migrate.current(settings.database) is None:
        raise StoreError(
            "no desk has made a database there. Give this command the desk's own settings (OKIENKO_DATA_DIR, "
            "OKIENKO_DATABASE_URL), or start the desk first"
        )
    return settings.database


def in_store(settings: Settings, work: Callable[[Store], Awaitable[T]]) -> T:
    """Run the work on the desk's database, at which the desk may be meanwhile; refuse where it can't be done."""

    async def run(address: str) -> T:
        store = open_store(address, engine=False)
        try:
            return await work(store)
        finally:
            await store.close()

    try:
        return asyncio.run(run(the_desks(settings)))
    except (StoreError, ValueError) as error:
        refuse(error)


async def desks_time(store: Store) -> datetime:
    """Return the desk's time, which the sandbox may have moved."""
    return SystemClock(await store.read(installation_rows.clock_offset)).now()


async def key_and_time(settings: Settings, store: Store) -> tuple[ServerKey, datetime]:
    """Return the desk's key and its time; refuse where the database was used with another key."""
    now = await desks_time(store)
    try:
        return await secret_key.key_of(settings, store, now), now
    except secret_key.AnotherKey as error:
        refuse(error)


def read_profile(folder: Path) -> Profile:
    """Return the seller's profile; refuse one with mistakes."""
    try:
        return load(find_profile(folder))
    except ProfileErrors as errors:
        refuse(errors)
