"""Users, chats and messages in the form of the Bot API, its answers, and the parameters and tokens that it takes."""

import hmac
import json
import re
import struct
from typing import Any, Final

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.credentials import TELEGRAM_TOKEN

Json = dict[str, Any]
OWN_BOT, _, _SECRET = TELEGRAM_TOKEN.partition(":")
KINDS: Final = ("message", "edited_message", "callback_query", "my_chat_member")
"""The kinds of updates that this stand-in has."""
_TOKEN: Final = re.compile(r"([0-9]{6,12}):([A-Za-z0-9_-]{1,64})")


class TelegramPerson(Struct, frozen=True):
    """A person with a Telegram account; their id is also that of a private chat with them."""

    id: int
    first_name: str
    language_code: str
    phone: str


class KeptMessage(Struct, frozen=True):
    """A message in one chat.

    `content`: its text, entities, contact, reply_markup, in the form of the Bot API; `fixed`: it came with a
    keyboard for below the chat, and Telegram edits no such message.
    """

    id: int
    bot: int
    person: TelegramPerson
    by_bot: bool
    content: Json
    fixed: bool
    at: int
    edited_at: int | None


def bot_of(token: str) -> int | None:
    """Return the number of the bot whose token this is; each number with the known secret is a bot of its own."""
    found = _TOKEN.fullmatch(token)
    known = found is not None and hmac.compare_digest(found[2].encode(), _SECRET.encode())
    return int(found[1]) if found is not None and known else None


def has_form_of_token(token: str) -> bool:
    """Say whether it could be a token: Telegram answers others 404 instead of 401."""
    return _TOKEN.fullmatch(token) is not None


def username(bot: int) -> str:
    """Return the bot's user name, as in `t.me/NAME`."""
    return "okienko_sandbox_bot" if str(bot) == OWN_BOT else f"okienko_{bot}_bot"


def bot_user(bot: int) -> Json:
    return {"id": bot, "is_bot": True, "first_name": "Okienko", "username": username(bot)}


def user(person: TelegramPerson) -> Json:
    return {"id": person.id, "is_bot": False, "first_name": person.first_name, "language_code": person.language_code}


def chat(person: TelegramPerson) -> Json:
    """Return the private chat with a person."""
    return {"id": person.id, "first_name": person.first_name, "type": "private"}


def message(kept: KeptMessage) -> Json:
    edited = {} if kept.edited_at is None else {"edit_date": kept.edited_at}
    sender = bot_user(kept.bot) if kept.by_bot else user(kept.person)
    return {"message_id": kept.id, "from": sender, "chat": chat(kept.person), "date": kept.at, **edited, **kept.content}


def silence(serial: int, seconds: int = 3) -> bytes:
    """Return a recording that any player can play, Opus in Ogg, by its serial number unlike any other."""
    head = b"OpusHead\x01\x01" + struct.pack("<HIhB", 0, 48_000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I7sI", 7, b"okienko", 0)
    frames = [b"\xf8\xff\xfe"] * (50 * seconds)  # each of 20 ms
    pages = ((2, 0, [head]), (0, 0, [tags]), (4, 48_000 * seconds, frames))
    return b"".join(_page(serial, number, *page) for number, page in enumerate(pages))


def _page(serial: int, number: int, place: int, samples: int, packets: list[bytes]) -> bytes:
    head = struct.pack("<4sBBqII", b"OggS", 0, place, samples, serial, number)
    rest = bytes([len(packets), *map(len, packets)]) + b"".join(packets)
    check = 0
    for byte in head + bytes(4) + rest:
        check ^= byte << 24
        for _ in range(8):
            check = (check << 1 ^ (0x04C11DB7 if check >> 31 else 0)) & 0xFFFFFFFF
    return head + struct.pack("<I", check) + rest


_JSON: Final = frozenset(
    "reply_markup entities link_preview_options reply_parameters allowed_updates commands scope show_alert "
    "drop_pending_updates menu_button".split()
)


async def read_parameters(request: Request) -> Json:
    """Return the parameters however they came. Errors: ValueError."""
    asked: Json = dict(request.query_params)
    if request.headers.get("content-type", "").startswith("application/json"):
        return asked | dict(await request.json())
    given = {**asked, **await request.form()}
    return {name: json.loads(str(value)) if name in _JSON else value for name, value in given.items()}


def answer_result(result: object) -> Response:
    return JSONResponse({"ok": True, "result": result})


def answer_error(status: int, description: str) -> Response:
    return JSONResponse({"ok": False, "error_code": status, "description": description}, status)


def server_error() -> Response:
    """Answer as Telegram does when something is broken there."""
    return answer_error(500, "Internal Server Error")


def too_many_requests() -> Response:
    """Answer as Telegram does to a bot that is too fast."""
    parameters = {"retry_after": 1}
    body = {"ok": False, "error_code": 429, "description": "Too Many Requests: retry after 1", "parameters": parameters}
    return JSONResponse(body, 429)


async def wait_for_disconnect(request: Request) -> None:
    """Return when the asker has closed the connection."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
