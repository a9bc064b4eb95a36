"""A look at the chat begins nothing: the page greets, and the first message begins with that very greeting."""

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from bot.web.guard import MARK
from services.store.tables.base import metadata
from tests.desk.databases import on_each_database
from tests.desk.running import Running, http_client, running_desk
from tests.desk.test_renewal_unasked import OURS
from tests.web.weight import MOST

PROFILES = sorted(folder.name for folder in Path("profiles").iterdir() if (folder / "profile.toml").exists())


def talk_in(page: httpx.Response) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="talk">(.*?)</script>', page.text, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


OF_VISITORS = ("conversation", "journal", "inbound", "call", "event", "limit_hit", "visit", "counter", "outgoing_event")


async def rows(desk: Running) -> dict[str, int]:
    """How many rows the tables have that a visitor's word writes to."""

    def counted(connection: sa.Connection) -> dict[str, int]:
        tables = [metadata.tables[name] for name in OF_VISITORS]
        return {one.name: connection.scalar(sa.select(sa.func.count()).select_from(one)) or 0 for one in tables}

    return await desk.installation.deps.store.read(counted)


async def looks(http: httpx.AsyncClient, query: str = "") -> dict[str, Any]:
    """A browser shows the chat."""
    return talk_in(await http.get(f"/chat{query}"))


async def sends(http: httpx.AsyncClient, message_id: str = "m1", **told: object) -> httpx.Response:
    """The page sends what is pressed (`payload`) or typed (`text`) below the greeting."""
    where = "press" if "payload" in told else "messages"
    told = {"asked_at" if where == "press" else "seen": 1, "message_id": message_id, "greeted": True, **told}
    return await http.post(f"/webchat/{where}", content=json.dumps(told), headers=OURS)


async def lines_of(http: httpx.AsyncClient) -> list[dict[str, Any]]:
    """All that the page has of the talk."""
    told: dict[str, Any] = (await http.get("/webchat/history", headers={MARK: "1"})).json()
    return told["lines"]


def shown(line: dict[str, Any]) -> dict[str, Any]:
    """Return the part of a line that a customer sees."""
    return {name: line[name] for name in ("seq", "author", "text", "buttons", "links", "card")}


@pytest.mark.parametrize("profile", PROFILES)
async def test_the_first_press_begins_with_the_greeting_that_the_page_showed(tmp_path: Path, profile: str) -> None:
    async with running_desk(tmp_path, profile=f"profiles/{profile}") as desk:
        visitor, before = http_client(desk.url), await rows(desk)
        page = await looks(visitor)
        (greeting,) = page["lines"]
        packed = await visitor.get("/chat", headers={"accept-encoding": "gzip"})
        assert int(packed.headers["content-length"]) <= MOST["page"]
        for _ in range(3):
            await looks(visitor)
        assert await rows(desk) == before, "a visit without a word leaves nothing"

        locale = page["standing"]["locale"]
        button = next(one for one in greeting["buttons"] if not one["payload"].startswith("/"))
        assert (await sends(visitor, payload=button["payload"], locale=locale)).status_code == 200
        start, begun, pressed, answer = await lines_of(visitor)
        assert (start["text"], start["author"]) == ("/start", "customer")
        assert shown(begun) == shown(greeting)
        assert (pressed["payload"], pressed["author"]) == (button["payload"], "customer")
        assert (answer["author"], answer["seq"]) == ("bot", 2)
        assert greeting["text"] not in answer["text"]

        again = await looks(visitor)
        assert [line["id"] for line in again["lines"]] == [line["id"] for line in await lines_of(visitor)]
        assert "greeting" not in again
        await visitor.aclose()


@on_each_database
@pytest.mark.replicated
async def test_a_first_message_sent_twice_or_by_two_tabs_is_greeted_once(desk: Running) -> None:
    visitor = http_client(desk.url)
    await looks(visitor)
    assert (await sends(visitor, payload="start:buy", locale="pl")).json()["repeated"] is False
    assert (await sends(visitor, payload="start:buy", locale="pl")).json()["repeated"] is True
    await sends(visitor, "other-tab", text="jan.nowak@example.com")
    lines = await lines_of(visitor)
    assert [line["text"] for line in lines].count("/start") == 1
    assert [line["author"] for line in lines] == ["customer", "bot", "customer", "bot", "customer", "bot"]
    await visitor.aclose()


async def test_a_first_word_in_another_language_goes_on_in_it(desk: Running) -> None:
    visitor = http_client(desk.url)
    page = await looks(visitor, "?lang=it")
    await sends(visitor, text="vorrei comprare", locale="it")
    _, greeting, _, answer = await lines_of(visitor)
    assert greeting["text"] == page["lines"][0]["text"]
    assert page["standing"]["locale"] == "it"
    assert answer["author"] == "bot"
    assert (await looks(visitor, "?lang=pl"))["standing"]["locale"] == "it", "a talk keeps its language"
    await visitor.aclose()


async def test_a_start_link_is_a_message_of_its_own(desk: Running) -> None:
    visitor, before = http_client(desk.url), await rows(desk)
    page = await looks(visitor, "?start=abcdef0123456789")
    assert page == {"lines": [], "standing": None, "cursor": "0.0"}, "its answer greets"
    assert await rows(desk) == before
    await visitor.aclose()


async def test_who_begins_by_start_or_comes_again_behind_the_greeting_is_greeted_once(desk: Running) -> None:
    """An open page of before an upgrade; and a desk killed between the greeting, a turn of its own, and the message."""
    visitor = http_client(desk.url)
    await looks(visitor)
    body = json.dumps({"text": "/start", "message_id": "start", "locale": "pl"})
    assert (await visitor.post("/webchat/messages", content=body, headers=OURS)).status_code == 200
    assert (await sends(visitor, payload="start:buy", locale="pl")).json()["repeated"] is False
    lines = await lines_of(visitor)
    assert [line["author"] for line in lines] == ["customer", "bot", "customer", "bot"]
    assert [line["text"] for line in lines].count(lines[1]["text"]) == 1
    await visitor.aclose()
