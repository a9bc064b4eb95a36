"""The mail relay, spoken to over a socket."""

from collections.abc import AsyncIterator
from email.message import EmailMessage

import aiosmtplib
import pytest

from tests.sandbox.room import Room

TEXT = "Dzień dobry,\n\nproszę otworzyć https://desk.example/c/abc (ważne 3 dni).\nPomoc: https://desk.example/help\n"
HTML = '<p>Dzień dobry</p><a href="https://desk.example/c/abc">Potwierdź</a> <a href="https://desk.example/x?a=1&amp;b=2">x</a>'


@pytest.fixture
async def relay(room: Room) -> AsyncIterator[tuple[str, int]]:
    yield await room.sandbox.start_mail()
    await room.sandbox.stop_mail()


def letter(to: str = "Anna.Nowak@Example.com", key: str = "<call-1@desk.example>") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Okienko <desk@example.com>"
    message["To"] = to
    message["Subject"] = "Potwierdź adres – żółć"
    message["Message-ID"] = key
    message.set_content(TEXT)
    message.add_alternative(HTML, subtype="html")
    return message


async def send(relay: tuple[str, int], message: EmailMessage, password: str | None = None) -> None:
    user = None if password is None else "sandbox"
    host, port = relay
    await aiosmtplib.send(
        message, hostname=host, port=port, start_tls=False, timeout=5, username=user, password=password
    )


async def test_a_letter_is_kept_in_its_parts(room: Room, relay: tuple[str, int]) -> None:
    await send(relay, letter(), password="sandbox")
    [message] = await room.get_api("messages", to="anna.nowak@example.com")
    assert (message["kind"], message["subject"]) == ("email", "Potwierdź adres – żółć")
    assert (message["text"], message["html"].strip()) == (TEXT, HTML)
    found = message["links"]
    assert found == ["https://desk.example/c/abc", "https://desk.example/help", "https://desk.example/x?a=1&b=2"]
    assert message["key"] == "<call-1@desk.example>"


async def test_doubles_are_kept_both(room: Room, relay: tuple[str, int]) -> None:
    await send(relay, letter())
    await send(relay, letter())
    assert [message.key for message in room.ledger.messages()] == ["<call-1@desk.example>"] * 2


async def test_a_wrong_login_and_refused_addresses(room: Room, relay: tuple[str, int]) -> None:
    with pytest.raises(aiosmtplib.SMTPAuthenticationError):
        await send(relay, letter(), password="wrong")
    for address, code in (("refused@example.com", 550), ("greylisted@example.com", 450)):
        with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
            await send(relay, letter(address))
        assert refused.value.recipients[0].code == code
    assert room.ledger.messages() == []


@pytest.mark.parametrize(
    ("mode", "error", "kept"),
    [
        ("error", aiosmtplib.SMTPDataError, 0),
        ("down", aiosmtplib.SMTPConnectError, 0),
        ("garbage", aiosmtplib.SMTPException, 0),
        ("timeout", aiosmtplib.SMTPServerDisconnected, 0),
        ("reset", aiosmtplib.SMTPServerDisconnected, 0),
        ("lost", aiosmtplib.SMTPServerDisconnected, 1),
        ("slow", None, 1),
    ],
)
async def test_faults(room: Room, relay: tuple[str, int], mode: str, error: type[Exception] | None, kept: int) -> None:
    await room.post_api("faults", provider="smtp", mode=mode, times=1)
    if error is None:
        await send(relay, letter())
    else:
        with pytest.raises(error) as raised:
            await send(relay, letter())
        if isinstance(raised.value, aiosmtplib.SMTPDataError):
            assert raised.value.code == 451
    assert len(room.ledger.messages()) == kept
    assert room.slept == {"slow": [5.0], "timeout": [60.0]}.get(mode, [])
    await send(relay, letter())
    assert len(room.ledger.messages()) == kept + 1
