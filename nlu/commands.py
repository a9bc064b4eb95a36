"""Commands that work at every step, typed as words or as a button's payload."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import cast, get_args

from nlu.corrections.step_back import reads_step_back
from nlu.languages.language import Languages
from nlu.phrase_lines import Forms
from values.expected import Expected
from values.locale import parse_locale
from values.meaning import CommandName, NavigationCommand, Press
from values.parsing import fold_words
from values.patterns import regex

_SAYS = Forms("commands")

_OF_COURTESY = frozenset(
    "prosze poprosze hej halo ok okej dobra no czesc please hey hi hello well per scusi scusa allora ciao"
    " dzieki dziekuje thanks you pls favore piacere grazie teraz now adesso ora".split()
)
"""The first words of courtesy, and the last."""
_LONGEST = 60
_FILE = Path(__file__).parent / "phrases" / "commands.toml"


@cache
def _commands() -> Mapping[str, NavigationCommand | Press]:
    listed = cast("dict[str, list[str]]", tomllib.loads(_FILE.read_text(encoding="utf-8")))
    return {phrase: _of_payload(payload) for payload, phrases in listed.items() for phrase in phrases}


def _of_payload(payload: str) -> NavigationCommand | Press:
    name, _, argument = payload.removeprefix("/").partition(" ")
    return NavigationCommand(cast("CommandName", name), argument or None) if payload.startswith("/") else Press(payload)


def read_command(text: str, langs: Languages) -> NavigationCommand | Press | None:
    """Return the command, or the button that works anywhere, that a whole message is; accents and courtesy don't count.

    The conversation's own language is tried before the shipped ones, these before brought ones.
    """
    if len(text) > _LONGEST * 2:
        return None
    words = fold_words(text)
    if len(words) > _LONGEST:
        return None
    own, *others = langs
    plain = _OF_COURTESY.isdisjoint((words.partition(" ")[0], words.rpartition(" ")[2]))
    bared = [words] if plain else [words, _SAYS.courtesy.sub("", words).strip()]
    bared += [_bare(words, lang.courtesy) for lang in langs if lang.courtesy]
    tables = (own.commands, _commands(), *[lang.commands for lang in others])
    known = (command for table in tables if table for said in bared if (command := table.get(said)))
    return next(known, None) or (NavigationCommand("back") if reads_step_back(text) else None)


def _bare(words: str, courtesy: frozenset[str]) -> str:
    """Strip words of courtesy from both ends."""
    said = words.split()
    while said and said[0] in courtesy:
        said = said[1:]
    while said and said[-1] in courtesy:
        said = said[:-1]
    return " ".join(said)


_COMMAND = regex(r"(?:/|cmd:)(?P<name>[a-z]{1,20})(?:@\w{1,40})?(?:\s+(?P<argument>\S{1,80}))?")
_START_TOKEN = regex(r"[A-Za-z0-9_-]{1,64}")
_PRESS = regex(r"[a-z][a-z0-9_]{0,40}:[a-z0-9][a-z0-9_.:-]{0,80}")
_NUMBER = regex(r"[0-9.\-:]{5,}")
_LABELS = frozenset("nip vat iva piva tel mail kod code codice http https pin nr numer".split())


def read_payload(text: str, expected: Expected) -> Press | NavigationCommand | None:
    """Return the press or command that a text is by its shape, or None. A label followed by a number is no payload."""
    stripped = text.strip()
    if stripped in [option.payload for option in expected.options]:
        return Press(stripped)
    if ":" not in stripped and not stripped.startswith("/"):
        return None
    match = _COMMAND.fullmatch(stripped)
    if match is not None:
        return _command(match.group("name"), match.group("argument"))
    if not _PRESS.fullmatch(stripped):
        return None
    step, _, value = stripped.partition(":")
    if step in _LABELS or _NUMBER.fullmatch(value):
        return None
    return Press(stripped)


def _command(name: str, argument: str | None) -> NavigationCommand | None:
    if name == "lang":
        return NavigationCommand("lang", parse_locale(argument or "") or argument)
    if name == "start":
        return NavigationCommand("start", argument if argument and _START_TOKEN.fullmatch(argument) else None)
    if name == "elsewhere" and argument == "close":
        return NavigationCommand("elsewhere", argument)
    for known in get_args(CommandName):
        if name == known and argument is None:
            return NavigationCommand(known)
    return None
