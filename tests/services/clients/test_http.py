import logging

import httpx
import pytest
from pydantic import BaseModel

from services.clients.http import HttpAnswer, make_client
from services.errors import ProviderUnavailable
from tests.services.outside import FarEnd, said


class Said(BaseModel):
    number: int


def answer(body: bytes, status: int = 200) -> HttpAnswer:
    return HttpAnswer(status, httpx.Headers(), body)


def test_loopback_is_reached_without_the_environments_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://proxy.example:3128")
    client = make_client()
    assert client._transport_for_url(httpx.URL("https://far.example/")) is not client._transport
    for host in ("127.0.0.1:8080", "localhost:8080", "[::1]:8080"):
        assert client._transport_for_url(httpx.URL(f"http://{host}/sandbox")) is client._transport


async def test_no_address_gets_into_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await FarEnd(said({})).client.get("https://far.example/nip/1234563218")
    assert "1234563218" not in caplog.text


async def test_a_redirect_is_not_followed() -> None:
    far = FarEnd(said({}, 302, Location="https://evil.example/"))
    assert (await far.client.get("https://far.example/")).status_code == 302


def test_a_body_is_read_or_refused_without_being_quoted() -> None:
    assert answer(b'{"number": 7}').read_as(Said).number == 7
    for body in (b"", b"<html>", b'{"number": "secret"}', b"[" * 100_000, b"\xff"):
        with pytest.raises(ProviderUnavailable) as raised:
            answer(body).read_as(Said)
        assert "secret" not in repr(raised.value)
        assert raised.value.__cause__ is None
        assert raised.value.__suppress_context__


def test_a_proxys_page_is_no_answer() -> None:
    assert answer(b"{}").checked_json().status == 200
    for body in (b"<html>", b"", b"[" * 100_000, b"\xff\xfe\xfd"):
        with pytest.raises(ProviderUnavailable, match="garbage"):
            answer(body).checked_json()
