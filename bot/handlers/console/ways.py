"""Where a log-in leads to: only to pages of the desk itself, whatever an address says."""

import re
from urllib.parse import quote, urlencode, urlsplit

from starlette.requests import Request

HOME = "/desk"
LOG_IN = "/desk/login"
_OURS = re.compile(r"/desk(?:[/?][A-Za-z0-9_.~/?=&%:+,-]*)?")
_LONGEST = 500


def local(path: str | None) -> str:
    """Return the path if it is one of the desk's, else the desk's first page."""
    fits = path is not None and len(path) <= _LONGEST and _OURS.fullmatch(path) is not None and ".." not in path
    return path if fits and path is not None and "//" not in path else HOME


def asked_for(request: Request) -> str:
    """Return the page that this request wants, to come back to it after the log-in."""
    query = request.url.query
    return local(quote(request.url.path, safe="/%:+,~") + (f"?{query}" if query else ""))


def came_from(request: Request) -> str:
    """Return the page whose form was sent, as the browser tells it."""
    parts = urlsplit(request.headers.get("referer", ""))
    return local(f"{parts.path}?{parts.query}" if parts.query else parts.path)


def with_next(path: str, after: str) -> str:
    """Return one of the log-in's own pages, that leads on to `after`."""
    return path if after == HOME else f"{path}?{urlencode({'next': after})}"


def log_in(after: str, *, again: bool = False) -> str:
    """Return the log-in page that leads on to `after`.

    `again`: whoever is logged in is to show once more that it is them.
    """
    asked = {} if after == HOME else {"next": after}
    query = urlencode(asked | ({"again": "1"} if again else {}))
    return f"{LOG_IN}?{query}" if query else LOG_IN
