"""The chat's script and style as it loads them: one file each, named by its content, kept for good.

`/static/bundle/NAME.HASH.ENDING`. A page from before an upgrade may ask for a name of then: it gets today's file, which
no cache keeps under the old name.

The sources stay small modules that a browser could load one by one; a page would ask for thirty of them. Of JavaScript
only the static form that they use is known (named imports from relative paths, exports at declarations): anything else
is an error at the start, not a page that doesn't work. A bundle keeps its lines and names, so that an error's place
can be read; margins and comments go, since half of the modules' weight are types for editors.
"""

import hashlib
import json
import mimetypes
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from posixpath import dirname, join, normpath

from msgspec import Struct
from msgspec.structs import asdict
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.web.pages import Site
from values.look import Look, by_day, is_colour, stylesheet

_HERE = Path(__file__).parent / "static"
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
_AGE = "no-cache"
_COMPRESSED = (Middleware(GZipMiddleware, minimum_size=200),)
_A_DAY = {"cache-control": "public, max-age=86400"}  # of what never changes in a way that a page depends on


class StaticFile(Struct, frozen=True):
    """A file as it is served."""

    body: bytes
    media_type: str
    etag: str


def static_file(body: bytes, name: str) -> StaticFile:
    """Return the file with its type (by the name's ending) and its ETag (by its content)."""
    return StaticFile(body, media_type(name), f'"{hashlib.sha256(body).hexdigest()[:24]}"')


def media_type(name: str) -> str:
    """Return the type of a file of this name."""
    return _TYPES.get(Path(name).suffix, mimetypes.guess_type(name)[0] or "application/octet-stream")


@cache
def load(folder: Path = _HERE) -> dict[str, StaticFile]:
    """Return all files of a folder by their path below it, with forward slashes."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): static_file(path.read_bytes(), path.name) for path in paths}


def static_routes(site: Site) -> list[Route]:
    """Return the routes of `/static/…`, the brand's colours, and `/okienko.js`, the only file meant for other sites.

    Starlette's StaticFiles makes its ETag from size and time of change; a reproducible wheel gives all files one time,
    so an upgrade that keeps a file's size would leave the old file in browsers. Here it is the content's hash.
    """

    async def static(request: Request) -> Response:
        path = str(request.path_params["path"])
        return await icon(request) if path == "icon.svg" else _answer(request, load().get(path))

    async def brand(request: Request) -> Response:
        return _answer(request, static_file(stylesheet(site.look).encode(), "brand.css"))

    async def element(request: Request) -> Response:
        return _answer(request, _element(site.look), {"cross-origin-resource-policy": "cross-origin"})

    async def icon(request: Request) -> Response:
        return _answer(request, static_file(site.look.sign.encode(), "icon.svg"), _A_DAY)

    served = {"/static/brand.css": brand, "/static/{path:path}": static, "/okienko.js": element, "/favicon.ico": icon}
    return [Route(path, answer, middleware=_COMPRESSED) for path, answer in served.items()]


_LOOK = re.compile(rb"(?<=const LOOK = )\{.*\}(?=;\n)")


@lru_cache(maxsize=16)
def _element(look: Look) -> StaticFile:
    """Return `okienko.js` with the seller's look in it: it asks for nothing before it is pressed."""
    shown = json.dumps({**asdict(by_day(look)), "corner": look.corner, "logo": look.logo})
    return static_file(_LOOK.sub(lambda _: shown.encode(), load()["okienko.js"].body, count=1), "okienko.js")


def _answer(request: Request, file: StaticFile | None, extra: Mapping[str, str] | None = None) -> Response:
    if file is None:
        return Response(status_code=404)
    headers = {"etag": file.etag, "cache-control": _AGE, **(extra or {})}
    if file.etag in (mark.strip().removeprefix("W/") for mark in request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=headers)
    return Response(file.body, media_type=file.media_type, headers=headers)


PATH = "/static/bundle/"
CHAT_SHEETS = ("css/base.css", "css/chat.css", "css/cards.css")
LANDING_SHEETS = ("css/base.css", "css/cards.css", "css/landing.css", "css/instruments.css")
_GZIP = 16  # zlib's way of asking for gzip's frame
_KEPT = "public, max-age=31536000, immutable"


class Asset(Struct, frozen=True):
    """A file as it is served."""

    body: bytes
    media_type: str
    path: str
    """Where today's content is, from the root."""


def asset(name: str, ending: str, body: bytes) -> Asset:
    """Return the file `name.ending` with this content."""
    mark = hashlib.sha256(body).hexdigest()[:16]
    path = f"{PATH}{name}.{mark}.{ending}"
    return Asset(body, media_type(path), path)


@cache
def bundle(name: str) -> Asset:
    """Return what is the same in every look, by its name of `BUNDLES`."""
    stem, _, ending = name.partition(".")
    return asset(stem, ending, BUNDLES[name](_sources()))


