"""The lean transport against servers on loopback that answer, fall silent, close and talk nonsense as they are told."""

import asyncio
import json
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from telegram import InputFile, error

from bot.handlers.telegram import transport
from bot.handlers.telegram.client import make_bot
from bot.handlers.telegram.transport import LeanRequest
from tests.bot.handlers.telegram.bot_api import until

TOKEN = "123456:secret-of-the-bot"
OK = b'{"ok":true,"result":true}'
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 25\r\n\r\n" + OK
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    """The desk's own loop; the other tests of Telegram run on asyncio's."""
    return "asyncio", {"use_uvloop": True}


@dataclass
class Server:
    """Answers each request as the next of `answers` says, the last one again and again; then closes, if it says so."""

    answers: list[bytes]
    closes: bool = False
    base_url: str = ""
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    at_once: int = 0
    most_at_once: int = 0
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    _writers: list[asyncio.StreamWriter] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.go_on.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.append(writer)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
                self.requests.append(head + await reader.readexactly(length))
                self.at_once += 1
                self.most_at_once = max(self.most_at_once, self.at_once)
                await self.go_on.wait()
                self.at_once -= 1
                for part in (self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]).split(b"<pause>"):
                    writer.write(part)
                    await writer.drain()
                    await asyncio.sleep(0.02)
                if self.closes:
                    break
        writer.close()

    def hang_up(self) -> None:
        for writer in self._writers:
            writer.close()


@asynccontextmanager
async def serving(*answers: bytes, closes: bool = False, tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    server = Server(list(answers), closes)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=tls)
    port = listening.sockets[0].getsockname()[1]
    server.base_url = f"{'https' if tls else 'http'}://127.0.0.1:{port}/bot"
    try:
        yield server
    finally:
        listening.close()
        server.hang_up()


def lean(base_url: str, *, tls: ssl.SSLContext | None = None, at_once: int = 2, read_s: float = 5.0) -> LeanRequest:
    return LeanRequest(base_url, tls or ssl.create_default_context(), at_once=at_once, read_s=read_s, pool_s=0.1)


@asynccontextmanager
async def linked(*answers: bytes, closes: bool = False, **how: Any) -> AsyncIterator[tuple[Server, LeanRequest]]:
    """A server, and a request that is shut down where it is no longer used."""
    async with serving(*answers, closes=closes) as server:
        request = lean(server.base_url, **how)
        yield server, request
        await request.shutdown()


async def a_moment() -> None:
    """Long enough for what is on its way, however long each pass of a loaded machine's loop takes."""
    for _ in range(20):
        await asyncio.sleep(0.005)


async def ask(request: LeanRequest, server: Server, **settings: Any) -> object:
    return await request.post(f"{server.base_url}{TOKEN}/sendMessage", **settings)


async def test_a_call_is_json_and_connections_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(WHOLE) as server:
        bot = make_bot(TOKEN, base_url=server.base_url, file_url=server.base_url)
        for _ in range(3):
            assert await bot.set_my_short_description("„Cześć” 🎉", "pl")
        assert server.connections == 1
        head, _, body = server.requests[0].partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        assert lines[0] == f"POST /bot{TOKEN}/setMyShortDescription HTTP/1.1"
        assert "Content-Type: application/json" in lines
        assert body == b'{"short_description": "\\u201eCze\\u015b\\u0107\\u201d \\ud83c\\udf89", "language_code": "pl"}'
        monkeypatch.setattr(transport, "MOST_IDLE_S", 0.0)
        await bot.set_my_short_description("x")
        assert server.connections == 2, "one that was idle for long isn't used"


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Le<pause>ngth: 25\r\n\r\n" + OK[:9] + b"<pause>" + OK[9:],
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n"
        + OK[:9]
        + b"\r\n<pause>10\r\n"
        + OK[9:]
        + b"\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 200025\r\n\r\n" + OK + b" " * 200_000,
        b"HTTP/1.1 100 Continue\r\n\r\n" + WHOLE,
        b"HTTP/1.1 100 Continue\r\n\r\n<pause>HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n<pause>" + WHOLE,
    ],
    ids=["in parts", "chunked", "long", "continue", "hints"],
)
async def test_an_answer_however_it_comes(answer: bytes) -> None:
    async with linked(answer) as (server, request):
        assert await ask(request, server) is True
        assert await ask(request, server) is True
        assert server.connections == 1


