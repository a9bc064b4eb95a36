"""Silence: a reminder, a kind end, days later on at the same step; over restarts too, by the clock of the sandbox."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.conversation.delivery import Delivery
from services.jobs.timers import TimerLoop
from services.store import journal
from tests.desk.databases import on_each_database
from tests.desk.running import Customer, Running, running_desk
from tests.desk.scripted import Scripted
from tests.kit.talks import says

HOUR = 3600.0
REMINDER = "Czekam jeszcze na odpowiedź"
CLOSED = "Zostawiam wszystko tak, jak jest"
BACK = "Witaj znowu"


async def morning(desk: Running) -> None:
    """Moves the clock on to nine o'clock in Warsaw, unless it is day: at night nobody is reminded."""
    here = datetime.fromisoformat((await desk.advance(0))["now"]).astimezone(ZoneInfo("Europe/Warsaw"))
    nine = here.replace(hour=9, minute=0, second=0, microsecond=0)
    if not nine.hour <= here.hour < 18:
        await desk.advance(((nine if nine > here else nine + timedelta(days=1)) - here).total_seconds())


async def at_the_email(desk: Running) -> Customer:
    await morning(desk)
    return await says(desk.customer(), "/start", "start:buy", "account:new")


async def said_since(customer: Customer) -> list[str]:
    before = len(customer.said)
    await customer.look()
    return customer.said[before:]


async def test_nobody_is_reminded_of_a_page_of_the_zone(desk: Running) -> None:
    await morning(desk)
    customer = (await Scripted(desk).run()).customer
    await customer.say("zone:renewal")
    opened = customer.at
    assert opened not in ("zone.zone", None), "it is a page of its own"
    await desk.advance(5 * 24 * HOUR)
    assert await said_since(customer) == []
    assert customer.at == opened
    await customer.say("zone:home")
    assert BACK not in customer.said[-1]


async def test_a_change_that_was_begun_in_the_zone_is_reminded_of(desk: Running) -> None:
    await morning(desk)
    customer = (await Scripted(desk).run()).customer
    await says(customer, "zone:my_data", "edit:street")
    await desk.advance(1.1 * HOUR)
    [reminder] = await said_since(customer)
    assert REMINDER in reminder


@on_each_database
async def test_an_hour_counts_from_the_last_message_and_not_from_the_first(desk: Running) -> None:
    customer = await at_the_email(desk)
    for _ in range(3):
        await desk.advance(0.4 * HOUR)
        await customer.say("pomoc")
    lines = len(await journal_of(desk, customer))
    await desk.advance(0.9 * HOUR)  # 1.3 hours after the message that set the timer
    assert await said_since(customer) == []
    assert len(await journal_of(desk, customer)) == lines, "too early is no turn"
    await desk.advance(0.2 * HOUR)
    [reminder] = await said_since(customer)
    assert REMINDER in reminder
    await customer.say("pomoc")  # whoever is back is counted for anew, sooner than the last reminder was to come
    await desk.advance(1.1 * HOUR)
    [reminder] = await said_since(customer)
    assert REMINDER in reminder


async def journal_of(desk: Running, customer: Customer) -> tuple[journal.JournalEntry, ...]:
    known = await desk.installation.desk.conversation("rest", customer.sender) or ""
    return await desk.installation.store.read(lambda c: journal.read_all(c, known))


async def test_reminded_twice_then_left_in_peace_then_resumed(desk: Running) -> None:
    customer = await at_the_email(desk)
    await desk.advance(0.9 * HOUR)
    assert await said_since(customer) == []
    await desk.advance(0.2 * HOUR)
    [reminder] = await said_since(customer)
    assert REMINDER in reminder
    assert "e-mail" in reminder, "the question comes with it"
    await desk.advance(80 * HOUR)
    again, closed = await said_since(customer)
    assert "Przypominam po raz ostatni" in again
    assert "e-mail" in again, "the same question once more, the next day"
    assert CLOSED in closed
    await desk.advance(8 * 24 * HOUR)
    assert await said_since(customer) == [], "twice is enough"
    await customer.say("dzień dobry")
    assert BACK in customer.said[-1]
    assert customer.at == "account.email"
    await customer.say("anna@example.com")
    assert customer.expects == "secure_page"


