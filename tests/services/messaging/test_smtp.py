"""The mailer against a real SMTP server on loopback that misbehaves as told."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from dialogs.messages.letters import LETTER_REASONS
from services.errors import Misconfigured, ProviderRefused, ProviderUnavailable, ServiceError
from services.messaging.mail import Mail
from services.messaging.smtp import GREYLIST_WAIT, SmtpMailer
from tests.kit.rows import each_row
from tests.services.outside import breaker, noon

MAIL = Mail("anna@example.com", "Hello", "text", "<p>html</p>")


class Box:
    """A mailbox: keeps what it accepts, answers as told."""

    def __init__(
        self, *, at_recipient: list[str] | None = None, at_data: list[str] | None = None, at_sender: str = ""
    ) -> None:
        self.kept: list[Envelope] = []
        self.at_sender = at_sender
        self.at_recipient = at_recipient or []
        self.at_data = at_data or []

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.at_sender or "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.at_recipient.pop(0) if self.at_recipient else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.at_data.pop(0) if self.at_data else "250 OK"
        if answer == "drop":
            self.kept.append(envelope)
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        elif answer == "hang":
            await asyncio.sleep(60)
        elif answer.startswith("250"):
            self.kept.append(envelope)
        return answer


def allow(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    return AuthResult(success=isinstance(data, LoginPassword) and data.password == b"right", handled=False)


@asynccontextmanager
async def listening(box: Box, *, log_in: bool = False) -> AsyncIterator[int]:
    loop = asyncio.get_running_loop()

    def connection() -> SMTP:
        return SMTP(
            box,
            enable_SMTPUTF8=True,
            auth_require_tls=False,
            auth_required=log_in,
            authenticator=allow if log_in else None,
            loop=loop,
        )

    server = await loop.create_server(connection, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def mailer(port: int, *, start_tls: bool = False, password: str | None = None, timeout: float = 5.0) -> SmtpMailer:
    return SmtpMailer(
        host="127.0.0.1",
        port=port,
        sender="Okienko <desk@okienko.example>",
        clock=noon(),
        breaker=breaker(),
        username=None if password is None else "desk",
        password=password,
        start_tls=start_tls,
        timeout=timeout,
    )


async def test_a_letter_arrives() -> None:
    box = Box()
    async with listening(box) as port:
        await mailer(port).send(MAIL, "k1")
    (kept,) = box.kept
    assert (kept.rcpt_tos, kept.mail_from) == (["anna@example.com"], "desk@okienko.example")
    assert isinstance(kept.content, bytes)
    assert b"Message-ID: <k1@okienko.example>" in kept.content


async def test_a_letter_to_an_address_in_other_letters_arrives() -> None:
    box = Box()
    async with listening(box) as port:
        await mailer(port).send(Mail("łukasz@example.com", "Hi", "t", "h"), "k1")
    assert box.kept[0].rcpt_tos == ["łukasz@example.com"]


MEANINGS: dict[str, tuple[type[ServiceError], str, bool]] = {
    "recipient": (ProviderRefused, "recipient_refused", False),
    "letter": (ProviderRefused, "message_refused", False),
    "ours": (Misconfigured, "mail_policy", True),
    "server": (ProviderUnavailable, "later", True),
    "later": (ProviderUnavailable, "later", False),
}
"""The error, its reason, and whether the failure is the provider's."""


@each_row
async def test_an_answer_to_the_recipient_is_told_from_our_own_trouble(answer: str, meaning: str) -> None:
    async with listening(Box(at_recipient=[answer] * 3)) as port:
        await refuses(port, meaning)


@each_row
async def test_an_answer_to_the_letter_is_told_from_our_own_trouble(answer: str, meaning: str) -> None:
    async with listening(Box(at_data=[answer] * 3)) as port:
        await refuses(port, meaning)


