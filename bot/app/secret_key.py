"""The desk's signing key: given, or made once for the sandbox. All processes on one database have the same.

Codes, links and tokens are derived from it, so a process with another key wouldn't know what the others gave out.
While one key replaces another, both are given, the new one first.
"""

import hashlib
import os
import secrets
import tempfile
from datetime import datetime
from pathlib import Path

import structlog
from pydantic import SecretStr

from bot.app.settings import SHORTEST, Settings
from services import key_change
from services.keyed_hash import ServerKey
from services.store.database import Store
from services.store.installation_rows import agree

_log = structlog.get_logger(__name__)

NAME = "secret.key"
MADE = "sandbox_key"
"""The row of the table `installation` that holds a made key."""


class AnotherKey(Exception):
    """The database was used with another key; the message says what to do."""


async def key_of(settings: Settings, store: Store, now: datetime) -> ServerKey:
    """Return the key of this installation. Raises AnotherKey, StoreUnavailable."""
    key = read_given_key(settings)
    if key is None:
        return ServerKey((await _made(settings.data_dir, store)).encode())
    if not settings.sandboxed:
        taken = await store.write(lambda connection: key_change.take_key(connection, key, now))
        if not taken:
            raise AnotherKey(f"{ANOTHER}: {UNKNOWN}. {REMEDY}")
        if key.former:
            needs = await store.read(lambda connection: key_change.list_former_key_needs(connection, key, now))
            _log.info("former_secret_key", needed_by=list(needs.told()))
    return key


def read_given_key(settings: Settings) -> ServerKey | None:
    """Return the key and those that it replaces, as they were set; None where none was."""
    keys = [_long(key) for key in settings.secret_keys]
    return ServerKey(*keys) if keys else None


def _long(secret: SecretStr) -> bytes:
    """Nothing is derived from a short key; the sandbox takes any all the same."""
    key = secret.get_secret_value().encode()
    return key if len(key) >= SHORTEST else hashlib.sha256(key).digest()


async def _made(folder: Path, store: Store) -> str:
    """For the sandbox only. Beside others it is kept in the database: their data folders may differ."""
    if store.exclusive:
        return load_or_make(folder)
    # A desk that ran on this folder by itself keeps the key that its links were made with.
    earlier = folder / NAME
    proposed = earlier.read_text(encoding="ascii").strip() if earlier.exists() else _random()
    return await store.write(lambda connection: agree(connection, MADE, proposed))


ANOTHER = "OKIENKO_SECRET_KEY isn't the one that this database was used with"
UNKNOWN = "codes, links and tokens that were given out would be unknown"
REMEDY = (
    "All processes on one database need the same key. To replace it, set both with a comma, the new one first; if the "
    "former one is lost, stop all processes and say `okienko db keys --lost` (docs/how-to/replace-a-secret.md)"
)


def load_or_make(folder: Path) -> str:
    """Return the key kept in `folder`, made on the first call; two processes that make it at once agree on one.

    The file is readable by its owner only.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / NAME
    if not kept.exists():
        _make(kept)
    return kept.read_text(encoding="ascii").strip()


def _random() -> str:
    return secrets.token_urlsafe(48)


def _make(kept: Path) -> None:
    # A file made by mkstemp has mode 0600; the link appears with its whole content or not at all.
    handle, name = tempfile.mkstemp(dir=kept.parent)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(_random())
        os.link(name, kept)
    except FileExistsError:
        pass  # another process was first: its key is read
    finally:
        Path(name).unlink()
