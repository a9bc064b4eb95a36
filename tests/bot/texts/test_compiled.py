"""Common texts that are kept beside their TOML: never stale, never needed."""

from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from bot.texts.text import Text, parse
from bot.texts.toml_tables import HERE, LOCALES, compile_texts, texts_kept


class Folder:
    """A folder of texts; `reads` counts how often its TOML was read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.source = path / "words.toml"
        self.kept = path / "__pycache__" / "texts.msgpack"
        self.reads = 0
        self.say("hello")

    def say(self, words: str) -> None:
        self.source.write_text(words)

    def texts(self) -> Mapping[str, Text]:
        return texts_kept(self.path, [self.source], self._read, write=True)

    def _read(self) -> dict[str, Text]:
        self.reads += 1
        return {"greeting": parse(self.source.read_text())}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_texts_are_read_once_and_kept(folder: Folder) -> None:
    first = folder.texts()
    assert (folder.texts(), folder.reads) == (first, 1)
    assert [path.name for path in folder.kept.parent.iterdir()] == ["texts.msgpack"]


def test_changed_texts_are_read_anew_even_of_the_same_length(folder: Folder) -> None:
    folder.texts()
    folder.say("howdy")
    assert folder.texts() == {"greeting": parse("howdy")}
    assert (folder.texts(), folder.reads) == ({"greeting": parse("howdy")}, 2)


@pytest.mark.parametrize("content", [b"", b"\xff", b"\x92\xc4\x00", msgspec.msgpack.encode([b"", {"greeting": 1}])])
def test_what_is_broken_is_read_from_the_toml(folder: Folder, content: bytes) -> None:
    folder.texts()
    folder.kept.write_bytes(content)
    assert folder.texts() == {"greeting": parse("hello")}
    assert (folder.texts(), folder.reads) == ({"greeting": parse("hello")}, 2)


@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_kept_of_the_common_texts_is_what_is_written(locale: str, tmp_path: Path) -> None:
    read = compile_texts(locale, write=False)
    kept = texts_kept(tmp_path, [HERE / locale / "words.toml"], lambda: read, write=True)
    assert kept == texts_kept(tmp_path, [HERE / locale / "words.toml"], dict, write=False) == read