async def refuses(port: int, meaning: str) -> None:
    kind, reason, of_provider = MEANINGS[meaning]
    with pytest.raises(kind) as raised:
        await mailer(port).send(MAIL, "k1")
    assert (raised.value.reason, raised.value.provider) == (reason, "far" if of_provider else None)
    assert "anna" not in str(raised.value)
    assert not isinstance(raised.value, ProviderRefused) or raised.value.reason in LETTER_REASONS, "it has words"


@pytest.mark.parametrize("answer", ["550 5.7.1 not you", "451 4.3.0 not now"])
async def test_a_refused_sender_is_the_providers_affair(answer: str) -> None:
    async with listening(Box(at_sender=answer)) as port:
        with pytest.raises((Misconfigured, ProviderUnavailable)) as raised:
            await mailer(port).send(MAIL, "k1")
    assert raised.value.provider == "far"


async def test_greylisting_is_waited_out() -> None:
    async with listening(Box(at_recipient=["450 come back"])) as port:
        with pytest.raises(ProviderUnavailable) as raised:
            await mailer(port).send(MAIL, "k1")
    assert raised.value.retry_after == GREYLIST_WAIT


@pytest.mark.parametrize("answer", ["451 local trouble", "421 going down"])
async def test_passing_trouble_is_ridden_out(answer: str) -> None:
    box = Box(at_data=[answer])
    async with listening(box) as port:
        await mailer(port).send(MAIL, "k1")
    assert len(box.kept) == 1


async def test_a_letter_too_big_is_refused() -> None:
    async with listening(Box(at_data=["552 5.3.4 too big"])) as port:
        with pytest.raises(ProviderRefused, match="message_refused"):
            await mailer(port).send(MAIL, "k1")


@pytest.mark.parametrize("answer", ["drop", "hang", "%%% no answer"])
async def test_an_acceptance_that_got_lost_is_uncertain_and_not_doubled(answer: str) -> None:
    box = Box(at_data=[answer])
    async with listening(box) as port:
        with pytest.raises(ProviderUnavailable) as raised:
            await mailer(port, timeout=0.3).send(MAIL, "k1")
    assert raised.value.uncertain
    assert len(box.kept) == (1 if answer == "drop" else 0)


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
async def test_the_right_password_opens_and_a_wrong_one_is_our_trouble() -> None:
    box = Box()
    async with listening(box, log_in=True) as port:
        await mailer(port, password="right").send(MAIL, "k1")
        with pytest.raises(Misconfigured, match="mail_server"):
            await mailer(port, password="wrong").send(MAIL, "k2")
    assert len(box.kept) == 1


async def test_tls_that_is_demanded_and_not_offered_is_our_trouble() -> None:
    box = Box()
    async with listening(box) as port:
        with pytest.raises(Misconfigured, match="mail_server"):
            await mailer(port, start_tls=True).send(MAIL, "k1")
    assert box.kept == []


async def test_nobody_listening_is_unavailable() -> None:
    async with listening(Box()) as port:
        pass
    with pytest.raises(ProviderUnavailable, match="unreachable") as raised:
        await mailer(port).send(MAIL, "k1")
    assert not raised.value.uncertain


Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def test_a_server_that_hangs_up_before_greeting_is_unavailable() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"421 4.3.2 not now\r\n")
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with server:
        with pytest.raises(ProviderUnavailable) as raised:
            await mailer(server.sockets[0].getsockname()[1]).send(MAIL, "k1")
    assert not raised.value.uncertain


async def test_both_kinds_of_tls_exclude_each_other() -> None:
    with pytest.raises(ValueError, match="exclude"):
        SmtpMailer(
            host="h", port=1, sender="a@b.c", clock=noon(), breaker=breaker(), start_tls=True, use_tls=True,
            tls_context=ssl.create_default_context(),
        )  # fmt: skip
    with pytest.raises(ValueError, match="address"):
        SmtpMailer(host="h", port=1, sender="nobody", clock=noon(), breaker=breaker())
