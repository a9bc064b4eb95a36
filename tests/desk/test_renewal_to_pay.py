"""A renewal that waits for its money: the last day to pay is the same day everywhere, and the whole of it counts."""

from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from services.store.tables.accounts import account
from services.store.tables.core import timer
from services.store.tables.subscriptions import subscription
from services.subscriptions import renewal_timer, subscription_record
from tests.desk.databases import on_each_database
from tests.desk.renewing import EMAIL, comes, renewed
from tests.desk.renewing import PROFILE as R2
from tests.desk.running import Running, running_desk
from tests.desk.scripted import Scripted, only, until
from tests.desk.test_ordering_again import transfer_comes
from tests.desk.years import ALA, GermanBuyer
from tests.kit.talks import says

BERLIN = ZoneInfo("Europe/Berlin")

pytestmark = [pytest.mark.desk(profile=Path("profiles/kontorblatt")), pytest.mark.usefixtures("asked_seldom")]


async def runs_by_transfer(desk: Running) -> tuple[Scripted, datetime]:
    """A plan for two years, paid by transfer; gives when it ends."""
    scripted = Scripted(desk, GermanBuyer(email=ALA, locale="en"))
    await scripted.run()
    await transfer_comes(desk, ALA)
    await scripted.customer.settled()
    return scripted, await team_ends(desk)


async def team_ends(desk: Running) -> datetime:
    return datetime.fromisoformat(only((await desk.card(ALA))["subscriptions"])["ends_at"])


async def stands(desk: Running) -> tuple[str, str]:
    """How the service and its last order stand in the books."""
    card = await desk.card(ALA)
    return only(card["subscriptions"])["status"], card["orders"][-1]["status"]


async def goes_to(desk: Running, moment: datetime) -> None:
    await comes(desk, moment, days=0)


def last_day(end: datetime) -> datetime:
    """Ten to midnight on the last day of grace, as the seller's wall shows it."""
    return datetime.combine(end.astimezone(BERLIN).date() + timedelta(days=14), time(23, 50), BERLIN)


async def letters(desk: Running) -> list[dict[str, Any]]:
    return await desk.outbox(ALA)


@on_each_database
async def test_the_whole_last_day_of_grace_renews_and_the_day_is_the_same_everywhere(desk: Running) -> None:
    scripted, end = await runs_by_transfer(desk)
    customer, last = scripted.customer, last_day(end)
    day = f"{last:%-d %B %Y}"

    await comes(desk, end, days=6)
    await customer.settled()
    assert f"The order is valid until {day}" in customer.said[-1]
    page = await desk.http.get(customer.link("payment")["href"])
    assert f"{last:%-d %B}, 23:59" in page.text

    async def is_mailed() -> bool:
        return any(f"Pay by: {day}\n" in letter["text"] for letter in await letters(desk))

    await until(is_mailed)
    await comes(desk, end, days=-1)
    await customer.settled()
    assert f"continues until {day}; until then you can renew it" in customer.said[-1]

    # Another method is chosen on the way: it can be paid as long.
    await says(customer, "zone:payment", "method:card")
    assert f"Pay by: {day}" in customer.said[-1]
    await customer.say("method:transfer")

    await goes_to(desk, last)
    await customer.settled()
    assert await stands(desk) == ("grace", "placed")
    assert (await desk.http.get(customer.link("payment")["href"])).status_code == 200
    await transfer_comes(desk, ALA)
    assert await stands(desk) == ("active", "paid")
    again = end.replace(year=end.year + 2)
    assert await team_ends(desk) == again, "from the old end"

    async def is_confirmed() -> bool:
        return (await letters(desk))[-1]["subject"].startswith("Your service is renewed until")

    await until(is_confirmed)
    letter = (await letters(desk))[-1]
    assert f"Paid until: {again.astimezone(BERLIN):%-d %B %Y}\n" in letter["text"]
    subjects = [letter["subject"] for letter in await letters(desk)]
    assert sum("is active" in subject for subject in subjects) == 1, "the first time only"
    *how, reminder = [letter["text"] for letter in await letters(desk) if f"Pay by: {day}\n" in letter["text"]]
    assert how
    assert all("your service is renewed and we’ll write to you" in text for text in how)
    assert f"can still be paid until {day}; after that it lapses" in reminder


