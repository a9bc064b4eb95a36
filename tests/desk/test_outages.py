"""A provider that is away is named after two minutes, however few ask it, and what waits runs when it is back.

What waits in the database and what was sold is in `/metrics`.
"""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import structlog

from bot.app.providers import Providers
from services.errors import ServiceError
from services.hearing.transcriber import AudioType, Transcriber
from services.messaging.mail import Mail
from services.payments.providers.base import Attempt
from services.seller.standard_webhooks import WebhookSender
from tests.desk.running import Running, running_desk
from tests.desk.scripted import Scripted

LONG = 10_000
LETTER = Mail("anna@example.com", "Hello", "text", "<p>html</p>")
EVENT = b'{"type":"order.paid","timestamp":"2026-11-20T12:00:00Z","data":{}}'
LATE = "Poczta teraz nie odpowiada"


def calls(of: Providers) -> Mapping[str, Callable[[], Awaitable[Any]]]:
    """One question to each provider that the desk can ask."""
    events, transcriber = of.events, of.transcriber
    assert isinstance(events, WebhookSender)
    assert isinstance(transcriber, Transcriber)
    refs = {"stripe": "pi_known", "paypal": "5O190127TN364715T"}
    attempts = {name: Attempt("ref-1", refs.get(name, "known"), 100, "PLN") for name in of.payments}
    found = {register.source: register for register in (*of.registers, of.vies)}
    return {
        "smtp": lambda: of.mail.send(LETTER, "k1"),
        "smsapi": lambda: of.sms.send("+48600700800", "Hello", "k1"),
        "mf": lambda: found["mf"].find("PL", "7010002129", within_s=5),
        "gus": lambda: found["gus"].find("PL", "7010002129", within_s=5),
        "vies": lambda: of.vies.find("DE", "123456789", within_s=5),
        "seller": lambda: events.send("evt_1", EVENT),
        "transcription": lambda: transcriber.transcribe(b"OggS", AudioType.OGG, locale="pl", prompt="", key="k1"),
        **{name: lambda name=name: of.payments[name].ask(attempts[name]) for name in of.payments},
    }


async def ask(question: Callable[[], Awaitable[Any]]) -> ServiceError | None:
    try:
        await question()
    except ServiceError as error:
        return error
    return None


async def down(desk: Running) -> list[str]:
    return (await desk.http.get("/readyz")).json()["down"]


def alarms(logs: list[Any], event: str) -> list[str]:
    return [line["provider"] for line in logs if line["event"] == event and line.get("alarm")]


async def test_each_provider_is_named_after_two_minutes_and_until_it_answers(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:
        providers = desk.installation.deps.providers
        asked = calls(providers)
        assert {breaker.name for breaker in providers.breakers} == {*asked, "directory"}, "one without a directory"
        for name, question in asked.items():
            await desk.fault(name, "down", LONG)
            with structlog.testing.capture_logs() as logs:
                first = await ask(question)
                assert first is not None, name
                assert first.provider == name
                await desk.advance(90)  # what the machine itself takes comes on top
                await ask(question)
                assert (await down(desk), alarms(logs, "provider_away")) == ([], []), name
                await desk.advance(31)
                await ask(question)
                assert (await down(desk), set(alarms(logs, "provider_away"))) == ([name], {name}), name
                await desk.fault(name, "down", 0)
                await desk.advance(60)
                answered = await ask(question)
            assert answered is None or answered.provider is None, (name, answered)
            assert await down(desk) == [], name


async def test_one_letter_is_enough_and_leaves_when_the_server_is_back(tmp_path: Path) -> None:
    with structlog.testing.capture_logs() as logs:
        async with running_desk(tmp_path) as desk:
            await desk.fault("smtp", "down", LONG)
            buyer = await Scripted(desk).run("email_link")
            await desk.advance(10)
            await buyer.customer.look()
            assert any(LATE in said for said in buyer.customer.said)
            await buyer.customer.say("nie dostałem maila")
            assert LATE in buyer.customer.said[-1]
            await desk.advance(60 * 30)
            assert await down(desk) == ["smtp"]
            assert alarms(logs, "provider_away")
            told = figures((await desk.http.get("/metrics")).text)
            assert told['okienko_jobs_retrying{kind="SendLetter"}'] == 1
            assert 1800 <= told['okienko_oldest_retry_seconds{kind="SendLetter"}'] < 1900
            assert told['okienko_jobs_retrying{kind="SendCode"}'] == 0
        async with running_desk(tmp_path) as desk:
            assert await down(desk) == ["smtp"], "a restart forgets nothing"
            buyer.customer.http = desk.http
            await desk.advance(60 * 40)
            await buyer.customer.look()
            claimed = [said for said in buyer.customer.said if "wysłan" in said or "Wysłaliśmy" in said]
            assert claimed == [], "nothing has left"
            await desk.fault("smtp", "down", 0)
            await desk.advance(2 * 60)
            assert len(await desk.outbox(buyer.person.email)) == 1
            assert await down(desk) == []
            await buyer.customer.look()
            assert any("wiadomość wysłana" in said for said in buyer.customer.said)
            told = figures((await desk.http.get("/metrics")).text)
            assert told['okienko_jobs_retrying{kind="SendLetter"}'] == 0


async def test_orders_and_those_who_wait_are_counted(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:
        scripted = Scripted(desk)
        await scripted.run("payment")
        before = figures((await desk.http.get("/metrics")).text)
        assert before['okienko_waiting{what="people"}'] == 0
        assert before['okienko_orders{state="placed"}'] == before['okienko_payments{state="pending"}'] == 1
        await scripted.customer.say("/agent")
        await scripted.run()
        await desk.advance(600)
        after = figures((await desk.http.get("/metrics")).text)
        assert after['okienko_waiting{what="people"}'] == 1
        assert 600 <= after['okienko_waiting_oldest_seconds{what="people"}'] < 700
        assert after['okienko_orders{state="paid"}'] == after['okienko_payments{state="paid"}'] == 1
        assert after["okienko_database_up"] == 1


def figures(text: str) -> dict[str, float]:
    """Each series and its value."""
    lines = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {series: float(value) for series, _, value in lines}
