"""SMS and mail against the sandbox: what its ledger holds is what the outside saw."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from sandbox.faults import Mode
from services.errors import Misconfigured, ProviderRefused, ProviderUnavailable
from services.messaging.mail import Mail
from services.messaging.smsapi import SmsApi
from services.messaging.smtp import SmtpMailer
from tests.services.standins import PASSING, StandIns


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[StandIns]:
    stand_ins = StandIns(tmp_path)
    await stand_ins.sandbox.start_mail()
    yield stand_ins
    await stand_ins.sandbox.stop_mail()


def sms(world: StandIns) -> SmsApi:
    return SmsApi(
        world.client, **world.endpoints["smsapi"], clock=world.clock, breaker=world.breaker("smsapi"), timeout_s=0.2
    )


def mailer(world: StandIns) -> SmtpMailer:
    return SmtpMailer(
        **world.endpoints["smtp"],
        sender="Okienko <desk@okienko.example>",
        clock=world.clock,
        breaker=world.breaker("smtp"),
        timeout=0.5,
    )


MAIL = Mail(
    "anna@example.com", "Potwierdź", "https://desk.example/s/abc", '<a href="https://desk.example/s/abc">ok</a>'
)


async def test_an_sms_reaches_the_phone_once_per_key(world: StandIns) -> None:
    expires = world.clock.now() + timedelta(minutes=10)
    first = await sms(world).send("+48512000111", "Kod 493027", "k1", expires)
    assert first
    assert await sms(world).send("+48512000111", "Kod 493027", "k1", expires) is None
    (message,) = world.ledger.messages("+48512000111")
    assert (message.text, message.key) == ("Kod 493027", "k1")


@pytest.mark.parametrize("mode", PASSING)
async def test_an_sms_gets_through_any_passing_fault_exactly_once(world: StandIns, mode: Mode) -> None:
    world.fault("smsapi", mode, 1)
    await sms(world).send("+48512000111", "Kod 493027", "k1")
    assert len(world.ledger.messages("+48512000111")) == 1


async def test_refusals_of_the_gateway_are_told_apart(world: StandIns) -> None:
    for phone, error in (
        ("+48512000957", ProviderRefused),
        ("+48512000912", Misconfigured),
        ("+48512000903", Misconfigured),
    ):
        with pytest.raises(error):
            await sms(world).send(phone, "Kod 493027", f"k{phone}")
    with pytest.raises(Misconfigured):
        await sms(world).send("+48512000111", "Zażółć", "k2")
    assert world.ledger.messages(None) == []


async def test_a_mail_reaches_the_mailbox_with_its_links(world: StandIns) -> None:
    await mailer(world).send(MAIL, "k1")
    (message,) = world.ledger.messages("anna@example.com")
    assert (message.subject, message.links) == ("Potwierdź", ["https://desk.example/s/abc"])
    assert message.key == "<k1@okienko.example>"


async def test_mail_that_is_refused_or_put_off_is_told_apart(world: StandIns) -> None:
    with pytest.raises(ProviderRefused, match="recipient_refused"):
        await mailer(world).send(Mail("refused@example.com", "s", "t", "h"), "k1")
    with pytest.raises(ProviderUnavailable) as put_off:
        await mailer(world).send(Mail("greylisted@example.com", "s", "t", "h"), "k2")
    assert put_off.value.retry_after


@pytest.mark.parametrize("mode", PASSING)
async def test_a_mail_is_never_lost_and_doubled_only_where_nobody_can_know(world: StandIns, mode: Mode) -> None:
    world.fault("smtp", mode, 1)
    if mode in ("timeout", "lost", "garbage", "reset"):
        with pytest.raises(ProviderUnavailable) as failure:
            await mailer(world).send(MAIL, "k1")
        assert failure.value.uncertain
    await mailer(world).send(MAIL, "k1")  # as the stored call would, later
    letters = world.ledger.messages("anna@example.com")
    assert {letter.key for letter in letters} == {"<k1@okienko.example>"}
    assert len(letters) == (2 if mode == "lost" else 1)