@pytest.mark.parametrize(
    ("answer", "closes"),
    [
        (WHOLE.replace(b"200 OK\r\n", b"200 OK\r\nConnection: close\r\n"), True),
        (WHOLE.replace(b"200 OK\r\n", b"200 OK\r\nConnection: close\r\n"), False),
        (WHOLE.replace(b"HTTP/1.1", b"HTTP/1.0"), False),
        (b"HTTP/1.0 200 OK\r\n\r\n" + OK, True),
        (b"HTTP/1.1 200 OK\r\n\r\n" + OK[:9] + b"<pause>" + OK[9:], True),
        (WHOLE + b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", False),
        (WHOLE + b"<pause>HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n", False),
    ],
    ids=["close", "close told only", "1.0", "1.0 to its end", "1.1 to its end", "unasked at once", "unasked later"],
)
async def test_an_answer_that_ends_its_connection(answer: bytes, closes: bool) -> None:
    async with linked(answer, closes=closes) as (server, request):
        for _ in range(2):
            assert await ask(request, server) is True
            await a_moment()
        assert server.connections == 2


@pytest.mark.parametrize(
    ("answer", "closes"),
    [
        (b"", True),
        (WHOLE[:60], True),
        (b"HTTP/1.1 200 OK\r\nContent-", True),
        (CHUNKED + b"5\r\nab", True),
        (b"HTTP/1.1 100 Continue\r\n\r\n", True),
        (b"SSH-2.0-OpenSSH_9.6\r\n", False),
        (b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nxx", False),
        (b"HTTP/1.1 200 OK\r\n" + b"X-Long: " + b"x" * transport.MOST_HEAD_BYTES + b"\r\n", False),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 4000, False),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (transport.MOST_ANSWER_BYTES + 1), False),
    ],
    ids=["none", "cut", "head cut", "chunk cut", "hint", "no HTTP", "upgrade", "long head", "many hints", "long body"],
)
async def test_an_answer_that_is_none_is_told_as_a_fault_and_nothing_is_sent_twice(answer: bytes, closes: bool) -> None:
    async with linked(answer, WHOLE, closes=closes) as (server, request):
        with pytest.raises(error.NetworkError) as caught:
            await ask(request, server)
        assert type(caught.value) is error.NetworkError
        assert TOKEN not in repr(caught.value)
        assert len(server.requests) == 1
        server.closes = False
        assert await ask(request, server) is True


async def test_a_connection_closed_between_two_calls_is_replaced() -> None:
    async with linked(WHOLE) as (server, request):
        await ask(request, server)
        server.hang_up()
        await a_moment()
        assert await ask(request, server) is True
        assert (server.connections, len(server.requests)) == (2, 2)


async def test_a_silent_server_is_waited_for_as_long_as_asked() -> None:
    slow = b"<pause>".join(WHOLE[at : at + 1] for at in range(len(WHOLE)))
    async with linked(slow, b"", read_s=0.6) as (server, request):
        assert await ask(request, server) is True, "what trickles in isn't silence"
        with pytest.raises(error.TimedOut):
            await ask(request, server)
        server.answers = [b"<pause>" * 40 + WHOLE]
        assert await ask(request, server, read_timeout=5.0) is True, "long polling"
        assert await ask(request, server, read_timeout=None) is True


