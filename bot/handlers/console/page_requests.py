"""Requests to the desk's pages: their paths, their form's fields, and the short answers that need no page."""

import re
from hashlib import sha256
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.web.guard import RequestTurnedAway, capped_body
from bot.web.policy import DESK_PAGE
from services.store.tables.base import storable

HOME = "/desk"
LOG_IN = "/desk/login"
_OURS = re.compile(r"/desk(?:[/?][A-Za-z0-9_.~/?=&%:+,-]*)?")
_LONGEST_PATH = 500
TOKEN_FIELD = "csrf"
TOKEN_HEADER = "okienko-csrf"
_KEY_FIELD = "key"
_LONGEST_KEY = 100
_ROW_ID = re.compile(r"[0-9]{1,18}")
_FORM = "application/x-www-form-urlencoded"
_MOST_BYTES = 64 * 1024
_MOST_FIELDS = 200


def by_script(request: Request) -> bool:
    """Return whether a script or a stream asks, which can do nothing with a page."""
    mode = request.headers.get("sec-fetch-mode")
    return (
        "hx-request" in request.headers
        or TOKEN_HEADER in request.headers
        or (mode is not None and mode != "navigate")
        or any(kind in request.headers.get("accept", "") for kind in ("application/json", "text/event-stream"))
    )


def see_other(path: str) -> RedirectResponse:
    """Redirect to `path` by GET."""
    return RedirectResponse(path, 303, headers=DESK_PAGE)


def no_content() -> Response:
    """Return the answer to a script that has nothing to show."""
    return Response(status_code=204, headers=DESK_PAGE)


def local_path(path: str | None) -> str:
    """Return the path if it is one of the desk's, else the desk's first page."""
    fits = path is not None and len(path) <= _LONGEST_PATH and _OURS.fullmatch(path) is not None and ".." not in path
    return path if fits and path is not None and "//" not in path else HOME


def requested_path(request: Request) -> str:
    """Return the page that this request wants, to come back to it after the log-in."""
    query = request.url.query
    return local_path(quote(request.url.path, safe="/%:+,~") + (f"?{query}" if query else ""))


def asking_page(request: Request) -> str:
    """Return the page whose form was sent, or whose script asks, as the browser tells it."""
    parts = urlsplit(request.headers.get("referer", ""))
    return local_path(f"{parts.path}?{parts.query}" if parts.query else parts.path)


def path_with_next(path: str, after: str) -> str:
    """Return one of the log-in's own pages, that leads on to `after`."""
    return path if after == HOME else f"{path}?{urlencode({'next': after})}"


def log_in_path(after: str, *, again: bool = False) -> str:
    """Return the log-in page that leads on to `after`.

    `again`: a logged-in agent is to log in once more.
    """
    asked = {} if after == HOME else {"next": after}
    query = urlencode(asked | ({"again": "1"} if again else {}))
    return f"{LOG_IN}?{query}" if query else LOG_IN


async def form_of(request: Request) -> dict[str, str]:
    """Return the form's fields, without what no database holds; of a name sent twice the first counts.

    Nothing was sent: no fields.

    Errors: RequestTurnedAway 413, 415, 422, 408, 400.
    """
    kept: dict[str, str] | None = getattr(request.state, "desk_form", None)
    if kept is not None:
        return kept
    body = await capped_body(request, _MOST_BYTES)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if body and kind != _FORM:
        raise RequestTurnedAway(415, "form_only")
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError:
        raise RequestTurnedAway(422, "unreadable") from None
    fields = {name: storable(value) for name, value in reversed(pairs)}
    request.state.desk_form = fields
    return fields


def row_id(text: str) -> int | None:
    """Return the number of a row in the database; None for any other text."""
    return int(text) if _ROW_ID.fullmatch(text) else None


def command_key(command: str, fields: dict[str, str], *typed: str) -> str:
    """Return the command's idempotency key: of this form and of what was typed into it.

    Errors: RequestTurnedAway 422 for a form without one.
    """
    key = fields.get(_KEY_FIELD, "")
    if not 8 <= len(key) <= _LONGEST_KEY:
        raise RequestTurnedAway(422, "unreadable")
    return sha256("\0".join((command, key, *typed)).encode("utf-8", "replace")).hexdigest()
