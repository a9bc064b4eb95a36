"""The multiplied conversations are whole: each has names and rows of its own."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks import stored
from bot.conversation.identity import conversation_id


async def test_each_copy_is_a_conversation_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "HELD", 2)  # one buys, one doesn't
    await stored.hold(tmp_path)
    stored.multiply(tmp_path / stored.FILE, 3)
    with closing(sqlite3.connect(tmp_path / stored.FILE)) as connection:
        talks = connection.execute("SELECT id, address, account_id, seq FROM conversation").fetchall()
        assert len(talks) == 6
        assert all(conversation_id("rest", address) == id for id, address, _, _ in talks)
        said = dict(connection.execute("SELECT conversation_id, count(seq) FROM journal GROUP BY 1").fetchall())
        assert said == {id: seq for id, _, _, seq in talks}
        buyers = {account for _, _, account, _ in talks if account is not None}
        assert len(buyers) == 3
        assert {row[0] for row in connection.execute("SELECT account_id FROM sales_order")} == buyers
        logged_in = connection.execute("SELECT state ->> '$.account.login.id' FROM conversation").fetchall()
        assert {id for (id,) in logged_in if id is not None} == buyers
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
