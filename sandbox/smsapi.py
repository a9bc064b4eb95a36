"""SMSAPI: `POST /sms.do`, form in, JSON out; errors come in the body, with HTTP 200.

Not played: delivery reports, and the limit of ten sends to one number in 60 s (error 52), because trials send more.
"""

import re
import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import phonenumbers
from msgspec import Struct
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from sandbox.credentials import SMSAPI_TOKEN
from sandbox.message_texts import links_in, normalize
from sandbox.requests import has_bearer
from sandbox.world import World
from values.sms import is_gsm7, parts

POINTS_PER_PART: Final = 0.16
MOST_PARTS: Final = 10
_REFUSALS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
MESSAGES: Final[dict[int, str]] = {int(number): said for number, said in _REFUSALS.items()}


class SmsError(Exception):
    """The gateway says no; `number` is SMSAPI's."""

    def __init__(self, number: int, invalid: list[dict[str, str]] | None = None) -> None:
        super().__init__(number)
        self.number = number
        self.invalid = invalid

    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {"error": self.number, "message": MESSAGES.get(self.number, "Error")}
        return body if self.invalid is None else {**body, "invalid_numbers": self.invalid}


class SmsOrder(Struct, frozen=True):
    """One recipient of a send."""

    number: str
    submitted: str
    idx: str | None


def smsapi(world: World) -> ASGIApp:
    """Return the gateway, to be mounted where `sms.do` is to be."""

    async def send(request: Request) -> Response:
        form = await request.form()
        try:
            if not has_bearer(request, SMSAPI_TOKEN):
                raise SmsError(101)
            answer = _send(world, form)
        except SmsError as refusal:
            return _answered(form, refusal.body())
        return _answered(form, answer)

    api = Router([Route("/sms.do", send, methods=["POST"])])
    return world.gate("smsapi", api, lambda: JSONResponse(SmsError(201).body()))


def _answered(form: FormData, body: dict[str, Any]) -> Response:
    if _text(form, "format") == "json":
        return JSONResponse(body)
    if "error" in body:
        return PlainTextResponse(f"ERROR:{body['error']}")
    lines = [f"OK:{sent['id']}:{sent['points']}:{sent['number']}" for sent in body["list"]]
    return PlainTextResponse("\n".join(lines))


def _send(world: World, form: FormData) -> dict[str, Any]:
    text = _message(form)
    _check_options(form, world.clock.now())
    orders = _orders(world, form)
    unique = _text(form, "check_idx") == "1"
    trial = _text(form, "test") == "1"
    with world.ledger.write():
        # Every idx is looked at before anything is stored: a send is taken whole or not at all.
        if unique and any(order.idx and world.ledger.answered("smsapi", order.idx) for order in orders):
            raise SmsError(53)
        sent = [_store(world, order, text, trial=trial) for order in orders]
    answer: dict[str, Any] = {"count": len(sent), "list": sent}
    if _text(form, "details") == "1":
        answer |= {"message": text, "length": len(text), "parts": parts(text)}
    return answer


def _message(form: FormData) -> str:
    text = _text(form, "message")
    if _text(form, "normalize") == "1":
        text = normalize(text)
    if not text or parts(text) > MOST_PARTS or (_text(form, "nounicode") == "1" and not is_gsm7(text)):
        raise SmsError(11)
    most = _text(form, "max_parts")
    if most.isdecimal() and parts(text) > int(most):
        raise SmsError(12)
    return text


def _check_options(form: FormData, now: datetime) -> None:
    if len(_text(form, "from")) > 11:
        raise SmsError(14)
    notify_url = _text(form, "notify_url")
    if notify_url and not notify_url.startswith(("http://", "https://")):
        raise SmsError(70)
    expires = _text(form, "expiration_date")
    if not expires:
        return
    if not expires.isdecimal():
        raise SmsError(54)
    ahead = timedelta(seconds=int(expires) - now.timestamp())
    if not timedelta(minutes=59) <= ahead <= timedelta(hours=72):
        raise SmsError(56)


def _orders(world: World, form: FormData) -> list[SmsOrder]:
    submitted = [number.strip() for number in _text(form, "to").split(",") if number.strip()]
    numbers = [(given, _e164(given)) for given in submitted]
    wrong = [given for given, number in numbers if number is None]
    if wrong or not numbers:
        invalid = [{"number": given, "submitted_number": given, "message": "Invalid phone number"} for given in wrong]
        raise SmsError(13, invalid)
    for _, number in numbers:
        if (refusal := world.people.refusal_of_phone(number or "")) is not None:
            raise SmsError(refusal)
    idx = _text(form, "idx")
    each = idx.split("|") if len(numbers) > 1 and idx else [idx] * len(numbers)
    if len(each) != len(numbers):
        raise SmsError(20)
    if any(len(one) > 255 for one in each):
        raise SmsError(27)
    return [SmsOrder(number or "", given, one or None) for (given, number), one in zip(numbers, each, strict=True)]


def _store(world: World, order: SmsOrder, text: str, *, trial: bool) -> dict[str, Any]:
    now = world.clock.now()
    if not trial:
        if order.idx and world.ledger.answered("smsapi", order.idx) is None:
            world.ledger.remember("smsapi", order.idx, now)
        world.ledger.store_message("sms", order.number, text, now, links=links_in(text), key=order.idx)
    return {
        "id": world.ledger.fresh_id("sms", 24),
        "points": round(POINTS_PER_PART * parts(text), 2),
        "number": order.number.removeprefix("+"),
        "date_sent": int(now.timestamp()),
        "submitted_number": order.submitted,
        "status": "QUEUE",
        "error": None,
        "idx": order.idx,
    }


def _e164(submitted: str) -> str | None:
    digits = re.sub(r"[\s-]", "", submitted).removeprefix("+").removeprefix("00")
    if not digits.isdecimal():
        return None
    national = len(digits) == 9
    try:
        number = phonenumbers.parse(f"+48{digits}" if national else f"+{digits}")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""
