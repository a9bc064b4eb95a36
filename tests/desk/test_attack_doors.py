"""Hostile requests at the doors: odd numbers, forged presses, secrets in the shape of buttons, foreign hosts."""

import asyncio
import json
import stat
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.handlers.rest import channel
from bot.web import guard
from tests.crash.process import free_port
from tests.desk.running import Running, all_of, http_client, running_desk
from tests.kit.talks import says

API = {"authorization": "Bearer sandbox"}
CARD = "4242424242424242"


@asynccontextmanager
async def web_chat(desk: Running) -> AsyncGenerator[httpx.AsyncClient]:
    """A visitor of the chat page who has said hello."""
    async with http_client(desk.url, headers={"okienko-chat": "1", "content-type": "application/json"}) as client:
        await client.get("/chat")
        await client.post("/webchat/messages", content=json.dumps({"text": "/start", "message_id": "first"}))
        yield client


async def test_a_press_names_a_message_by_a_number_that_there_may_be(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk, web_chat(desk) as client:

        async def press(asked_at: Any, n: int) -> int:
            body = {"payload": "start:buy", "message_id": f"p{n}", "asked_at": asked_at}
            return (await client.post("/webchat/press", content=json.dumps(body))).status_code

        odd = (-1, 10**9, 2**63, 10**30, 1.5, True, "1", [], {})
        assert [await press(asked_at, n) for n, asked_at in enumerate(odd)] == [400] * len(odd)
        assert [await press(asked_at, 50 + n) for n, asked_at in enumerate((None, 0, 1, 999))] == [200] * 4


async def test_a_stream_goes_on_from_wherever_the_page_says_it_was(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk, web_chat(desk) as client:
        for last in ("9" * 18 + "." + "9" * 19, "9" * 19 + ".1", "1.", ".1", "-1.-1", "1e3.1", "x" * 9000):
            async with client.stream("GET", "/webchat/events", headers={"last-event-id": last}) as stream:
                assert stream.status_code == 200
                lines = stream.aiter_lines()
                heard = [await anext(lines) for _ in range(5)]
            assert "event: message" in heard, last


async def test_a_secret_in_the_shape_of_a_button_is_no_button(tmp_path: Path) -> None:
    secrets = ("haslo:kanarek77x", "password:kanarek77x", "token:sk_live_kanarek77xkanarek77x", "cvc:771")
    async with running_desk(tmp_path) as desk:
        customer = await says(desk.customer("en"), "/start")
        for secret in secrets:
            await customer.say(secret)
            assert customer.at == "account.start"
            assert "removed" in customer.said[-1], secret
        async with web_chat(desk) as client:
            for n, payload in enumerate((f"{CARD} kanarek", "haslo: kanarek77x", "/start kanarek77x", "\0\ud800 x")):
                body = json.dumps({"payload": payload, "message_id": f"k{n}", "asked_at": 1})
                answer = await client.post("/webchat/press", content=body)
                assert answer.status_code == 200
                assert CARD not in answer.text
            long = f"to moja karta {CARD} 12/29 " + "bla " * 4000
            answer = await client.post("/webchat/messages", content=json.dumps({"text": long, "message_id": "long"}))
            assert CARD not in answer.text
            for n, start in enumerate(("/start kanarek77x", "/start kanarek77x hej", "/START kanarek77x")):
                await client.post("/webchat/messages", content=json.dumps({"text": start, "message_id": f"s{n}"}))
    written = all_of(tmp_path)
    assert CARD.encode() not in written
    assert b"kanarek77x" not in written
    assert b"cvc:771" not in written


@pytest.mark.parametrize("headers", [{"host": "127.0.0.1.example.com"}, {"x-forwarded-for": "127.0.0.1"}])
async def test_a_sandboxed_desk_answers_to_this_machine_alone(desk: Running, headers: dict[str, str]) -> None:
    for path in ("/", "/sandbox/api/messages", "/api/v1/customers", "/desk/login", "/healthz"):
        answer = await desk.http.get(path, headers={**headers, "authorization": "Bearer sandbox"})
        assert (answer.status_code, "OKIENKO_SANDBOX=public" in answer.text) == (403, True)
    for host in ("localhost:1", "[::1]:1", "127.0.0.2"):
        assert (await desk.http.get("/healthz", headers={"host": host})).status_code == 200
        found = (await desk.http.get("/sandbox/api/messages", headers={"host": host})).status_code
        assert found == 403, "until restart"


FOREIGN = (
    {"origin": "https://evil.example"},
    {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
    {"origin": "null", "sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "cross-site"},
)


async def test_another_sites_page_in_a_browser_here_changes_nothing(desk: Running) -> None:
    for headers in FOREIGN:
        plain = {**headers, "content-type": "text/plain"}
        for path in ("/sandbox/api/reset", "/sandbox/api/clock", "/webhooks/rest/webhook"):
            assert (await desk.http.post(path, content=b"{}", headers=plain)).status_code == 403, (path, headers)
        assert (await desk.http.get("/", headers=headers)).status_code == 200, "a link may lead here"
    ours = {"origin": "http://localhost:8080", "sec-fetch-site": "cross-site"}
    assert (await desk.http.post("/sandbox/api/reset", headers=ours)).status_code != 403


async def test_nginx_as_it_comes_adds_nothing_and_is_known_all_the_same(desk: Running) -> None:
    host, port = desk.url.removeprefix("http://").split(":")
    for more, status in ((b"Connection: close\r\n", b" 403 "), (b"", b" 200 ")):
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"GET /sandbox/api/messages HTTP/1.0\r\nHost: 127.0.0.1\r\n" + more + b"\r\n")
        await writer.drain()
        assert status in await asyncio.wait_for(reader.readline(), 10)
        writer.close()


@pytest.mark.desk(sandbox="public")
async def test_no_answer_sends_anybody_to_the_host_that_a_request_claims(desk: Running) -> None:
    customer = await says(desk.customer(), "start:log_in")
    page = customer.link("secure_page")["href"]
    for path in ("/", "/chat", "/chat/", page, page + "/", "/p/x/", "/api/v1/customers/", "/sandbox/", "/healthz/"):
        answer = await desk.http.get(path, headers={"host": "evil.example", "x-forwarded-host": "evil.example"})
        assert "evil.example" not in answer.headers.get("location", "")
        assert "evil.example" not in answer.text
    assert (await customer.say("secure_page:again"))["links"][0]["href"].startswith(desk.url + "/s/")


async def test_the_api_is_closed_whatever_its_path(desk: Running) -> None:
    email = "customers?email=a@b.pl"
    for path in (email, email.replace("c", "%63", 1), f"../v1/{email}", "orders/%0A/payments"):
        assert (await desk.http.get(f"/api/v1/{path}")).status_code == 401
    for path in (f"/api/v1//{email}", f"//api/v1/{email}", "/api/v1/docs"):
        # Closed before anything is looked up; a path outside is no path of ours.
        assert (await desk.http.get(path)).status_code in (401, 404)
    for odd in ("%00", "%ED%A0%80", "' OR 1=1 --", "%25", "a@b.pl%00"):
        assert (await desk.http.get(f"/api/v1/customers?email={odd}", headers=API)).status_code == 404


async def test_what_is_on_the_disk_is_its_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    async with running_desk(folder) as desk:
        await desk.customer().say("/start")
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}
    assert len(modes) >= 4
    assert set(modes.values()) == {0o600}, modes
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


async def test_one_visitor_has_few_streams_however_fast_they_are_asked_for(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk, web_chat(desk) as client:
        all_known = asyncio.Barrier(12)

        async def follow() -> bool:
            """Whether anything is heard; a stream that is heard stays open until it is known of all of them."""
            async with client.stream("GET", "/webchat/events") as stream:
                lines = stream.aiter_lines()  # the stream is closed with it
                heard = stream.status_code != 429 and await _hears(lines)
                await asyncio.wait_for(all_known.wait(), 20)
                return heard

        assert sum(await asyncio.gather(*(follow() for _ in range(12)))) == 5


async def _hears(lines: AsyncIterator[str]) -> bool:
    """False when the stream ends by itself, as one too many does."""
    async for line in lines:
        if line.startswith("event:"):
            return True
    return False


async def test_a_body_that_never_ends_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "SLOWEST_BODY_S", 0.3)
    monkeypatch.setattr(channel, "SLOWEST_BODY_S", 0.3)
    async with running_desk(tmp_path) as desk:
        host, port = desk.url.removeprefix("http://").split(":")
        for path in ("/webhooks/rest/webhook", "/webhooks/payments/przelewy24"):
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 100\r\n\r\nslow".encode())
            await writer.drain()
            assert b" 408 " in await asyncio.wait_for(reader.readline(), 10)
            writer.close()


LIVE = {
    "sandbox": "off",
    "rate_limits": "on",
    "secret_key": "a key of forty characters for this desk.",
    "api_token": "a token of the seller that is long enough",
    "public_url": "https://desk.example",
    "rest": "open",
    "smsapi_token": "t",
    "smsapi_url": "http://127.0.0.1:9/sms.do",
    "smtp_host": "127.0.0.1",
    "smtp_port": 9,
    "smtp_tls": "none",
    "smtp_from": "Desk <desk@desk.example>",
    "gus_key": "k",
    "gus_url": "http://127.0.0.1:9/gus",
    "mf_url": "http://127.0.0.1:9/mf",
    "przelewy24_merchant_id": 1,
    "przelewy24_api_key": "k",
    "przelewy24_crc": "c",
    "przelewy24_url": "http://127.0.0.1:9",
    "paypal_client_id": "i",
    "paypal_client_secret": "s",
    "paypal_webhook_id": "w",
    "paypal_url": "http://127.0.0.1:9",
}


SANDBOXS = ("messages", "clock", "payments", "endpoints")


async def test_live_there_is_no_sandbox_and_cookies_are_for_https_only(tmp_path: Path) -> None:
    async with running_desk(tmp_path, **LIVE) as desk:
        app = httpx.ASGITransport(desk.installation.app, client=("203.0.113.7", 1))
        async with httpx.AsyncClient(transport=app, base_url="https://desk.example") as http:
            for path in ("", "/", "/panel", "/smsapi", *(f"/api/{what}" for what in SANDBOXS)):
                for way in ("GET", "POST"):
                    assert (await http.request(way, f"/sandbox{path}")).status_code == 404, path
            assert (await http.get("/api/v1/customers?email=a@b.pl", headers=API)).status_code == 401
            page = await http.get("/chat")
            cookie = page.headers["set-cookie"]
            assert cookie.startswith("__Host-okienko=")
            assert {"Path=/", "HttpOnly", "Secure", "SameSite=Lax"} <= set(cookie.split("; "))
            assert page.headers["strict-transport-security"].startswith("max-age=31536000")
            assert "sandbox" not in (await http.get("/")).text.lower()
            body = {"sender": "q7Vx2mLw9RtZ4kCd", "message": "/start"}
            answers = [(await http.post("/webhooks/rest/webhook", json=body)).status_code for _ in range(60)]
            assert set(answers) == {200}
            # A slow machine may have come into the next minute.
            assert 429 in [(await http.post("/webhooks/rest/webhook", json=body)).status_code for _ in range(61)]


async def test_live_nobody_writes_by_rest_where_no_word_opens_it(tmp_path: Path) -> None:
    async with running_desk(tmp_path, **LIVE | {"rest": None}) as desk:
        app = httpx.ASGITransport(desk.installation.app, client=("203.0.113.7", 1))
        async with httpx.AsyncClient(transport=app, base_url="https://desk.example") as http:
            body = {"sender": "q7Vx2mLw9RtZ4kCd", "message": "/start"}
            assert (await http.post("/webhooks/rest/webhook", json=body)).status_code == 404
            assert (await http.get("/chat")).status_code == 200


@pytest.mark.parametrize(("token", "status"), [("sandbox", 403), (LIVE["api_token"], 404)])
async def test_behind_a_proxy_nobody_reaches_a_live_desk_whose_key_can_be_guessed(
    tmp_path: Path, token: str, status: int
) -> None:
    """Its settings say that it is for this machine alone, and can't know of a proxy here."""
    port = free_port()
    here = {"api_token": token, "port": port, "public_url": f"http://127.0.0.1:{port}"}
    async with running_desk(tmp_path, **LIVE | here) as desk:
        asked = {"authorization": f"Bearer {token}"}
        for passed_on in ({"x-forwarded-for": "203.0.113.7"}, {"host": "desk.example"}):
            answer = await desk.http.get("/api/v1/customers?email=a@b.pl", headers=asked | passed_on)
            assert (answer.status_code, "OKIENKO_PUBLIC_URL" in answer.text) == (status, status == 403)
        assert (await desk.http.get("/api/v1/customers?email=a@b.pl", headers=asked)).status_code == 404
