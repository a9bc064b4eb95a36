"""Reminders: to customers on file without an account, to nobody who has said stop; and ends told by letter."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from bot.usecases.privacy.erasing import Erasing
from services.store.tables.accounts import account
from services.store.tables.core import call
from services.store.tables.subscriptions import reminder_stop
from services.subscriptions import reminders
from tests.desk.databases import on_each_database
from tests.desk.renewing import DAY, EMAIL, PASSWORD, PROFILE, comes_to, logged_in
from tests.desk.running import Running
from tests.desk.scripted import Person, Scripted, logs_in_again
from values import email as emails

pytestmark = [pytest.mark.desk(profile=PROFILE), pytest.mark.usefixtures("asked_seldom")]
SADOWSKI = "biuro@sadowski.example.com"  # on file, without an account; what it owns ends in 45 days
HOUR = 3600.0
ENDING = "kończy się za 30\u00a0dni"


async def posted(desk: Running, href: str) -> int:
    """As a mail program does it: without having looked (RFC 8058)."""
    return (await desk.http.post(href, data={"List-Unsubscribe": "One-Click"})).status_code


@on_each_database
async def test_a_customer_on_file_is_reminded_once_by_day_sets_a_password_and_renews(desk: Running) -> None:
    await desk.advance(14 * DAY)
    assert await desk.outbox(SADOWSKI) == []
    await desk.advance(3 * DAY)
    [letter] = await desk.outbox(SADOWSKI)
    assert ENDING in letter["text"]
    assert 7 <= datetime.fromisoformat(letter["at"]).astimezone(ZoneInfo("Europe/Warsaw")).hour < 22
    start, leave = letter["links"][:2]
    assert "/s/" in leave
    customer = desk.customer()
    await customer.say(f"/start {start.partition('start=')[2]}")
    assert (customer.expects, customer.at) == ("email", "account.reset_email")
    await customer.say(SADOWSKI)
    assert customer.expects == "email_link"
    first = (await desk.outbox(SADOWSKI))[-1]
    page = first["links"][0]
    assert first["subject"].startswith("Ustaw hasło"), "there was none that could be replaced"
    assert "Poprzednie" not in (await desk.http.get(page)).text
    scripted = Scripted(desk, Person(email=SADOWSKI, password=PASSWORD))
    scripted.customer = customer
    assert (await scripted.submit(page)).status_code == 200
    await customer.settled()
    assert customer.expects == "secure_page"
    await scripted.fill_page()
    await customer.settled()
    assert customer.at == "renewal.cart"
    card = await desk.card(SADOWSKI)
    assert card["account"]["status"] == "active"
    assert [s["product"] for s in card["subscriptions"]] == ["r2platnik"]
    await desk.advance(2 * DAY)
    assert len([m for m in await desk.outbox(SADOWSKI) if ENDING in m["text"]]) == 1
    await customer.look()
    assert not any("29 dni" in said or "28 dni" in said for said in customer.said), "once for each end"


@on_each_database
async def test_nobody_is_reminded_who_has_stopped_in_the_chat_or_by_the_letter(desk: Running) -> None:
    before, customer = await logged_in(desk), await logged_in(desk)
    await desk.advance(1.5 * DAY)
    await customer.look()
    await before.look()
    assert (customer.at, before.at) == ("renewal.renew", "renewal.renew")
    await customer.say("stop")
    assert "nie będę już przypominać" in customer.said[-1]
    assert customer.at == "zone.zone"
    await comes_to(before, "nothing")
    assert "zone:reminders" in before.buttons, "the other chat knows it at once"
    other = await logged_in(desk)
    assert "zone:reminders" in other.buttons, "it is the customer's, not the conversation's"
    await desk.advance(170 * DAY)  # the other program: 30 days before its end
    for seen in (customer, other):
        await seen.look()
        assert not any("R2faktury (" in said and "30 dni" in said for said in seen.said)
    assert len([m for m in await desk.outbox(SADOWSKI) if ENDING in m["text"]]) == 1
    await other.say("zone:reminders")
    await logs_in_again(other, EMAIL, PASSWORD)
    assert "Przypomnienia są włączone" in other.said[-1]
    assert "zone:reminders" not in other.buttons
    await before.say("zone:methods")
    await logs_in_again(before, EMAIL, PASSWORD)
    await before.say("zone:home")
    assert "zone:reminders" not in before.buttons


async def test_a_mail_program_s_button_stops_them_in_either_form_from_anywhere_and_after_they_were_resumed(
    desk: Running,
) -> None:
    await desk.advance(2 * DAY)
    [letter] = await desk.outbox(EMAIL)
    leave, one_click = letter["links"][1], {"List-Unsubscribe": "One-Click"}
    several_parts = await desk.http.post(leave, files={name: (None, value) for name, value in one_click.items()})
    assert several_parts.status_code == 200
    customer = await logged_in(desk)
    assert "zone:reminders" in customer.buttons
    for _ in range(2):
        await customer.say("zone:reminders")
        await logs_in_again(customer, EMAIL, PASSWORD) if customer.expects == "secure_page" else None
        assert "zone:reminders" not in customer.buttons
        assert "Nie przypominaj mi" in (await desk.http.get(leave)).text, "an old letter's page goes on working"
        await customer.look()
        assert "zone:reminders" not in customer.buttons, "looking changes nothing"
        assert await posted(desk, leave) == 200
        await customer.settled()
    said = len(customer.said)
    for _ in range(150):
        assert await posted(desk, leave) == 200, "a provider presses for many mailboxes from one address"
    await customer.look()
    assert len(customer.said) == said
    assert (await desk.http.post(leave.replace("/s/", "/s/x"), data=one_click)).status_code == 404


async def test_the_reader_of_a_former_address_stops_nothing_for_the_new_one(desk: Running) -> None:
    await desk.advance(2 * DAY)
    [letter] = await desk.outbox(EMAIL)
    account_id = (await desk.card(EMAIL))["id"]
    await moved(desk, "nowa.skrzynka@example.com")
    said = await desk.http.post(letter["links"][1], data={"List-Unsubscribe": "One-Click"})
    assert (said.status_code, "Na ten adres takie e-maile już nie przychodzą." in said.text) == (200, True)
    assert not await stopped(desk, account_id)


async def test_a_press_after_the_person_was_erased_is_answered_and_keeps_nothing_of_them(desk: Running) -> None:
    await desk.advance(2 * DAY)
    [letter] = await desk.outbox(EMAIL)
    account_id = (await desk.card(EMAIL))["id"]
    erasing = Erasing(desk.installation.profile.seller, desk.installation.container.outbox)
    await desk.installation.desk.happen(lambda tx: erasing.erase(tx, account_id))
    assert await posted(desk, letter["links"][1]) == 200
    assert not await stopped(desk, account_id)


async def test_a_reminder_that_waits_for_the_mail_server_isn_t_sent_to_who_has_stopped_them(desk: Running) -> None:
    await desk.fault("smtp", "error", 1000)  # until cleared: other letters' tries would use a few of them up
    waits = sa.select(call.c.id).where(call.c.kind == "MailNotice", call.c.status == "open")
    for _ in range(48):
        await desk.advance(HOUR)
        if await desk.installation.store.read(lambda c: c.execute(waits).first()) is not None:
            break
    else:
        pytest.fail("no reminder waits for the mail server")
    whose, now = reminders.Whose("account", (await desk.card(EMAIL))["id"]), await desk.now()
    await desk.installation.store.write(lambda c: reminders.stop(c, whose, how="chat", now=now))
    await desk.fault("smtp", "error", 0)
    await desk.advance(DAY)
    assert [m for m in await desk.outbox(EMAIL) if ENDING in m["text"]] == []


async def stopped(desk: Running, account_id: str) -> bool:
    wish = sa.select(reminder_stop).where(reminder_stop.c.subject == account_id)
    return await desk.installation.store.read(lambda c: c.execute(wish).first() is not None)


async def moved(desk: Running, email: str) -> None:
    """The account has another address."""
    account_id = (await desk.card(EMAIL))["id"]
    changed = sa.update(account).where(account.c.id == account_id).values(email=email, email_key=emails.key(email))
    await desk.installation.store.write(lambda c: c.execute(changed))
