from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from sandbox.faults import Mode
from services.errors import Misconfigured, ProviderRefused, ProviderUnavailable, ServiceError
from services.messaging.mail import Mail
from services.messaging.smsapi import SmsApi
from services.messaging.smtp import SmtpMailer
from tests.services.outside import NOON, FarEnd, breaker, noon, said
from tests.services.standins import PASSING, StandIns

ACCEPTED = {
    "count": 1,
    "list": [{"id": "5F3A", "points": 0.16, "number": "48500600700", "status": "QUEUE", "error": None}],
}


def api(far: FarEnd, sender: str | None = "Okienko", *, fast: bool = False) -> SmsApi:
    return SmsApi(
        far.client,
        url="https://api.smsapi.example/sms.do",
        token="tok",
        clock=noon(),
        breaker=breaker(),
        sender=sender,
        fast=fast,
    )


async def send(far: FarEnd) -> str | None:
    return await api(far).send("+48500600700", "Okienko: kod 493027", "conv:7:1")


async def test_a_text_goes_out_under_its_key() -> None:
    far = FarEnd(said(ACCEPTED))
    assert await send(far) == "5F3A"
    assert (far.asked[0].method, str(far.asked[0].url)) == ("POST", "https://api.smsapi.example/sms.do")
    assert far.asked[0].headers["authorization"] == "Bearer tok"
    assert far.form() == {
        "to": "48500600700",
        "message": "Okienko: kod 493027",
        "idx": "conv:7:1",
        "check_idx": "1",
        "nounicode": "1",
        "format": "json",
        "encoding": "utf-8",
        "from": "Okienko",
    }


async def test_without_a_sender_name_the_account_decides_and_codes_may_go_fast() -> None:
    far = FarEnd(said(ACCEPTED))
    await api(far, sender=None, fast=True).send("+48500600700", "x", "k")
    assert "from" not in far.form()
    assert far.form()["fast"] == "1"


async def test_a_repeat_after_a_lost_answer_is_the_same_message() -> None:
    far = FarEnd(httpx.ReadTimeout("lost"), said({"error": 53, "message": "Not unique idx"}))
    assert await send(far) is None
    assert far.form(0) == far.form(1)


@pytest.mark.parametrize(
    ("expires_in", "told"),
    [
        (timedelta(minutes=10), timedelta(hours=1, minutes=5)),
        (timedelta(hours=3), timedelta(hours=3)),
        (timedelta(days=9), timedelta(hours=71, minutes=55)),
    ],
)
async def test_the_expiry_is_brought_into_the_providers_window(expires_in: timedelta, told: timedelta) -> None:
    far = FarEnd(said(ACCEPTED))
    await api(far).send("+48500600700", "x", "k", expires_at=NOON + expires_in)
    assert datetime.fromtimestamp(int(far.form()["expiration_date"]), UTC) == NOON + told


@pytest.mark.parametrize(
    ("number", "error"),
    [
        *((number, ProviderRefused) for number in (13, 57, 59)),
        *((number, Misconfigured) for number in (11, 12, 14, 27, 56, 94, 98, 101, 103, 105, 110, 112, 401, 1000)),
        *((number, ProviderUnavailable) for number in (8, 52, 200, 201, 202, 203, 666, 998, 999)),
    ],
)
async def test_errors_in_the_body_are_sorted_by_who_can_mend_them(number: int, error: type[ServiceError]) -> None:
    far = FarEnd(*[said({"error": number, "message": "to +48500600700"})] * 3)
    with pytest.raises(error) as raised:
        await send(far)
    assert raised.value.origin == f"smsapi {number}"
    assert "48500600700" not in str(raised.value)


async def test_too_many_to_one_number_waits_a_minute() -> None:
    far = FarEnd(said({"error": 52, "message": ""}))
    with pytest.raises(ProviderUnavailable) as raised:
        await send(far)
    assert raised.value.retry_after == timedelta(minutes=1)


async def test_a_busy_host_is_asked_again_with_the_same_key() -> None:
    far = FarEnd(said({"error": 201, "message": ""}), said(ACCEPTED))
    assert await send(far) == "5F3A"
    assert far.form(0)["idx"] == far.form(1)["idx"]


@pytest.mark.parametrize("body", [b"<html>", b"", b"[]", b'{"list": []}', b'{"list": "x"}', b"null", b'{"error": "x"}'])
async def test_garbage_may_have_been_an_acceptance(body: bytes) -> None:
    far = FarEnd(*[httpx.Response(200, content=body)] * 3)
    with pytest.raises(ProviderUnavailable) as raised:
        await send(far)
    assert raised.value.uncertain


# --- sMS and mail against the sandbox: what its ledger holds is what the outside saw ---


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
    assert await sms(world).send("+48512000111", "Kod 493027", "k1", expires)
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
