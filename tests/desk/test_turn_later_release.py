"""A conversation that a later release has changed waits for that release: it is neither misread nor apologised for."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from dialogs.versions import VERSION
from tests.desk.running import Customer, Running, running_desk
from tests.kit.talks import says


def change(folder: Path, how: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """What another process does to the one conversation there is."""
    with closing(sqlite3.connect(folder / "okienko.sqlite")) as database, database:
        ((stored,),) = database.execute("SELECT state FROM conversation").fetchall()
        state = json.dumps(how(json.loads(stored)))
        database.execute("UPDATE conversation SET state = ?, revision = revision + 1", (state,))


def taken(folder: Path) -> list[tuple[str, int]]:
    """The messages taken so far, and whether their turn failed."""
    with closing(sqlite3.connect(folder / "okienko.sqlite")) as database:
        return database.execute("SELECT key, failed FROM inbound").fetchall()


async def answers(desk: Running, customer: Customer, text: str) -> int:
    body = {"sender": customer.sender, "message": text, "metadata": {"message_id": "the-message"}}
    return (await desk.http.post("/webhooks/rest/webhook", json=body)).status_code


async def test_its_messages_are_brought_again_until_somebody_can_read_it(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:
        customer = await says(desk.customer(), "/start", "start:buy", "account:new")
        before = taken(tmp_path)

        change(tmp_path, lambda state: state | {"v": 10_000})
        assert await answers(desk, customer, "anna@example.com") == 503
        assert (await desk.http.get("/webhooks/rest/events", params={"sender": customer.sender})).status_code == 503
        assert taken(tmp_path) == before, "it counts as taken, and won't be brought again"

        change(tmp_path, lambda state: state | {"v": VERSION})
        assert await answers(desk, customer, "anna@example.com") == 200
        await customer.look()
        assert customer.at == "account.secure_page"
        assert [failed for _, failed in taken(tmp_path)] == [0] * (len(before) + 1)
