"""A provider is away for a while: the customer hears so and has a way on, and nothing is lost when it is back."""

import asyncio
from pathlib import Path

import pytest
import structlog

from tests.desk.running import Running, running_desk
from tests.desk.scripted import Person, Scripted, bought, only, until

LONG = 10_000


async def _waits(scripted: Scripted) -> bool:
    told = (await scripted.desk.http.get("/webhooks/rest/events", params={"sender": scripted.customer.sender})).json()
    return bool(told[-1]["custom"]["expects"] == "wait")


async def back(desk: Running, provider: str) -> None:
    """The provider works again."""
    await desk.fault(provider, "down", 0)


async def test_no_sms_for_a_while(tmp_path: Path) -> None:
    with structlog.testing.capture_logs() as logs:
        async with running_desk(tmp_path) as desk:
            scripted = await Scripted(desk).run("phone")
            await desk.fault("smsapi", "down", LONG)
            asking = asyncio.create_task(scripted.customer.say(scripted.person.phone))
            await until(lambda: _waits(scripted))
            await desk.advance(60)
            await asking
            assert scripted.customer.expects == "phone"
            assert "/agent" in scripted.customer.buttons
            await back(desk, "smsapi")
            await desk.advance(5 * 60)
            await scripted.run()
            assert len(await desk.outbox(scripted.person.phone)) == 1
    assert any(entry["event"] == "call_given_up" and entry["alarm"] for entry in logs)


async def test_no_mail_for_a_while(tmp_path: Path) -> None:
    with structlog.testing.capture_logs():
        async with running_desk(tmp_path) as desk:
            await desk.fault("smtp", "down", LONG)
            scripted = await Scripted(desk).run("email_link")
            assert await desk.outbox(scripted.person.email) == []
            await back(desk, "smtp")
            await desk.advance(3600)
            assert len(await desk.outbox(scripted.person.email)) == 1, "the letter wasn't lost"
            await scripted.run()


async def test_no_mail_at_all_can_be_asked_for_again(tmp_path: Path) -> None:
    with structlog.testing.capture_logs():
        async with running_desk(tmp_path) as desk:
            await desk.fault("smtp", "down", LONG)
            scripted = await Scripted(desk).run("email_link")
            await desk.advance(12 * 3600)
            await scripted.customer.look()
            assert any("edit:email" in payload or "/agent" in payload for payload in scripted.customer.buttons)
            await back(desk, "smtp")
            await desk.advance(3600)
            await scripted.customer.say("email_link:again")
            await scripted.run()


@pytest.mark.parametrize(("method", "provider"), [("blik", "przelewy24"), ("paypal", "paypal")])
async def test_no_payment_page_for_a_while(tmp_path: Path, method: str, provider: str) -> None:
    with structlog.testing.capture_logs():
        async with running_desk(tmp_path) as desk:
            await desk.fault(provider, "down", LONG)
            scripted = await Scripted(desk, Person(method=method)).run("payment")
            link = scripted.customer.link("payment")
            busy = await desk.http.get(link["href"])
            assert busy.status_code == 503
            assert int(busy.headers["retry-after"]) > 0
            await back(desk, provider)
            await desk.advance(5 * 60)
            assert (await desk.http.get(link["href"])).status_code == 303
            await scripted.run()
            card = await desk.card(scripted.person.email)
            assert (only(card["payments"])["id"], only(card["payments"])["status"]) == (link["id"], "paid")


@pytest.mark.parametrize(("method", "provider"), [("blik", "przelewy24"), ("paypal", "paypal")])
async def test_paid_while_the_provider_answers_nothing(tmp_path: Path, method: str, provider: str) -> None:
    with structlog.testing.capture_logs():
        async with running_desk(tmp_path) as desk:
            scripted = await Scripted(desk, Person(method=method)).run("payment")
            link = scripted.customer.link("payment")
            assert (await desk.http.get(link["href"])).status_code == 303
            await desk.fault(provider, "down", LONG)
            await desk.pay(link["id"])
            await desk.advance(20)
            assert only((await desk.card(scripted.person.email))["payments"])["status"] == "pending"
            await back(desk, provider)
            await desk.advance(16 * 60)
            await scripted.customer.look()
            assert scripted.customer.at == "einvoice.einvoice"
            await scripted.run()
            card = await desk.card(scripted.person.email)
            assert (only(card["orders"])["status"], only(card["payments"])["status"]) == ("paid", "paid")


async def test_a_person_is_promised_though_the_mail_is_down(tmp_path: Path) -> None:
    with structlog.testing.capture_logs():
        async with running_desk(tmp_path) as desk:
            scripted = await bought(desk)
            await desk.fault("smtp", "down", LONG)
            await scripted.customer.say("/agent")
            assert scripted.customer.custom["mode"] == "waiting"
            await back(desk, "smtp")
            await desk.advance(3600)
            assert len(await desk.outbox("pomoc@fakturasmart.example")) == 1
