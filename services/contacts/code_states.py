"""How the codes of a conversation stand, without the codes: for agents who help somebody that gets none."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from services.store.tables.accounts import code

State = Literal["open", "used", "replaced", "exhausted", "expired"]
MOST = 5

_LATEST = (
    sa.select(code.c.purpose, code.c.state, code.c.attempts, code.c.issued_at, code.c.expires_at)
    .where(code.c.conversation_id == sa.bindparam("of"))
    .order_by(code.c.issued_at.desc(), code.c.challenge_id)
    .limit(MOST)
)


@dataclass(frozen=True, slots=True)
class CodeState:
    """One code. `wrong`: so many times something else was typed."""

    purpose: str
    state: State
    wrong: int
    issued_at: datetime
    expires_at: datetime


def of_conversation(connection: sa.Connection, conversation_id: str, now: datetime) -> list[CodeState]:
    """Return the last few, the newest first."""
    return [
        CodeState(
            purpose, "expired" if state == "open" and ends <= now else state, tries - (state == "used"), issued, ends
        )
        for purpose, state, tries, issued, ends in connection.execute(_LATEST, {"of": conversation_id})
    ]
