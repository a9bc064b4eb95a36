"""Reads texts from TOML files: tables joined by dots make the keys."""

import hashlib
import os
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

from bot.texts.text import PlainText, Text, TextError, is_text, parse
from values.channel import Channel
from values.locale import SHIPPED


class _Kept(Struct, frozen=True, array_like=True):
    digest: bytes
    texts: dict[str, Text]


_KEPT = msgspec.msgpack.Decoder(_Kept)


def texts_kept(
    folder: Path, sources: Sequence[Path], read: Callable[[], Mapping[str, Text]], *, write: bool = False
) -> Mapping[str, Text]:
    """Return the texts of a folder: as they are kept if that was made of these `sources`, else as they are read.

    `bot.app.compiled` keeps them (`write`) where Python keeps its compiled modules, with a digest of all they were made
    of; they are never taken for anything else: neither after a change of the TOML nor of what reads it.
    """
    place, digest = folder / "__pycache__" / "texts.msgpack", _digest(sources)
    if (found := _found(place, digest)) is not None:
        return found
    texts = read()
    if write:
        _write(place, msgspec.msgpack.encode(_Kept(digest, dict(texts))))
    return texts


def _digest(sources: Sequence[Path]) -> bytes:
    made_of = hashlib.sha256()
    for path in sources:
        content = path.read_bytes()
        made_of.update(f"{path.name}\0{len(content)}\0".encode() + content)
    return made_of.digest()


def _found(place: Path, digest: bytes) -> Mapping[str, Text] | None:
    """Return the texts, if they were made of what has this digest."""
    try:
        kept = _KEPT.decode(place.read_bytes())
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return kept.texts if kept.digest == digest else None


def _write(place: Path, content: bytes) -> None:
    """Write the whole file or nothing: several processes may do so at once."""
    place.parent.mkdir(exist_ok=True)
    beside = place.with_suffix(f".{os.getpid()}")
    try:
        beside.write_bytes(content)
        beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)


HERE = Path(__file__).parent
LOCALES = SHIPPED


def texts_of(tables: Mapping[str, object], head: str = "") -> Iterator[tuple[str, Text]]:
    """Every text of parsed TOML with its key. Errors: TextError that begins with the key."""
    for name, raw in tables.items():
        key = f"{head}{name}"
        if isinstance(raw, dict) and not is_text(raw):
            yield from texts_of(raw, f"{key}.")
        else:
            try:
                yield key, parse(raw)
            except TextError as error:
                raise TextError(f"{key}: {error}") from None


def brands() -> dict[str, Text]:
    """Return the names of channels that are the same in every language."""
    return {channel.title_key: PlainText((channel.brand,)) for channel in Channel if channel.brand is not None}


def for_pages(texts: Mapping[str, Text]) -> dict[str, str]:
    """Return the words that pages and agents' desks take from the texts of a language.

    What each channel is called by `channel.NAME`, the labels of answers by `own_field.NAME`, and messages that aren't
    text by `other_kind.NAME`.
    """
    found = {f"channel.{channel}": texts.get(channel.title_key) for channel in Channel}
    found |= {key.replace("label", "own_field", 1): text for key, text in texts.items() if key.startswith("label.")}
    found |= {key: text for key, text in texts.items() if key.startswith("other_kind.")}
    return {key: "".join(map(str, text.pieces)) for key, text in found.items() if isinstance(text, PlainText)}


@cache
def common(locale: str) -> Mapping[str, Text]:
    """Return the texts that all profiles share, in one language.

    Errors: TextError for a mistake or a key written twice.
    """
    return {**brands(), **compile_texts(locale)}


def compile_texts(locale: str, *, write: bool = False) -> Mapping[str, Text]:
    """Return what the files of a language hold, kept for the next start as `texts_kept` says. Errors: TextError."""
    paths = sorted((HERE / locale).glob("*.toml"))
    made_of = (*paths, HERE / "text.py", Path(__file__))
    return texts_kept(HERE / locale, made_of, lambda: _read(paths), write=write)


def _read(paths: Sequence[Path]) -> dict[str, Text]:
    found, known = dict[str, Text](), brands()
    for path in paths:
        try:
            texts = dict(texts_of(tomllib.loads(path.read_text("utf-8"))))
        except TextError as error:
            raise TextError(f"{path}: {error}") from None
        if twice := next((key for key in texts if key in found or key in known), None):
            raise TextError(f"{path.name}: {twice} stands in another file, too")
        found |= texts
    return found