async def test_few_calls_at_once_and_first_come_first_served() -> None:
    async with linked(WHOLE) as (server, request):
        server.go_on.clear()
        done: list[int] = []

        async def call(number: int) -> None:
            await ask(request, server, pool_timeout=5.0)
            done.append(number)

        async with asyncio.TaskGroup() as group:
            for number in range(20):
                group.create_task(call(number))
            await until(lambda: server.at_once == 2)
            with pytest.raises(error.TimedOut, match="not sent"):
                await ask(request, server)
            server.go_on.set()
        assert server.most_at_once == 2 == server.connections
        assert [number // 2 for number in done] == [number // 2 for number in range(20)]
        assert len(server.requests) == 20


async def test_a_call_given_up_ends_its_connection() -> None:
    async with linked(b"<pause>" * 10 + WHOLE, at_once=1) as (server, request):
        asking = asyncio.create_task(ask(request, server))
        await until(lambda: server.requests)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        server.answers = [WHOLE.replace(b"true}", b"null}")]
        assert await ask(request, server) is None, "not the answer of the one before"
        assert server.connections == 2


async def test_a_shutdown_ends_calls_and_connections_until_the_next_start() -> None:
    async with serving(WHOLE) as server:
        request = lean(server.base_url)
        await ask(request, server)
        server.go_on.clear()
        under_way = asyncio.create_task(ask(request, server))
        await until(lambda: len(server.requests) == 2)
        await request.shutdown()
        with pytest.raises(error.NetworkError):
            await under_way
        with pytest.raises(error.NetworkError):
            await ask(request, server)
        assert len(server.requests) == 2
        server.go_on.set()
        await request.initialize()
        assert await ask(request, server) is True
        await request.shutdown()


def test_another_event_loop_begins_anew() -> None:
    async def calls(request: LeanRequest | None = None) -> LeanRequest:
        async with serving(WHOLE) as server:
            made = request or lean(server.base_url)
            made._pool._port = int(server.base_url.rpartition(":")[2].partition("/")[0])
            await asyncio.gather(*(ask(made, server, pool_timeout=5.0) for _ in range(5)))
            return made

    request = asyncio.run(calls())
    asyncio.run(calls(request))


async def test_servers_that_cant_be_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(WHOLE) as server:
        gone = server
    with pytest.raises(error.NetworkError) as caught:
        await ask(lean(gone.base_url), gone)
    assert not isinstance(caught.value, error.TimedOut)
    assert "ConnectionRefusedError" in str(caught.value)
    with pytest.raises(error.NetworkError, match="gaierror"):
        await lean("http://nowhere.invalid/bot").post(f"http://nowhere.invalid/bot{TOKEN}/getMe")

    async def never(*_: Any, **__: Any) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", never)
    with pytest.raises(error.TimedOut):
        await ask(lean(gone.base_url), gone, connect_timeout=0.05)


async def test_an_address_that_leads_nowhere_does_not_keep_the_next_one_from_being_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loop = asyncio.get_running_loop()
    connect = loop.create_connection

    async def found(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(0, 0, 0, "", ("2001:db8::1", 0, 0, 0)), (0, 0, 0, "", ("127.0.0.1", 0))]

    async def connected(make: Any, address: str, *where: Any, **more: Any) -> object:
        await asyncio.sleep(60 if ":" in address else 0)
        return await connect(make, address, *where, **more)

    monkeypatch.setattr(loop, "getaddrinfo", found)
    monkeypatch.setattr(loop, "create_connection", connected)
    async with linked(WHOLE) as (server, request):
        assert await ask(request, server) is True


def certificate(folder: Path, name: x509.GeneralName) -> Path:
    """A key and a certificate that it has signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "telegram")])
    now = datetime.now(UTC)
    built = x509.CertificateBuilder(subject, subject, key.public_key(), 1, now, now + timedelta(days=1))
    signed = built.add_extension(x509.SubjectAlternativeName([name]), critical=False).sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "server.pem").write_bytes(private + signed.public_bytes(pem))
    return folder / "server.pem"


@pytest.mark.parametrize(
    ("name", "trusted", "well"),
    [("127.0.0.1", True, True), ("127.0.0.2", True, False), ("127.0.0.1", False, False)],
    ids=["trusted", "another host's", "nobody's"],
)
async def test_tls_looks_at_the_certificate_and_its_host(tmp_path: Path, name: str, trusted: bool, well: bool) -> None:
    file = certificate(tmp_path, x509.IPAddress(ip_address(name)))
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(file)
    async with serving(WHOLE, tls=tls) as server:
        request = lean(server.base_url, tls=ssl.create_default_context(cafile=file if trusted else None))
        if well:
            assert [await ask(request, server) for _ in range(2)] == [True, True]
            assert server.connections == 1
        else:
            with pytest.raises(error.NetworkError, match="SSLCertVerificationError"):
                await ask(request, server)
            assert not server.requests
        await request.shutdown()


async def test_what_needs_more_goes_by_httpx(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(WHOLE) as server:
        bot = make_bot(TOKEN, base_url=server.base_url, file_url=server.base_url)
        await bot._post("sendPhoto", {"chat_id": 1, "photo": InputFile(b"\x89PNG", attach=False)})
        assert b"multipart/form-data" in server.requests[0]
        assert b"\x89PNG" in server.requests[0]
        assert await bot.request.retrieve(f"{server.base_url}{TOKEN}/file") == OK
        assert server.requests[1].startswith(b"GET ")
        # Everything else that isn't on loopback goes by the proxy that the environment names.
        monkeypatch.setenv("http_proxy", server.base_url.removesuffix("/bot"))
        asked: list[str] = []

        async def by_httpx(_client: object, *, url: str, **_: object) -> httpx.Response:
            asked.append(url)
            return httpx.Response(200, content=OK)

        monkeypatch.setattr(httpx.AsyncClient, "request", by_httpx)
        for base_url in ("http://telegram.example.com/bot", "https://somebody:secret@telegram.example.com/bot"):
            await lean(base_url).post(f"{base_url}1:a/getMe")
        assert len(asked) == 2


async def test_a_call_in_json_goes_by_a_proxy_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []

    async def by_httpx(_client: object, *, data: dict[str, Any], **_: object) -> httpx.Response:
        asked.append(data)
        return httpx.Response(200, content=OK)

    monkeypatch.setattr(httpx.AsyncClient, "request", by_httpx)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    bot = make_bot("1:a", base_url="http://telegram.example.com/bot", file_url="http://telegram.example.com/file/bot")
    keyboard = {"inline_keyboard": [[{"text": "Tak", "callback_data": "7|x:yes"}]]}
    assert await bot.call("sendMessage", chat_id=5, text="„Tak”?", reply_markup=keyboard, parse_mode=None) is True
    assert asked == [{"chat_id": "5", "text": "„Tak”?", "reply_markup": json.dumps(keyboard)}]


def answer(status: int, body: bytes) -> bytes:
    return b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body)


def refusal(status: int, description: str | None = "Bad: x", **parameters: int) -> bytes:
    told = {"ok": False, "error_code": status, "description": description, "parameters": parameters or None}
    return answer(status, json.dumps(told).encode())


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (refusal(400), error.BadRequest),
        (refusal(400, None), error.BadRequest),
        (refusal(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1009), error.ChatMigrated),
        (refusal(401), error.InvalidToken),
        (refusal(403, "Forbidden: bot was blocked by the user"), error.Forbidden),
        (refusal(404), error.InvalidToken),
        (refusal(409), error.Conflict),
        (refusal(429, "Too Many Requests: retry after 7", retry_after=7), error.RetryAfter),
        (refusal(429), error.NetworkError),
        (refusal(400, unheard_of=1), error.BadRequest),
        (refusal(500), error.NetworkError),
        (refusal(502), error.NetworkError),
        (refusal(599), error.NetworkError),
        (answer(502, b"<html>Bad Gateway</html>"), error.NetworkError),
        (answer(403, b"\xff"), error.Forbidden),
        (answer(200, b"<html>?</html>"), error.TelegramError),
        (answer(301, b""), error.NetworkError),
    ],
)
async def test_a_call_in_json_is_refused_as_ptb_says_it(said: bytes, kind: type[error.TelegramError]) -> None:
    async with linked(said) as (server, request):
        url = f"{server.base_url}{TOKEN}/sendMessage"
        with pytest.raises(error.TelegramError) as ours:
            await request.call(url, {"chat_id": 5})
        with pytest.raises(error.TelegramError) as theirs:
            await request.post(url)
    assert type(ours.value) is type(theirs.value) is kind
    assert str(ours.value) == str(theirs.value)
    assert vars(ours.value) == vars(theirs.value)


@pytest.mark.parametrize(
    ("body", "result"),
    [
        (b'{"ok":true,"result":"\\ud800"}', "\ud800"),
        (b'{"ok":true,"result":"\xff"}', "\ufffd"),
        (b'{"ok":true,"result":{"message_id":12345678901234567890123}}', {"message_id": 12345678901234567890123}),
    ],
)
async def test_what_a_strict_reader_refuses_is_read_all_the_same(body: bytes, result: object) -> None:
    async with linked(answer(200, body)) as (server, request):
        url = f"{server.base_url}{TOKEN}/sendMessage"
        assert await request.call(url, {}) == await request.post(url) == result


async def test_half_a_surrogate_pair_can_be_said() -> None:
    async with linked(WHOLE) as (server, request):
        url = f"{server.base_url}{TOKEN}/sendMessage"
        for text in ("„Tak” 🎉", "\ud800"):
            await request.call(url, {"text": text})
            assert json.loads(server.requests[-1].partition(b"\r\n\r\n")[2]) == {"text": text}


async def test_a_wrong_token_can_not_change_the_request() -> None:
    async with linked(WHOLE) as (server, request):
        await request.post(f"{server.base_url}1:a\r\nX-Evil: é?#/getMe")
        assert server.requests[0].startswith(
            b"POST /bot1:a%0D%0AX-Evil:%20%C3%A9%3F%23/getMe HTTP/1.1\r\nHost: 127.0.0.1:"
        )


async def test_no_log_holds_the_token(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with linked(b"", WHOLE, closes=True) as (server, request):
        with pytest.raises(error.NetworkError):
            await ask(request, server)
        await ask(request, server)
    assert TOKEN not in caplog.text
