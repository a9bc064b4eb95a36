"""The headers that tell a browser what a page may do (docs: OWASP ASVS 5.0, chapter V3).

`Headers` is the middleware that puts the strict ones on every answer; a page that needs more says so itself
by a header of its own, which the middleware leaves alone.
"""

from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_NOTHING = "default-src 'none'; base-uri 'none'; object-src 'none'; form-action 'none'; frame-ancestors 'none'"
_ONE_YEAR = 31_536_000


def rights(*, microphone: bool = False) -> str:
    """Return a Permissions-Policy that allows nothing but, where it says so, the microphone to our own page."""
    heard = "(self)" if microphone else "()"
    return (
        f"accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), microphone={heard}, "
        "payment=(), usb=(), interest-cohort=(), browsing-topics=()"
    )


def content_policy(*, frames: bool = False, shown_in: Iterable[str] = ()) -> str:
    """Return a Content-Security-Policy for our own files only, without inline script or style.

    `frames`: may show frames of ours. `shown_in`: origins (or `'self'`) that may show this page in a frame of theirs;
    none by default.
    """
    rules = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "connect-src": "'self'",
        "frame-src": "'self'" if frames else "'none'",
        "form-action": "'none'",
        "frame-ancestors": " ".join(shown_in) or "'none'",
        "base-uri": "'none'",
        "object-src": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


SECRET_PAGE = {
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex",
}
"""For pages whose address is a secret: kept by no cache, told to no other site, found by no search engine."""

SAVED_FILE = SECRET_PAGE | {"content-security-policy": f"sandbox; {_NOTHING}"}
"""The same for a file to be saved: whatever is in it, it is never shown as a page of ours."""

ASKING_PAGE = SECRET_PAGE | {"content-security-policy": SECRET_PAGE["content-security-policy"] + "; connect-src 'self'"}
"""The same for a page whose script asks the desk for news."""


DESK_PAGE = SECRET_PAGE | {
    "content-security-policy": SECRET_PAGE["content-security-policy"] + "; connect-src 'self'; media-src 'self'",
    "referrer-policy": "same-origin",
}
"""For the agents' pages. Their forms must say where they come from: without a referrer browsers send `Origin: null`."""


def _strict_headers(*, secure: bool) -> list[tuple[bytes, bytes]]:
    """Return the headers of every answer that doesn't carry its own. `secure`: the desk is reached by HTTPS."""
    strict = {
        "content-security-policy": _NOTHING,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "permissions-policy": rights(),
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
    if secure:
        strict["strict-transport-security"] = f"max-age={_ONE_YEAR}; includeSubDomains"
    return [(name.encode(), value.encode()) for name, value in strict.items()]


class Headers:
    """ASGI middleware: the strict headers on every answer that doesn't carry its own."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._defaults = _strict_headers(secure=secure)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; add missing headers when the answer starts."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [*message.get("headers", ())]
                names = {name for name, _ in own}
                message["headers"] = own + [default for default in self._defaults if default[0] not in names]
            await send(message)

        await self._app(scope, receive, send_with_headers)
