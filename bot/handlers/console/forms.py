"""An ordinary form of the agents' pages, read once however often it is asked for."""

from hashlib import sha256
from urllib.parse import parse_qsl

from starlette.requests import Request

from bot.web.guard import RequestTurnedAway, capped_body
from services.store.tables.base import storable

TOKEN_FIELD = "csrf"
TOKEN_HEADER = "okienko-csrf"
KEY_FIELD = "key"
"""The key of an act: a form sent twice is one act."""
LIMIT = 64 * 1024
_FORM = "application/x-www-form-urlencoded"
_MOST_FIELDS = 200
_LONGEST_KEY = 100


async def form_of(request: Request) -> dict[str, str]:
    """Return the form's fields, without what no database holds; of a name sent twice the first counts.

    Nothing was sent: no fields.

    Errors: Turned 413, 415, 422, 408, 400.
    """
    kept: dict[str, str] | None = getattr(request.state, "desk_form", None)
    if kept is not None:
        return kept
    body = await capped_body(request, LIMIT)
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


def act_key(act: str, fields: dict[str, str], *what: str) -> str:
    """Return the act's key: of this form, and of what was typed into it. Sent twice it is one act; put right, another.

    Errors: Turned 422 for a form without one.
    """
    key = fields.get(KEY_FIELD, "")
    if not 8 <= len(key) <= _LONGEST_KEY:
        raise RequestTurnedAway(422, "unreadable")
    return sha256("\0".join((act, key, *what)).encode("utf-8", "replace")).hexdigest()