async def test_timers_outlive_the_process(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:
        customer, before = await at_the_email(desk), await desk.advance(0.5 * HOUR)
    async with running_desk(tmp_path) as desk:
        customer.http = desk.http
        assert (await desk.advance(0))["now"] >= before["now"], "the clock doesn't go back"
        await desk.advance(0.6 * HOUR)
        [reminder] = await said_since(customer)
        assert REMINDER in reminder
    async with running_desk(tmp_path) as desk:
        customer.http = desk.http
        await desk.advance(73 * HOUR)
        assert [CLOSED in text for text in await said_since(customer)] == [False, True]
        await customer.say("anna@example.com")
        assert customer.expects == "secure_page"


async def test_eight_days_at_once_bring_everything_on_the_way(desk: Running) -> None:
    customers = [await at_the_email(desk) for _ in range(5)]
    before = datetime.fromisoformat((await desk.advance(0))["now"])
    for hours in (25, 8 * 24):
        now = datetime.fromisoformat((await desk.advance(hours * HOUR))["now"])
    assert now - before >= timedelta(hours=25 + 8 * 24)
    for customer in customers:
        assert [REMINDER in text or CLOSED in text for text in await said_since(customer)] == [True, False, True]


async def test_a_move_is_answered_though_there_is_no_end_to_what_is_due(
    desk: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.app.virtual_clock.PATIENCE_S", 0.05)
    monkeypatch.setattr(Delivery, "idle", lambda _self: asyncio.Event().wait())
    before = await desk.now()
    answer = (await desk.http.post("/sandbox/api/clock", json={"advance_s": 8 * 24 * HOUR})).json()
    assert datetime.fromisoformat(answer["now"]) - before < timedelta(hours=1), "it says how far it came"


async def test_a_turn_of_a_move_that_takes_too_long_is_not_cut_off(
    desk: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole: list[bool] = []
    run_due = TimerLoop.run_due

    async def slowly(self: TimerLoop) -> int:
        ended = False
        try:
            await asyncio.sleep(0.06)
            fired = await run_due(self)
            ended = True
        finally:
            whole.append(ended)
        return fired

    monkeypatch.setattr("bot.app.virtual_clock.PATIENCE_S", 0.05)
    monkeypatch.setattr(TimerLoop, "run_due", slowly)
    await desk.http.post("/sandbox/api/clock", json={"advance_s": HOUR})
    assert whole, "the move's own; the loop's may have come meanwhile"
    assert all(whole)


STEPS = (
    "account.account", "account.email", "secure_page", "consents", "phone", "contact_code", "tax_number",
    "company.confirm", "email_link", "order.method", "order.terms", "order.pay", "payment", "einvoice.einvoice",
)  # fmt: skip


class Returning(Scripted):
    """A customer who takes what he is offered where a link or a code has run out meanwhile."""

    async def fill_page(self) -> None:
        if (await self.desk.http.get(self.customer.link("secure_page")["href"])).status_code == 410:
            await self.customer.say("secure_page:again")
            return
        await super().fill_page()

    async def follow_mail(self) -> None:
        letter = (await self.desk.outbox(self.person.email))[-1]
        if (await self.desk.http.get(letter["links"][0])).status_code == 410:
            await self.customer.say("email_link:again")
            return
        await super().follow_mail()


@pytest.mark.usefixtures("asked_seldom")
async def test_five_days_later_each_goes_on_at_the_step_where_they_left(desk: Running) -> None:
    left = [await Returning(desk).run(step) for step in STEPS]
    stood = [(scripted.customer.at, len(scripted.customer.said)) for scripted in left]
    for _ in range(5):
        await desk.advance(24 * 3600)
    for scripted, (at, told) in zip(left, stood, strict=True):
        customer = scripted.customer
        await customer.look()
        assert customer.at == at
        assert len(customer.said) - told == 3, f"reminded twice, then a kind good-bye: {at}"
        await customer.say("/help")
        assert customer.at == at
        await scripted.run()
        assert [order["status"] for order in (await desk.card(scripted.person.email))["orders"]] == ["paid"], at
