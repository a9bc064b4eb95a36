"""The gate before the action server, which by itself answers anybody: a page in a browser on the same machine, too.

rasa-sdk's server knows neither tokens nor hosts. A known `Host` keeps out pages whose name was made to lead here (DNS
rebinding), no `Origin` all others, and JSON what forms can send.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast
from urllib.parse import urlsplit

from msgspec import Struct

from bot.web.guard import Tokens, bears_token
from services.refusals import Door
from values.loopback import is_loopback

HEALTH = "/health"
WEBHOOK = "/webhook"


class NotAdmitted(Struct, frozen=True):
    """A refused request: `status` and the short `error` are the whole answer; `door` is what the trace calls it."""

    status: int
    error: str
    door: Door = "actions_token"


class ActionsGate(Struct, frozen=True):
    """Without `tokens` none is asked for. `hosts`: names under which Rasa reaches the server, beside loopback's."""

    tokens: Tokens = ()
    hosts: Sequence[str] = ()

    def refusal(self, method: str, path: str, headers: Mapping[str, str]) -> NotAdmitted | None:
        """Return why the request is refused; None if it isn't. The names of `headers` are in small letters."""
        if not self._is_known(headers.get("host", "")):
            return NotAdmitted(403, "unknown_host", "foreign_page")
        if "origin" in headers:
            return NotAdmitted(403, "foreign_page", "foreign_page")
        if path == HEALTH:
            return None
        if self.tokens and not bears_token(headers.get("authorization", ""), self.tokens):
            return NotAdmitted(401, "a bearer token is needed")
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        return (
            NotAdmitted(415, "json_only", "foreign_page") if method == "POST" and kind != "application/json" else None
        )

    def _is_known(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        return is_loopback(name) or name in {known.lower() for known in self.hosts}


def wrong_call(body: bytes) -> str | None:
    """Return what is wrong with Rasa's request to run an action; None if nothing is."""
    try:
        call = json.loads(body)
    except (ValueError, RecursionError):
        return "the body isn't JSON"
    if not isinstance(call, dict):
        return "the body isn't an object"
    given = cast("dict[str, Any]", call)
    tracker = given.get("tracker")
    if not isinstance(tracker, dict):
        return "`tracker` is missing: send the tracker's object, as Rasa does"
    if not isinstance(given.get("domain", {}), dict):
        return "`domain` isn't an object"
    return None
