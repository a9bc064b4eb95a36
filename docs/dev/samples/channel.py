"""A whole channel in one file: Pigeon, a made-up messenger with signed callbacks, buttons and an API to send by.

Copy it to `bot/handlers/` and replace what is Pigeon's; `docs/dev/add-a-channel.md` says what else a channel needs.
`tests/docs/test_sample_channel.py` runs it.
"""

import hashlib
import hmac
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import httpx
import structlog
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.conversation.inbound import Body, ButtonPressed, Inbound, SharedContact, Text, UnsupportedMedia
from bot.conversation.outbound import Dead, Delivered, Later, Outcome, Reply
from bot.conversation.port import Desk
from bot.conversation.recent import Recent
from bot.conversation.splitting import split
from bot.web.guard import RequestTurnedAway, capped_body
from services.clients.http import fetch
from services.errors import Misconfigured, ProviderUnavailable
from services.store.errors import StoreUnavailable
from values.channel import Channel

_log = structlog.get_logger(__name__)

PIGEON = Channel.TELEGRAM  # yours: Channel.PIGEON
LONGEST = 2000  # of a message, as Pigeon takes it
_BUTTON = re.compile(r"(\d{1,9})\|(.+)")  # SEQ|PAYLOAD
AFTER_A_FAULT = timedelta(seconds=5)
AFTER_A_REFUSED_TOKEN = timedelta(minutes=1)


class PigeonMessage(BaseModel):
    """A message of a callback; which fields it has depends on its `kind`."""

    kind: str  # text, press, contact, opened, photo …
    id: str
    sender: str
    text: str = ""
    button: str = ""  # as `_keyboard` made it, or Pigeon's own
    phone: str = ""


class PigeonCallback(BaseModel):
    """A callback: one message, or several of different customers."""

    messages: list[object]


def parse(raw: object) -> Inbound:
    """Return what a message says to the desk. Pure: nothing is asked, nothing is looked up. Errors: ValueError."""
    message = PigeonMessage.model_validate(raw)
    # `key` is the channel's own mark: the same key twice is the same message. An event without a mark gets one made of
    # its content. `reference` would let the channel delete a message that held a secret; Pigeon can't.
    return Inbound(PIGEON, address=message.sender, key=message.id, body=_body(message))


def _body(message: PigeonMessage) -> Body:
    match message.kind:
        case "text":
            return Text(message.text)
        case "press":
            # The number of the message that carried the button tells a late press from a new one. Where a press
            # arrives as the customer's own text, look the button up with `Desk.messages` first: anybody can type that.
            ours = _BUTTON.fullmatch(message.button)
            return ButtonPressed(ours[2], int(ours[1])) if ours else ButtonPressed(message.button)
        case "contact":
            return SharedContact(message.phone, own=False)  # True only if the channel proves that the card is theirs
        case "opened":
            return Text(f"/start {message.text}".strip())  # a start link's token, if one led here
        case other:
            return UnsupportedMedia(other)


