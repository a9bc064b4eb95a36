"""The common texts of a language as they were read, kept where Python keeps its compiled modules.

What is kept bears a digest of all it was made of and is never taken for anything else: neither after a change of the
TOML nor of what reads it. Nothing depends on it: what is missing, stale or broken is read from the TOML.
"""

import hashlib
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
import structlog
from msgspec import Struct

from bot.texts.text import Text

_log = structlog.get_logger(__name__)


class _Kept(Struct, frozen=True, array_like=True):
    digest: bytes
    texts: dict[str, Text]


_KEPT = msgspec.msgpack.Decoder(_Kept)


def texts_kept(
    folder: Path, sources: Sequence[Path], read: Callable[[], Mapping[str, Text]], *, write: bool | None = None
) -> Mapping[str, Text]:
    """Return the texts of a folder: as they are kept if that was made of these `sources`, else as they are read.

    `write`: keep what had to be read; None: where Python would write its own modules.
    """
    place, digest = folder / "__pycache__" / "texts.msgpack", _digest(sources)
    found, why = _found(place, digest)
    if found is not None:
        return found
    if structlog.is_configured():  # else it would be said among what a command prints
        _log.info("texts_read_anew", language=folder.name, kept=why)
    texts = read()
    if write or (write is None and not sys.dont_write_bytecode):
        with suppress(OSError):  # such as in a package that only its installer may write to
            _write(place, msgspec.msgpack.encode(_Kept(digest, dict(texts))))
    return texts


def _digest(sources: Sequence[Path]) -> bytes:
    made_of = hashlib.sha256()
    for path in sources:
        content = path.read_bytes()
        made_of.update(f"{path.name}\0{len(content)}\0".encode() + content)
    return made_of.digest()


def _found(place: Path, digest: bytes) -> tuple[Mapping[str, Text] | None, str]:
    """Return the texts, if they were made of what has this digest, and else what is wrong with them."""
    try:
        kept = _KEPT.decode(place.read_bytes())
    except OSError:
        return None, "missing"
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None, "broken"
    return (kept.texts, "") if kept.digest == digest else (None, "stale")


def _write(place: Path, content: bytes) -> None:
    """Write the whole file or nothing: several processes may do so at once."""
    place.parent.mkdir(exist_ok=True)
    beside = place.with_suffix(f".{os.getpid()}")
    try:
        beside.write_bytes(content)
        beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)
