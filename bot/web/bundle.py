"""Many files as one: the modules of a script, the sheets of a style, by what they hold.

The sources stay small modules that a browser could load one by one; a page would ask for thirty of them. Of JavaScript
only the static form that they use is known (named imports from relative paths, exports at declarations): anything else
is an error at the start, not a page that doesn't work. A bundle keeps its lines and names, so that an error's place
can be read; comments go, since half of the modules' weight are types for editors.
"""

import re
from collections.abc import Mapping, Sequence
from posixpath import dirname, join, normpath

_IMPORT = re.compile(r'^import (?:\{ ?([^}]*?) ?\} from )?"(\.[^"]+)";\n', re.MULTILINE)
_EXPORTED = re.compile(r"^export (?=(?:async )?(?:function|class|const) ?\*? ?([A-Za-z_$][\w$]*))", re.MULTILINE)
_EXPORTS = re.compile(r"^export \{ ([\w$, ]+) \};\n", re.MULTILINE)
_UNKNOWN = re.compile(r"^(?:import|export)\b[^\n]*", re.MULTILINE)
_COMMENTS = re.compile(r"^[ \t]*//[^\n]*\n|/\*\*.*?\*/|(?<=[;,{}\])]) //[^\n\"'`]*$", re.MULTILINE | re.DOTALL)
_STYLE_COMMENTS = re.compile(rb"/\*.*?\*/\n?", re.DOTALL)


class NotBundled(Exception):
    """A module is written in a form that the bundle doesn't know; the message names it."""


def script(files: Mapping[str, bytes], entry: str) -> bytes:
    """Return the module at `entry` and all that it imports as one module. Raises NotBundled."""
    parts = ["// Made of the modules beside it; each is a function of its own.\n"]
    parts += [_wrapped(path, files[path].decode()) for path in _in_order(files, entry, ())]
    return "".join(parts).encode()


def style(files: Mapping[str, bytes], paths: Sequence[str]) -> bytes:
    """Return the sheets one after the other, without their comments."""
    return b"\n".join(_STYLE_COMMENTS.sub(b"", files[path]) for path in paths)


def _in_order(files: Mapping[str, bytes], path: str, above: tuple[str, ...]) -> list[str]:
    """Return the module's imports before it, each once. Raises NotBundled for a circle or a file that isn't there."""
    if path in above or path not in files:
        raise NotBundled(f"{path}, imported by {above[-1] if above else 'the page'}")
    found: list[str] = []
    for match in _IMPORT.finditer(files[path].decode()):
        below = _in_order(files, _beside(path, match[2]), (*above, path))
        found += [one for one in below if one not in found]
    return [*found, path]


def _wrapped(path: str, source: str) -> str:
    body = _IMPORT.sub(lambda match: _taken(match[1], _beside(path, match[2])), _COMMENTS.sub("", source))
    names = [*_EXPORTED.findall(body), *(one for found in _EXPORTS.findall(body) for one in found.split(", "))]
    body = _EXPORTED.sub("", _EXPORTS.sub("", body))
    if unknown := _UNKNOWN.search(body):
        raise NotBundled(f"{path}: {unknown[0]}")
    return f"const {_name(path)} = (() => {{\n{body.strip()}\nreturn {{ {', '.join(names)} }};\n}})();\n"


def _taken(names: str | None, path: str) -> str:
    """Return what stands for an import: the names out of the module's object."""
    return f"const {{ {names.replace(' as ', ': ')} }} = {_name(path)};\n" if names else ""


def _beside(path: str, relative: str) -> str:
    return normpath(join(dirname(path), relative))


def _name(path: str) -> str:
    return "$" + re.sub(r"\W", "_", path.removesuffix(".js"))
