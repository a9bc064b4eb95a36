"""Events as Standard Webhooks: the standard's own example, every answer of a receiver, the sandbox's receiver."""

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.faults import Mode
from services.errors import Misconfigured, ProviderRefused, ProviderUnavailable, ServiceError
from services.seller.standard_webhooks import WebhookSender, read_secret, signature
from tests.services.outside import FarEnd, breaker, noon
from tests.services.standins import PASSING, StandIns
from tests.table import table

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_" + base64.b64encode(b"o" * 32).decode()
BODY = b'{"data":{},"timestamp":"2026-11-20T12:00:00Z","type":"account.created"}'


def sender(far: FarEnd, *secrets: str) -> WebhookSender:
    keys = [read_secret(secret) for secret in secrets or (SECRET,)]
    url = "https://erp.example/hooks?of=okienko"
    return WebhookSender(far.client, url=url, keys=keys, clock=noon(), breaker=breaker(), timeout_s=0.2)


def test_the_signature_is_that_of_the_standards_example() -> None:
    at = datetime.fromtimestamp(1614265330, UTC)
    signed = signature([read_secret(SECRET)], "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_while_one_secret_replaces_another_both_sign() -> None:
    keys = [read_secret(SECRET), read_secret(OTHER)]
    both = signature(keys, "evt_1", noon().now(), BODY).split(" ")
    assert both == [signature([key], "evt_1", noon().now(), BODY) for key in keys]


@table("wrong", ["", "whsec_", "whsec_dG9vIHNob3J0", "whsec_%%%", "whsec_" + "A" * 100, "zażółć"])
def test_what_is_no_secret_is_refused_and_not_quoted(wrong: str) -> None:
    with pytest.raises(ValueError, match="webhook secret") as refused:
        read_secret(wrong)
    assert not wrong or wrong.removeprefix("whsec_") not in str(refused.value) or wrong == "whsec_"


async def test_what_is_sent() -> None:
    far = FarEnd(httpx.Response(204))
    await sender(far).send("evt_1", BODY)
    (sent,) = far.asked
    assert (sent.method, str(sent.url), sent.content) == ("POST", "https://erp.example/hooks?of=okienko", BODY)
    assert sent.headers["webhook-id"] == "evt_1"
    assert sent.headers["webhook-timestamp"] == str(int(noon().now().timestamp()))
    assert sent.headers["webhook-signature"] == signature([read_secret(SECRET)], "evt_1", noon().now(), BODY)
    assert sent.headers["content-type"] == "application/json"


ANSWERS: dict[int, tuple[type[ServiceError] | None, str]] = {
    200: (None, ""),
    202: (None, ""),
    301: (Misconfigured, "redirected"),
    400: (ProviderRefused, "not_taken"),
    401: (Misconfigured, "credentials_refused"),
    404: (ProviderRefused, "not_taken"),
    410: (ProviderRefused, "gone"),
    429: (ProviderUnavailable, "too_many_requests"),
    500: (ProviderUnavailable, "unavailable"),
    503: (ProviderUnavailable, "unavailable"),
}


@pytest.mark.parametrize("status", ANSWERS)
async def test_2xx_is_taken_and_nothing_else_is(status: int) -> None:
    kind, reason = ANSWERS[status]
    far = FarEnd(httpx.Response(status, headers={"retry-after": "60", "location": "https://evil.example/"}))
    if kind is None:
        await sender(far).send("evt_1", BODY)
    else:
        with pytest.raises(kind) as failed:
            await sender(far).send("evt_1", BODY)
        assert failed.value.reason == reason
        if isinstance(failed.value, ProviderUnavailable):
            assert failed.value.retry_after == timedelta(seconds=60)
    assert len(far.asked) == 1, "one try, no redirect followed"


def to_stand_in(world: StandIns, **changed: Any) -> WebhookSender:
    ends = world.endpoints["seller"]
    given: dict[str, Any] = {
        "url": ends["events_url"],
        "keys": [read_secret(ends["events_secret"])],
        "clock": world.clock,
        "breaker": world.breaker("seller"),
        "timeout_s": 0.2,
    }
    return WebhookSender(world.client, **(given | changed))


async def test_the_sandboxs_receiver_takes_what_is_signed_rightly_only(tmp_path: Path) -> None:
    world = StandIns(tmp_path)
    right = read_secret(world.endpoints["seller"]["events_secret"])
    await to_stand_in(world, keys=[read_secret(OTHER), right]).send("evt_1", BODY)
    await to_stand_in(world).send("evt_1", BODY)
    (told,) = world.ledger.events()
    assert (told.id, told.type, told.data, told.times) == ("evt_1", "account.created", {}, 2)
    with pytest.raises(Misconfigured):
        await to_stand_in(world, keys=[read_secret(OTHER)]).send("evt_2", BODY)
    late = noon()
    late.advance(360)
    for clock in (late,):
        with pytest.raises(Misconfigured):
            await to_stand_in(world, clock=clock).send("evt_3", BODY)
    assert len(world.ledger.events()) == 1


@pytest.mark.parametrize("mode", PASSING)
async def test_an_event_gets_through_any_passing_fault_under_one_id(tmp_path: Path, mode: Mode) -> None:
    world = StandIns(tmp_path)
    world.fault("seller", mode, 1)
    tries = 0
    while True:
        tries += 1
        try:
            await to_stand_in(world).send("evt_1", BODY)
        except ProviderUnavailable:
            continue
        break
    events = world.ledger.events()
    # A proxy's page with status 200 is an answer like any other: a receiver must not stand behind such a proxy.
    assert len(events) == (0 if mode == "garbage" else 1)
    assert tries == (1 if mode in ("garbage", "slow") else 2)
    assert all(event.times == (2 if mode == "lost" else 1) for event in events)
