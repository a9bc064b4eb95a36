"""A request for a person that nobody ends: when somebody wrote last, and that each open one has its timer."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from services.store import conversations, journal, timer_rows
from services.support import handoffs
from tests.services.domain.people import NOW, later
from values.rules import GIVE_UP


def asked(connection: sa.Connection, id: str = "c1") -> None:
    conversations.open_talk(connection, "rest", f"of {id}", "pl", NOW, id)
    handoffs.ask(connection, conversation_id=id, reason="asked", email=None, now=NOW)


def line(connection: sa.Connection, kind: str, at: datetime, id: str = "c1") -> None:
    journal.add(connection, [journal.NewJournalEntry(id, 1, kind, {}, at)])


def test_what_counts_is_what_people_do(connection: sa.Connection) -> None:
    asked(connection)
    asked(connection, "c2")
    assert handoffs.last_sign(connection, "c1") == NOW
    for kind in ("bot", "held", "timer", "result", "event", "blocked"):
        line(connection, kind, later(days=9))
    assert handoffs.last_sign(connection, "c1") == NOW, "nobody's word"
    line(connection, "customer", later(days=1))
    assert handoffs.last_sign(connection, "c1") == later(days=1)
    handoffs.take(connection, conversation_id="c1", agent_id="anna", now=later(days=2))
    assert handoffs.last_sign(connection, "c1") == later(days=2)
    line(connection, "agent", later(days=3))
    line(connection, "customer", later(days=1))
    assert handoffs.last_sign(connection, "c1") == later(days=3)
    line(connection, "desk", later(days=4))
    assert handoffs.last_sign(connection, "c1") == later(days=4)
    assert handoffs.last_sign(connection, "c2") == NOW
    handoffs.end(connection, conversation_id="c1", now=later(days=5))
    assert handoffs.last_sign(connection, "c1") is None


def test_each_open_request_has_its_timer(connection: sa.Connection) -> None:
    for id in ("c1", "c2", "c3"):
        asked(connection, id)
    handoffs.end(connection, conversation_id="c2", now=NOW)
    handoffs.ask(connection, conversation_id="gone", reason="asked", email=None, now=NOW)
    due = later(days=7)
    timer_rows.set_timer(connection, "c3", GIVE_UP, due, {"kept": True})
    for _ in range(2):
        handoffs.set_wait_timers(connection, later(days=1))
    found = {timer.conversation_id: timer for timer in timer_rows.list_due(connection, due)}
    shown = {id: (timer.kind, timer.due_at, timer.data) for id, timer in found.items()}
    assert shown == {"c1": (GIVE_UP, NOW + timedelta(days=1), {}), "c3": (GIVE_UP, due, {"kept": True})}
