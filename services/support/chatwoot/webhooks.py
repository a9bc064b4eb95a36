"""Chatwoot's webhooks: proven by an HMAC over the moment and the bytes as sent; read only for whom they are about.

A webhook is a knock at the door: what happened is then read from Chatwoot itself. So one that is doubled, late or out
of order changes nothing, and one that never came is made up for by the next look.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import ConfigDict, Field, ValidationError

from services.errors import Forged
from services.late_model import LateModel

SIGNATURE, TIMESTAMP = "x-chatwoot-signature", "x-chatwoot-timestamp"
#: An older webhook is a replay, a younger one comes from a clock that can't be trusted.
TOLERANCE = timedelta(minutes=5)
OF_MESSAGES = frozenset({"message_created", "message_updated"})
OF_CONVERSATIONS = frozenset({"conversation_status_changed", "conversation_updated"})


# What a database takes as a number.
Number = Annotated[int, Field(ge=0, lt=2**63)]


class _Read(LateModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Numbered(_Read):
    id: Number


class _Of(_Numbered):
    inbox_id: int | None = None


class _Event(_Read):
    event: str
    id: Number | None = None
    inbox_id: int | None = None
    account: _Numbered | None = None
    inbox: _Numbered | None = None
    conversation: _Of | None = None
    message_type: str | int | None = None
    private: bool | None = None


def sign(moment: str, body: bytes, secret: str) -> str:
    """Return the signature of a body sent at that Unix time."""
    return "sha256=" + hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()


def prove(headers: Mapping[str, str], body: bytes, *, secret: str, now: datetime) -> None:
    """Raise Forged unless the signature is Chatwoot's, and fresh."""
    moment, given = headers.get(TIMESTAMP, ""), headers.get(SIGNATURE, "")
    if not secret or not (moment.isascii() and moment.isdigit() and len(moment) < 12):
        raise Forged("webhook")
    right = hmac.compare_digest(sign(moment, body, secret).encode(), given.encode())
    if not right or abs(now.timestamp() - int(moment)) > TOLERANCE.total_seconds():
        raise Forged("webhook")


def read_conversation_id(body: bytes, *, account_id: int, inbox_id: int) -> int | None:
    """Return the conversation of which a proven webhook tells something worth a look; None for all else.

    Customers' words and notes came from us, or concern nobody but the help desk's people. Raises Forged for what is no
    webhook at all.
    """
    try:
        told = _Event.model_validate_json(body)
    except ValidationError:
        raise Forged("webhook") from None
    if told.account is not None and told.account.id != account_id:
        return None
    if told.event in OF_CONVERSATIONS:
        return told.id if told.inbox_id in (None, inbox_id) else None
    if told.event not in OF_MESSAGES or told.conversation is None:
        return None
    inbox = told.inbox.id if told.inbox is not None else told.conversation.inbox_id
    public = not told.private and told.message_type in ("outgoing", 1)
    return told.conversation.id if public and inbox in (None, inbox_id) else None
