"""What the desk does by itself about subscriptions that end: reminds everywhere, collects, and lets them run out."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.web.guard import MARK
from docs.dev.samples.doors import WebDoor
from services.store import conversations
from tests.desk.databases import on, on_each_database
from tests.desk.renewing import DAY, EMAIL, PROFILE, enters, logged_in
from tests.desk.running import Running, http_client
from tests.desk.telegram_chat import Chat, bot_api, telegram_desk
from tests.kit.talks import says

pytestmark = [pytest.mark.desk(profile=PROFILE), pytest.mark.usefixtures("asked_seldom")]
OURS = {MARK: "1", "content-type": "application/json"}
ENDING = "Abonament kończy się za 30 dni. Chcesz teraz zamówić abonament na aktualizację programu"


async def personal_link(desk: Running) -> str:
    """A start link that the seller's own site gives this customer."""
    known = (await desk.card(EMAIL))["id"]
    bearer = {"authorization": "Bearer sandbox"}
    made = await desk.http.post("/api/v1/start-links", json={"customer_id": known}, headers=bearer)
    assert made.status_code == 201, made.text
    return made.json()["token"]


def on_the_web(desk: Running) -> WebDoor:
    """The customer in a browser."""
    return WebDoor(http_client(desk.url))


@on_each_database
async def test_the_reminder_comes_on_rest_web_and_telegram_to_whoever_logged_in_or_came_by_a_link(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    async with bot_api() as api, telegram_desk(tmp_path, api, profile=PROFILE, **on(database, request)) as desk:
        rest, chat = await logged_in(desk), Chat(api, desk, 77001)
        await chat.say(f"/start {await personal_link(desk)}")
        await chat.reads(f"Piszesz jako {EMAIL}")
        web = on_the_web(desk)
        await web.say(f"/start {await personal_link(desk)}")
        stranger = await says(desk.customer(), "/start")

        await desk.advance(1.5 * DAY)
        await chat.reads(ENDING)
        await rest.look()
        assert ENDING in rest.said[-1]
        await web.look()
        assert any(ENDING in text for text in web.said)
        await stranger.look()
        assert not any("Abonament" in said for said in stranger.said)
        letters = [letter["text"] for letter in await desk.outbox(EMAIL)]
        assert not any(ENDING in t for t in letters), "the chat tells of the end"
        await chat.press("renew:now")
        await chat.reads("Idziemy dalej?")
        await web.http.aclose()


async def test_whoever_has_left_the_page_is_reminded_by_e_mail_as_well(desk: Running) -> None:
    web = on_the_web(desk)
    await web.say(f"/start {await personal_link(desk)}")

    async def mailed() -> list[dict[str, Any]]:
        return [m for m in await desk.outbox(EMAIL) if "kończy się za 30\u00a0dni" in m["text"]]

    await desk.advance(1.5 * DAY)
    await web.look()
    assert any(ENDING in text for text in web.said)
    assert await mailed() == [], "the customer was there a moment ago"
    await desk.advance(170 * DAY)  # the other program: 30 days before its end
    [letter] = await mailed()
    assert "/s/" in letter["links"][1]
    await web.http.aclose()


async def test_nobody_who_stopped_is_reminded_but_the_end_is_announced(tmp_path: Path) -> None:
    async with bot_api() as api, telegram_desk(tmp_path, api, profile=PROFILE) as desk:
        chat = Chat(api, desk, 77002)
        await chat.say(f"/start {await personal_link(desk)}")
        await chat.reads(f"Piszesz jako {EMAIL}")
        [mine] = (await desk.installation.store.read(lambda c: conversations.find(c, "telegram", "77002")),)
        assert mine is not None
        now = desk.installation.clock.now()
        await desk.installation.store.write(lambda c: conversations.close(c, mine.id, now))
        before = len(chat.shown)
        await desk.advance(3 * DAY)
        assert len(chat.shown) == before
        [letter] = await desk.outbox(EMAIL)
        assert ENDING not in letter["text"]
        assert "nie odnowi się sam" in letter["text"]


async def test_whoever_never_wrote_gets_a_letter_with_a_start_link_in_the_day(desk: Running) -> None:
    await desk.advance(5 * DAY)
    [letter] = await desk.outbox(EMAIL)
    assert "kończy się za 30\u00a0dni" in letter["text"]
    assert 7 <= datetime.fromisoformat(letter["at"]).astimezone(ZoneInfo("Europe/Warsaw")).hour < 22
    token = letter["links"][0].partition("start=")[2]
    customer = await says(desk.customer(), f"/start {token}")
    assert customer.expects == "secure_page"
    await enters(desk, customer)
    assert customer.at == "renewal.cart"