async def test_after_the_last_day_it_ends_in_the_morning_and_is_told_once(desk: Running) -> None:
    scripted, end = await runs_by_transfer(desk)
    customer, last = scripted.customer, last_day(end)
    await goes_to(desk, last)
    await customer.settled()
    said, link = len(customer.said), customer.link("payment")["href"]

    await goes_to(desk, last + timedelta(hours=7))
    await customer.settled()
    assert customer.said[said:] == [], "nobody is written to at night"
    assert (await desk.http.get(link)).status_code == 410

    await goes_to(desk, last + timedelta(hours=8))
    await customer.settled()
    [told] = customer.said[said:]
    assert (await desk.card(ALA))["orders"][-1]["number"] in told
    assert "expired" not in told
    assert await stands(desk) == ("ended", "cancelled")


@pytest.mark.desk(profile=R2)
@pytest.mark.parametrize("by", ["link", "transfer"])
async def test_who_has_no_chat_pays_and_is_written_to_in_their_language(desk: Running, by: str) -> None:
    customer, end = await renewed(desk)
    await customer.say("zone:log_out")
    await desk.installation.store.write(lambda c: c.execute(sa.update(account).values(locale="it")))
    await comes(desk, end, days=6)
    subjects = [letter["subject"] for letter in await desk.outbox(EMAIL)]
    assert "Il rinnovo attende il pagamento" in subjects[-1]
    [payment] = [p for p in (await desk.card(EMAIL))["payments"] if p["status"] == "pending"]
    await (desk.pay(payment["id"]) if by == "link" else transfer_comes(desk, EMAIL))

    async def is_written() -> bool:
        return len(await desk.outbox(EMAIL)) > len(subjects)

    await until(is_written)
    letter = (await desk.outbox(EMAIL))[-1]
    assert letter["subject"].startswith("Il servizio è rinnovato fino al")
    assert f"{end.year + 1}" in letter["text"]


async def test_how_to_pay_is_mailed_once_however_many_chats_there_are(desk: Running) -> None:
    scripted, end = await runs_by_transfer(desk)
    elsewhere = await says(desk.customer("en"), "/start", "start:log_in")
    done = await scripted.submit(elsewhere.link("secure_page")["href"], login=ALA, password=scripted.person.password)
    assert done.status_code in (200, 303), done.text
    await elsewhere.settled()
    await comes(desk, end, days=6)
    for customer in (scripted.customer, elsewhere):
        await customer.settled()
        assert f"e-mailing this to {ALA}" in customer.said[-1]
    day = f"Pay by: {last_day(end):%-d %B %Y}\n"

    async def is_mailed() -> bool:
        return any(day in letter["text"] for letter in await letters(desk))

    await until(is_mailed)
    await desk.advance(60)
    assert sum(day in letter["text"] for letter in await letters(desk)) == 1


# --- locks ---


WAITING = sa.text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


async def test_a_timer_that_fires_waits_for_its_subscription_before_it_takes_anything(
    tmp_path: Path, postgres: str
) -> None:
    outside = sa.create_engine(postgres, poolclass=sa.NullPool)
    async with running_desk(tmp_path, profile=R2, database_url=postgres) as desk:
        with outside.begin() as planning:
            begun = sa.select(subscription.c.id).where(subscription.c.ends_at.is_not(None)).limit(1)
            id = planning.execute(begun).scalar_one()
            subscription_record.lock(planning, id)
            with outside.begin() as buying:
                renewal_timer.wake(buying, id, desk.installation.clock.now())

            async def fires() -> bool:
                with outside.connect() as looking:
                    return looking.execute(WAITING).scalar_one() > 0

            await until(fires)
            mine = sa.select(timer.c.data).where(timer.c.conversation_id == renewal_timer.owner_of(id))
            assert planning.execute(mine.with_for_update(nowait=True)).scalar_one() == {}

        async def planned() -> bool:
            with outside.connect() as looking:
                return looking.execute(mine).scalar_one() != {}

        await until(planned)
