"""Faults: every mode at every HTTP provider, in the same process."""

import httpx
import pytest

from sandbox.credentials import TELEGRAM_TOKEN
from tests.kit.rows import each_row
from tests.sandbox.room import Room
from tests.sandbox.test_smsapi import send

CALLS = {
    "smsapi": ("POST", "/sandbox/smsapi/sms.do"),
    "mf": ("GET", "/sandbox/mf/api/search/nip/1234563218?date=2026-11-20"),
    "gus": ("POST", "/sandbox/gus"),
    "vies": ("GET", "/sandbox/vies/ms/PL/vat/1234563218"),
    "przelewy24": ("GET", "/sandbox/przelewy24/api/v1/testAccess"),
    "paypal": ("POST", "/sandbox/paypal/v1/oauth2/token"),
    "stripe": ("GET", "/sandbox/stripe/v1/payment_methods/pm_1"),
    "seller": ("POST", "/sandbox/seller/events"),
    "telegram": ("POST", f"/sandbox/telegram/bot{TELEGRAM_TOKEN}/getMe"),
    "transcription": ("POST", "/sandbox/transcription/v1/audio/transcriptions"),
}
SERVER_ERRORS = {
    "smsapi": (200, '{"error":201,'),
    "mf": (500, '"code":"WL-100"'),
    "gus": (500, "<s:Fault>"),
    "vies": (500, "MS_UNAVAILABLE"),
    "przelewy24": (500, '"code":500'),
    "paypal": (500, "INTERNAL_SERVER_ERROR"),
    "stripe": (500, "api_error"),
    "seller": (500, "internal error"),
    "telegram": (500, '"error_code":500'),
    "transcription": (500, '"type":"server_error"'),
}


async def call(room: Room, provider: str) -> httpx.Response:
    method, path = CALLS[provider]
    return await room.client.request(method, path)


@pytest.mark.parametrize("provider", CALLS)
async def test_each_mode_counts_down_and_then_the_provider_answers_again(room: Room, provider: str) -> None:
    usual = (await call(room, provider)).status_code
    for mode, status in (
        ("down", 503),
        ("garbage", 200),
        ("slow", usual),
        ("too_many", 429),
        ("error", SERVER_ERRORS[provider][0]),
    ):
        await room.post_api("faults", provider=provider, mode=mode, times=2)
        first, response = await call(room, provider), await call(room, provider)
        assert [first.status_code, response.status_code] == [status, status]
        if mode == "error":
            assert SERVER_ERRORS[provider][1] in response.text
        if mode == "garbage":
            assert "this is no answer" in response.text
        assert (await call(room, provider)).status_code == usual
    assert room.slept == [5.0, 5.0]
    for mode in ("reset", "lost"):
        await room.post_api("faults", provider=provider, mode=mode, times=1)
        with pytest.raises(httpx.RemoteProtocolError):
            await call(room, provider)
    await room.post_api("faults", provider=provider, mode="timeout", times=1)
    with pytest.raises(httpx.ReadTimeout):
        await call(room, provider)
    assert room.slept == [5.0, 5.0, 60.0]
    assert (await call(room, provider)).status_code == usual
    outcomes = [entry["outcome"] for entry in await room.get_api("calls", provider=provider)]
    assert (outcomes.count("lost"), len(outcomes)) == (1, 20)


async def test_lost_is_done_and_reset_is_not(room: Room) -> None:
    for mode in ("reset", "lost"):
        await room.post_api("faults", provider="smsapi", mode=mode, times=1)
        with pytest.raises(httpx.RemoteProtocolError):
            await send(room, idx=mode, check_idx="1")
    assert [message.key for message in room.ledger.messages()] == ["lost"]
    assert (await send(room, idx="lost", check_idx="1"))["error"] == 53


async def test_a_fault_without_times_lasts_until_it_is_cleared(room: Room) -> None:
    await room.post_api("faults", provider="mf", mode="down")
    for _ in range(5):
        assert (await call(room, "mf")).status_code == 503
    assert await room.get_api("faults") == [{"provider": "mf", "mode": "down", "times": None}]
    assert await room.post_api("faults", provider="mf", mode="down", times=0) == []
    assert (await call(room, "mf")).status_code == 200


@each_row
async def test_a_fault_that_is_none_is_refused(room: Room, wish: dict[str, object]) -> None:
    response = await room.client.post("/sandbox/api/faults", json=wish)
    assert (response.status_code, "error" in response.json()) == (400, True)


@pytest.mark.parametrize("provider", ["stripe", "seller", "smtp"])
async def test_faults_of_providers_without_an_http_stand_in_are_kept_for_whoever_plays_them(
    room: Room, provider: str
) -> None:
    await room.post_api("faults", provider=provider, mode="error", times=2)
    assert [room.sandbox.world.faults.take(provider) for _ in range(3)] == ["error", "error", None]


async def test_payers_pages_are_no_calls(room: Room) -> None:
    await room.post_api("faults", provider="paypal", mode="down", times=1)
    assert (await room.client.get("/sandbox/paypal/checkoutnow?token=none")).status_code == 404
    assert len(await room.get_api("faults")) == 1