@dataclass(frozen=True, slots=True)
class PigeonWebhook:
    """The way in: a callback is acknowledged after its turn is committed, so that none is lost."""

    desk: Desk
    token: str = field(repr=False)

    def routes(self) -> list[Route]:
        """Return what the web server serves."""
        return [Route("/pigeon/webhook", self.callback, methods=["POST"])]

    async def callback(self, request: Request) -> Response:
        """Answer 200 once it is done with, 403 to a forger, 503 while nothing can be committed: Pigeon repeats it."""
        try:
            raw = await capped_body(request)
        except RequestTurnedAway as refusal:
            return Response(status_code=refusal.status)
        signature = hmac.new(self.token.encode(), raw, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(request.headers.get("x-signature", "").encode("latin-1"), signature.encode()):
            return Response(status_code=403)
        try:
            messages = PigeonCallback.model_validate_json(raw).messages
            for message in messages:
                await self._take(message)
        except ValidationError as error:
            _log.error("pigeon.unreadable_callback", errors=error.error_count())
        except StoreUnavailable:  # the keys make the repeat of those before it harmless
            return Response(status_code=503, headers={"Retry-After": "2"})
        return Response()

    async def _take(self, raw: object) -> None:
        """Bring a message to its turn. One that can't be read takes no other with it. Raises StoreUnavailable."""
        try:
            inbound = parse(raw)
        except ValidationError as error:  # sent again it would be no better: taken, and logged without its content
            _log.error("pigeon.unreadable_message", errors=error.error_count())
            return
        if (await self.desk.receive(inbound)).conflict:
            _log.error("pigeon.key_used_twice")


class PigeonAnswer(BaseModel):
    """The API's answer to a message."""

    status: str  # ok, left, busy, refused
    id: str = ""


@dataclass(frozen=True, slots=True)
class PigeonSender:
    """The way out. Order, retries and what a dead process left are `bot/conversation/delivery.py`'s."""

    client: httpx.AsyncClient
    base_url: str
    token: str = field(repr=False)
    #: How many parts of a message have been sent. A process that dies forgets it: they are sent again.
    sent: Recent[tuple[str, int], int] = field(default_factory=Recent[tuple[str, int], int], repr=False)

    async def deliver(self, address: str, message: Reply) -> Outcome:
        """Send one message, in parts if it is long; after `Later` it is called again with the same one."""
        author = f"{message.by}:\n" if message.author == "agent" and message.by else ""
        # `text` holds the card and all that is agreed to; only a channel that draws these sends `words`.
        *before, last = split(author + message.text, LONGEST) or ["…"]
        bodies: list[dict[str, object]] = [{"to": address, "text": part} for part in before]
        bodies.append({"to": address, "text": last, "buttons": _keyboard(message)})
        outcome: Outcome = Delivered("")
        for number in range(self.sent.get((address, message.id)) or 0, len(bodies)):
            # The line's number is the same at every try: of it and the part a key against repeats is made.
            outcome = await self._send(bodies[number] | {"once": f"{message.id}/{number}"})
            if not isinstance(outcome, Delivered):
                return outcome
            self.sent.set((address, message.id), number + 1)
        self.sent.pop((address, message.id))
        return outcome

    async def _send(self, body: Mapping[str, object]) -> Outcome:
        request = self.client.build_request(
            "POST", f"{self.base_url}/messages", json=body, headers={"Authorization": f"Bearer {self.token}"}
        )
        try:
            response = await fetch(self.client, request, timeout_s=10)
            # With 403 the body says why; `checked` would take it for a refused token.
            answer = (response if response.status == 403 else response.checked()).read_as(PigeonAnswer)
        except ProviderUnavailable as error:
            return Later(error.retry_after or AFTER_A_FAULT)
        except Misconfigured as error:
            _log.error("pigeon.token_refused", reason=error.reason)
            return Later(AFTER_A_REFUSED_TOKEN)
        match answer.status:
            case "ok":
                return Delivered(answer.id)
            case "busy":
                return Later(AFTER_A_FAULT)
            case "left":
                return Dead(gone=True)  # the chat is closed until the customer writes again
            case _:
                return Dead(gone=False)  # only this message is refused

    async def delete(self, address: str, reference: str) -> Outcome:
        """Refuse: Pigeon deletes no customer's message."""
        del address, reference
        return Dead(gone=False)

    async def spent(self, address: str, reference: str, message: Reply, ticked: Collection[str] | None = None) -> None:
        """Leave the buttons of a question that is over: Pigeon edits nothing. A late press is answered by the desk."""

    async def paid(self, address: str, reference: str, message: Reply) -> Outcome:
        """Leave the message about the payment as it is: the one that says *paid* follows it."""
        del address, message
        return Delivered(reference)


def _keyboard(message: Reply) -> list[dict[str, str]]:
    links = [{"title": link.title, "href": link.href} for link in message.links]
    return links + [{"title": each.title, "press": f"{message.seq}|{each.payload}"} for each in message.buttons]
