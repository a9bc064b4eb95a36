"""Preparation of a desk: its profile, its database, its presence there, its port; once, for any number of processes.

Kept apart from `serve`, so that a process that only supervises workers doesn't load a whole desk.
"""

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncGenerator
from errno import EADDRINUSE
from importlib import import_module
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from bot.app.providers import needed_providers
from bot.app.settings import Settings, page_on
from bot.app.unsafe_settings import list_misplaced_settings, unsafe
from bot.profile import Profile, load
from sandbox.payments import KNOWN_SECRETS
from services.store import migrate
from services.store.database import Store, parse_url
from services.store.installation_rows import agree, read_value
from services.store.restored import skip_in_restored_database

SELLER = "profile"
"""The row of the table `installation` that holds the seller's id."""


class AnotherSeller(Exception):
    """The database belongs to another seller; the message says what to do."""


def refuse_another(settings: Settings, seller: str) -> None:
    """Look whose the database is before anything is done to it, its schema included. Raises AnotherSeller.

    A desk of another seller would speak to this one's customers, in its own words and at its own prices.
    """
    url = parse_url(settings.database)
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
        return
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            owner = read_value(connection, SELLER) if sa.inspect(connection).has_table("installation") else None
    except DBAPIError:
        return  # whoever brings the schema up says what is wrong with the database
    finally:
        engine.dispose()
    _compare(settings, owner, seller)


async def claim(settings: Settings, store: Store, seller: str) -> None:
    """Write the seller's id, unless the database has one; of two that start at once the first has it.

    No number is given again in a database that was restored. Raises AnotherSeller, StoreUnavailable.
    """
    _compare(settings, await store.write(lambda connection: agree(connection, SELLER, seller)), seller)
    await store.write(skip_in_restored_database)


def _compare(settings: Settings, owner: str | None, seller: str) -> None:
    if owner is None or owner == seller:
        return
    what = f"the database belongs to the seller `{owner}`, and this profile's id is `{seller}`"
    raise AnotherSeller(f"{what}. {remedy(settings, seller)}")


def remedy(settings: Settings, seller: str) -> str:
    """Say what to do about a database of another seller's."""
    if settings.sandboxed and settings.database_url is None:
        return f"To try another seller give it a data folder of its own: OKIENKO_DATA_DIR=data/{seller}"
    return (
        "Set this seller's own database in OKIENKO_DATABASE_URL. If it is the same seller under a new id, stop all its "
        f"processes and say `okienko db profile {seller}`"
    )


class NotReady(Exception):
    """The desk can't start as it is set; the message says what to do."""


def stop_asked() -> asyncio.Event:
    """Set by SIGTERM or SIGINT."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopping.set)
    return stopping


def say_where(profile: Profile, base_url: str) -> None:
    """Print the line that tells where the desk listens."""
    print(f"Okienko: {profile.seller.name} at {base_url}/", flush=True)


def profile_of(settings: Settings) -> Profile:
    """Return the seller's profile. Raises ProfileErrors, and NotReady where settings are unsafe or missing."""
    profile = load(find_profile(settings.profile))
    if found := unsafe(settings, KNOWN_SECRETS):
        raise NotReady("these settings are unsafe:" + "".join(f"\n  {one}" for one in found))
    if found := list_misplaced_settings(settings, profile.brand.mail_sender):
        raise NotReady("these settings are of the wrong kind:" + "".join(f"\n  {one}" for one in found))
    if missing := settings.missing_for_live(needed_providers(profile)):
        told = "".join(f"\n  {name}: {page_on(name)}" for name in missing)
        raise NotReady(f"with the sandbox off these must be set; the page says where each comes from:{told}")
    return profile


async def prepare(settings: Settings, seller: str) -> None:
    """Make the folders and bring the schema up to date, unless another seller's. Raises NotReady, StoreError."""
    _make(settings.data_dir, mode=0o700)
    if settings.database.startswith("sqlite:///"):
        _make(Path(settings.database.removeprefix("sqlite:///")).parent)
    try:
        await asyncio.to_thread(refuse_another, settings, seller)
    except AnotherSeller as error:
        raise NotReady(str(error)) from None
    await asyncio.to_thread(migrate.upgrade, settings.database)


def _make(folder: Path, mode: int = 0o777) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=mode)
    except OSError as error:
        raise NotReady(
            f"the folder {folder} can't be made: {error.strerror}. Give the desk the right to it, or name another by "
            "OKIENKO_DATA_DIR"
        ) from None


@contextlib.asynccontextmanager
async def present(settings: Settings) -> AsyncGenerator[None]:
    """Keep this desk's place at the database: alone with a sandbox of its own, else beside others. Raises NotReady.

    On SQLite the file's own lock says who may.
    """
    url = parse_url(settings.database)
    if url.drivername == "sqlite":
        yield
        return
    # By name, since the driver behind it is an extra that a desk on SQLite does without.
    presence: Any = import_module("services.store.presence")
    place = presence.DatabasePresence(url, alone=settings.sandboxed and settings.sandbox_url is None)
    try:
        await place.enter()
    except presence.Crowded:
        raise NotReady(_CROWDED) from None
    try:
        yield
    finally:
        await place.leave()


_CROWDED = (
    "another desk works on this database, and one of the two has a sandbox of its own. Several desks on one database "
    "share one sandbox: start `okienko sandbox` and set OKIENKO_SANDBOX_URL to its address for each of them"
)


def base_url_of(settings: Settings, listening: socket.socket) -> str:
    """Return where the desk is reached; with port 0 the port that was found."""
    if settings.public_url or settings.port:
        return settings.base_url
    return f"http://127.0.0.1:{listening.getsockname()[1]}"


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket that says it is TCP.

    Asyncio turns Nagle's delay (40 ms an answer) off for such only.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host.strip("[]"), port))
        listening.listen(512)
    except OSError as error:
        listening.close()
        taken = ". Stop the program that has it, or choose another by OKIENKO_PORT" if error.errno == EADDRINUSE else ""
        raise NotReady(f"can't listen on {host} port {port}: {error.strerror}{taken}") from None
    return listening


def find_profile(profile: Path) -> Path:
    """Return the profile's folder: as given, or one of the shipped ones."""
    shipped = Path(__file__).parents[2] / profile
    return profile if profile.exists() or not shipped.exists() else shipped