BUNDLES: Mapping[str, Callable[[Mapping[str, bytes]], bytes]] = {
    "chat.js": lambda files: script(files, "js/chat/main.js"),
    # The chat loads these when they are needed; they import nothing.
    "recorder.js": lambda files: files["js/chat/recorder.js"],
    "dictation.js": lambda files: files["js/chat/dictation.js"],
    "reader.js": lambda files: files["js/chat/reader.js"],
    "identity.js": lambda files: files["js/chat/identity.js"],
    "instruments.js": lambda files: script(files, "js/instruments/main.js"),
    "landing.css": lambda files: style(files, LANDING_SHEETS),
}


@lru_cache(maxsize=16)  # a page may ask for any accent
def chat_style(look: Look) -> Asset:
    """Return the chat's sheets as one, below the colours of this look; the file's name tells the accent."""
    sheets = style(_sources(), CHAT_SHEETS)
    return asset(f"chat-{look.accent.removeprefix('#')}", "css", stylesheet(look).encode() + b"\n" + sheets)


def routes(site: Site) -> list[Route]:
    """Return the routes of bundles and of all other files."""

    async def found(request: Request) -> Response:
        today = _today(str(request.path_params["file"]), site.look)
        if today is None:
            return Response(status_code=404)
        headers = {"cache-control": _KEPT if request.url.path == today.path else "no-cache"}
        return Response(today.body, media_type=today.media_type, headers=headers)

    return [Route(f"{PATH}{{file}}", found, middleware=_COMPRESSED), *static_routes(site)]


@lru_cache(maxsize=16)
def icon(look: Look) -> Asset:
    """Return the sign over the chat."""
    return asset("icon", "svg", look.sign.encode())


def pack(request: Request, page: Response, *, apart: bytes) -> None:
    """Compress a page for whoever takes it so; its rest behind `apart`, which may hold secrets, for itself.

    What a stranger puts into the page (a colour, a language) would tell a secret that is compressed together with it
    by the page's length (BREACH). A full flush forgets all that came before, so the rest's length is its own affair.
    """
    page.headers["vary"] = "accept-encoding"
    if "gzip" in request.headers.get("accept-encoding", ""):
        page.body = _in_two(bytes(page.body), apart)
        page.headers["content-encoding"] = "gzip"
        page.headers["content-length"] = str(len(page.body))


def _in_two(body: bytes, apart: bytes) -> bytes:
    before, mark, rest = body.partition(apart)
    packing = zlib.compressobj(6, wbits=zlib.MAX_WBITS | _GZIP)
    begun = packing.compress(before + mark) + packing.flush(zlib.Z_FULL_FLUSH)
    return begun + packing.compress(rest) + packing.flush()


def _today(file: str, look: Look) -> Asset | None:
    name, _, rest = file.partition(".")
    ending = rest.rpartition(".")[2]
    if (bundled := f"{name}.{ending}") in BUNDLES:
        return bundle(bundled)
    if (name, ending) == ("icon", "svg"):
        return icon(look)
    accent = f"#{name.removeprefix('chat-')}"
    is_style = ending == "css" and name.startswith("chat-") and is_colour(accent)
    return chat_style(look.with_accent(accent)) if is_style else None


@cache
def _sources() -> dict[str, bytes]:
    return {path: file.body for path, file in load().items()}


_IMPORT = re.compile(r'^import (?:\{ ?([^}]*?) ?\} from )?"(\.[^"]+)";\n', re.MULTILINE)
_EXPORTED = re.compile(r"^export (?=(?:async )?(?:function|class|const) ?\*? ?([A-Za-z_$][\w$]*))", re.MULTILINE)
_EXPORTS = re.compile(r"^export \{ ([\w$, ]+) \};\n", re.MULTILINE)
_UNKNOWN = re.compile(
    r"^(?:import|export)\b.*|^[^`\n]*`(?:[^`\n]*`[^`\n]*`)*[^`\n]*$", re.MULTILINE
)  # or a text of lines
_COMMENTS = re.compile(r"^[ \t]*//[^\n]*\n|/\*\*.*?\*/|(?<=[;,{}\])]) //[^\n\"'`]*$", re.MULTILINE | re.DOTALL)
_MARGINS = re.compile(r"^\s+", re.MULTILINE)
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
    body = _MARGINS.sub("", _EXPORTED.sub("", _EXPORTS.sub("", body))).strip()
    if unknown := _UNKNOWN.search(body):
        raise NotBundled(f"{path}: {unknown[0]}")
    return f"const {_name(path)} = (() => {{\n{body}\nreturn {{ {', '.join(names)} }};\n}})();\n"


def _taken(names: str | None, path: str) -> str:
    """Return what stands for an import: the names out of the module's object."""
    return f"const {{ {names.replace(' as ', ': ')} }} = {_name(path)};\n" if names else ""


def _beside(path: str, relative: str) -> str:
    return normpath(join(dirname(path), relative))


def _name(path: str) -> str:
    return "$" + re.sub(r"\W", "_", path.removesuffix(".js"))
