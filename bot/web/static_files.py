"""The style sheets, scripts and pictures: read once, served from memory, revalidated by their content.

Starlette's StaticFiles makes its ETag from size and time of change; a reproducible wheel gives all files one time, so
an upgrade that keeps a file's size would leave the old file in browsers. Here the ETag is the content's own hash.
"""

import hashlib
import mimetypes
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.web import colours
from bot.web.pages import Site

_HERE = Path(__file__).parent / "static"
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
_AGE = "no-cache"
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
    guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return _TYPES.get(Path(name).suffix, guessed)


@cache
def load(folder: Path = _HERE) -> dict[str, StaticFile]:
    """Return all files of a folder by their path below it, with forward slashes."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): static_file(path.read_bytes(), path.name) for path in paths}


def routes(site: Site) -> list[Route]:
    """Return the routes of `/static/…`, the brand's colours, and `/okienko.js`, the only file meant for other sites."""

    async def static(request: Request) -> Response:
        path = str(request.path_params["path"])
        return _answer(request, load().get(path), _A_DAY if path == "icon.svg" else None)

    async def brand(request: Request) -> Response:
        return _answer(request, static_file(colours.stylesheet(site.accent).encode(), "brand.css"))

    async def element(request: Request) -> Response:
        return _answer(request, load()["okienko.js"], {"cross-origin-resource-policy": "cross-origin"})

    async def icon(request: Request) -> Response:
        return _answer(request, load()["icon.svg"], _A_DAY)

    return [
        Route("/static/brand.css", brand),
        Route("/static/{path:path}", static),
        Route("/okienko.js", element),
        Route("/favicon.ico", icon),
    ]


def _answer(request: Request, file: StaticFile | None, extra: Mapping[str, str] | None = None) -> Response:
    if file is None:
        return Response(status_code=404)
    headers = {"etag": file.etag, "cache-control": _AGE, **(extra or {})}
    known = request.headers.get("if-none-match", "")
    if file.etag in (mark.strip().removeprefix("W/") for mark in known.split(",")):
        return Response(status_code=304, headers=headers)
    return Response(file.body, media_type=file.media_type, headers=headers)
