"""The desk's signing key: given, or made once for the sandbox. All processes on one database have the same.

Codes, links and tokens are derived from it, so a process with another key wouldn't know what the others gave out.
"""

import hashlib
import hmac
import os
import secrets
import tempfile
from pathlib import Path

from bot.settings import Settings
from bot.unsafe_settings import SHORTEST
from services.keyed_hash import keyed_hex
from services.store.agreed import agree
from services.store.database import Store

NAME = "secret.key"
MADE = "sandbox_key"
"""The row of the table `installation` that holds a made key."""
FINGERPRINT = "secret_key_fingerprint"
"""The row that tells a live desk whether it has the key that the database was used with."""


class AnotherKey(Exception):
    """The database was used with another key; the message says what to do."""


async def key_of(settings: Settings, store: Store) -> bytes:
    """The key of this installation. Raises AnotherKey, StoreUnavailable."""
    given = settings.secret_key
    if given is None:
        return (await _made(settings.data_dir, store)).encode()
    key = given.get_secret_value().encode()
    # Nothing is derived from a short key; the sandbox takes any all the same.
    key = key if len(key) >= SHORTEST else hashlib.sha256(key).digest()
    if not settings.sandboxed:
        await _compare(key, store)
    return key


async def _made(folder: Path, store: Store) -> str:
    """For the sandbox only. Beside others it is kept in the database: their data folders may differ."""
    if store.exclusive:
        return load_or_make(folder)
    # A desk that ran on this folder by itself keeps the key that its links were made with.
    earlier = folder / NAME
    proposed = earlier.read_text(encoding="ascii").strip() if earlier.exists() else _random()
    return await store.write(lambda connection: agree(connection, MADE, proposed))


async def _compare(key: bytes, store: Store) -> None:
    mark = keyed_hex(key, "fingerprint of the key")
    if not hmac.compare_digest(await store.write(lambda connection: agree(connection, FINGERPRINT, mark)), mark):
        raise AnotherKey(_ANOTHER)


_ANOTHER = (
    "OKIENKO_SECRET_KEY isn't the one that this database was used with: codes, links and tokens that were given out "
    "would be unknown. All processes on one database need the same key. If it was changed on purpose, stop all of them "
    f"and delete the row '{FINGERPRINT}' of the table installation"
)


def load_or_make(folder: Path) -> str:
    """The key kept in `folder`, made on the first call; two processes that make it at once agree on one.

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
