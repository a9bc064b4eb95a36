"""Payloads of buttons typed or sent as text: `/back`, `cmd:back`, `STEP:VALUE`."""

import re
from typing import get_args

from values.locale import parse_locale
from values.meaning import CommandName, Expected, NavigationCommand, Press

_NAMES: frozenset[str] = frozenset(get_args(CommandName))
_COMMAND = re.compile(r"(?:/|cmd:)(?P<name>[a-z]{1,20})(?:@\w{1,40})?(?:\s+(?P<argument>\S{1,80}))?")
_START_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PRESS = re.compile(r"[a-z][a-z0-9_]{0,40}:[a-z0-9][a-z0-9_.:-]{0,80}")
_NUMBER = re.compile(r"[0-9.\-:]{5,}")
_LABELS = frozenset("nip vat iva piva tel mail kod code codice http https pin nr numer".split())


def read_payload(text: str, expected: Expected) -> Press | NavigationCommand | None:
    """The press or command that a text is by its shape, or None. A label with a number after it is no payload."""
    stripped = text.strip()
    if any(stripped == option.payload for option in expected.options):
        return Press(stripped)
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
        locale = parse_locale(argument or "")
        return NavigationCommand("lang", locale or argument)
    if name == "start":
        return NavigationCommand("start", argument if argument and _START_TOKEN.fullmatch(argument) else None)
    if name == "elsewhere" and argument == "close":
        return NavigationCommand("elsewhere", argument)
    for known in get_args(CommandName):
        if name == known and argument is None:
            return NavigationCommand(known)
    return None
