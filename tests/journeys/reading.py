"""Scenes as they are written down in `told/*.toml`, one file a seller, and the words of their customers.

A line is as `okienko test` has it: `> hello` is said (in the customer's language, where `words` has it under that
name), `> [buy]` pressed (a button's name, its payload or its title), `* pays` happens elsewhere: an act of the seller's
class in `*_scenes.py`, with its arguments. `! words` must not have been said in this scene.
"""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import msgspec

from tests.journeys.teller import Teller

FOLDER = Path(__file__).with_name("told")
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


class Words(msgspec.Struct, frozen=True):
    """How a customer of one language says things; `buttons` are the titles by what they are for."""

    buttons: Mapping[str, str]
    said: Mapping[str, str]


class Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A transcript's scenes by their titles; `heading` stands above them, with the `{locale}`."""

    seller: str
    heading: tuple[str, ...]
    scenes: Mapping[str, tuple[str, ...]]
    words: Mapping[str, Words]


@cache
def told(name: str) -> Told:
    """Return what the file of that name tells."""
    return msgspec.convert(tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8")), Told)


def play(scene: Teller, lines: Sequence[str]) -> None:
    """Play the lines of a scene. Errors: ValueError for one of another form."""
    begun = len(scene.lines)
    for line in lines:
        mark, _, words = line.partition(" ")
        match mark:
            case ">" if words.startswith("["):
                _press(scene, words[1:-1])
            case ">":
                scene.tell(words)
            case "*":
                act, *given = words.split()
                getattr(scene, act)(*given)
            case "!":
                assert words not in "\n".join(scene.lines[begun:]), words
            case _:
                raise ValueError(f"{line!r} is no line of a scene")


def _press(scene: Teller, button: str) -> None:
    if button in scene.words.buttons:
        scene.tap(button)
    elif ":" in button:
        scene.chooses(button)
    else:
        scene.press(button)
