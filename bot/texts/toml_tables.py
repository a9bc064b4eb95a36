"""Reads texts from TOML files: tables joined by dots make the keys."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from bot.texts.compiled import texts_kept
from bot.texts.text import PlainText, Text, TextError, is_text, parse
from values.channel import Channel
from values.locale import SHIPPED

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
    return {**brands(), **compiled(locale)}


def compiled(locale: str, *, write: bool | None = None) -> Mapping[str, Text]:
    """Return what the files of a language hold, kept for the next start as `texts_kept` says. Errors: TextError."""
    paths = sorted((HERE / locale).glob("*.toml"))
    made_of = (*paths, HERE / "text.py", Path(__file__))
    return texts_kept(HERE / locale, made_of, lambda: _read(paths), write=write)


def _read(paths: Sequence[Path]) -> dict[str, Text]:
    found, known = dict[str, Text](), brands()
    for path in paths:
        for key, text in texts_of(tomllib.loads(path.read_text("utf-8"))):
            if key in found or key in known:
                raise TextError(f"{path.name}: {key} stands in another file, too")
            found[key] = text
    return found


if __name__ == "__main__":  # `make install` compiles the texts beside the modules
    for shipped in LOCALES:
        compiled(shipped, write=True)
