"""Regular expressions as `re` hands them to its engine, kept for the next start where Python keeps compiled modules.

Translating hundreds of them takes a desk a third of what it loads. This is done once, by `python -m bot.compiled`, with
parts of CPython's `re` that it promises nobody. So what is kept is one version's alone, and what isn't there, or isn't
taken by the engine, is compiled as anywhere.
"""

import os
import re
import sys
from array import array
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

_FOLDER = Path(__file__).parent / "__pycache__"


class _Program(Struct, frozen=True, array_like=True):
    flags: int
    code: bytes
    groups: int
    names: dict[str, int]


_KEPT = msgspec.msgpack.Decoder(dict[str, _Program])


def compile_pattern(pattern: str, flags: int) -> re.Pattern[str]:
    """Return what `re.compile` does, from what is kept where it is there. Raises re.error."""
    program = _programs().get(_key(pattern, flags))
    if program is not None:
        names = {number: name for name, number in program.names.items()}
        index = tuple(names.get(number) for number in range(program.groups + 1))
        try:
            return _engine().compile(
                *(pattern, program.flags, list(array("I", program.code)), program.groups, program.names, index)
            )
        except (TypeError, ValueError, RuntimeError, OverflowError):  # another engine's, or broken
            _programs().clear()
    return re.compile(pattern, flags)


def keep_patterns(patterns: Iterable[tuple[str, int]]) -> None:
    """Keep these patterns for the next start. Errors: OSError, re.error."""
    translator: Any = import_module("re._compiler")
    programs = dict[str, _Program]()
    for pattern, flags in patterns:
        parsed = translator._parser.parse(pattern, flags)
        code = array("I", map(int, translator._code(parsed, flags))).tobytes()
        of = parsed.state
        programs[_key(pattern, flags)] = _Program(int(flags | of.flags), code, of.groups - 1, of.groupdict)
    _FOLDER.mkdir(exist_ok=True)
    beside = _file().with_suffix(f".{os.getpid()}")
    beside.write_bytes(msgspec.msgpack.encode(programs))
    beside.replace(_file())


@cache
def _programs() -> dict[str, _Program]:
    try:
        return _KEPT.decode(_file().read_bytes())
    except (OSError, AttributeError, msgspec.DecodeError, UnicodeDecodeError):
        return {}


@cache
def _engine() -> Any:
    return import_module("_sre")


def _file() -> Path:
    """Return the file of this very Python: whatever its engine's programs mean."""
    return _FOLDER / f"patterns.{sys.implementation.cache_tag}-{_engine().MAGIC}-{sys.hexversion:x}.msgpack"


def _key(pattern: str, flags: int) -> str:
    return f"{flags}:{pattern!a}"
