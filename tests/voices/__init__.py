"""Sentences of customers as sounds, and as a recogniser writes them (`words.toml`; how they were made: `make.sh`)."""

import hashlib
import tomllib
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from msgspec import Struct

_HERE = Path(__file__).parent
_SOUNDS = zipfile.Path(_HERE / "sounds.zip")
MICROPHONE = _HERE / "microphone.wav"
"""A number, for a browser whose microphone is a file."""
KINDS = tuple(_SOUNDS / "pl" / f"yes.{kind}" for kind in ("ogg", "webm", "m4a", "mp3", "wav"))
"""The same word in every kind of file that is taken."""


class Sentence(Struct, frozen=True):
    """A sentence: its sound (Opus in Ogg), and the words that a recogniser writes for it."""

    sound: bytes
    words: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.sound).hexdigest()


@cache
def sentences(language: str) -> Mapping[str, Sentence]:
    """Return the sentences of a language by name."""
    words = tomllib.loads((_HERE / "words.toml").read_text(encoding="utf-8"))
    written = {**words[language], **words["recognised"].get(language, {})}
    return {name: Sentence((_SOUNDS / language / f"{name}.ogg").read_bytes(), text) for name, text in written.items()}
