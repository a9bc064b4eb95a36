"""The REST channel, in Rasa's form: one message in, a list of messages and a `custom` out; `/events` for the rest.

The `sender` is the capability: who knows it is the customer. Reference: docs/reference/rest.md.
"""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import uuid4

import structlog
from msgspec import Struct, field, to_builtins
from msgspec.json import encode as json_bytes
from msgspec.structs import replace
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.conversation.identity import hashed_address
from bot.conversation.inbound import PLAIN, Body, Inbound, Provenance, Text, UnsupportedMedia, VoiceNote
from bot.conversation.new_chats import NoNewChat
from bot.conversation.outbound import Card, CardRow, Reply, StatusSnapshot, with_consents
from bot.conversation.port import Desk, Given
from bot.conversation.read_aloud import ReadAloud
from bot.conversation.stored import StoredCause
from bot.web.flood import Flood, Places
from bot.web.guard import SLOWEST_BODY_S, LargeBodies, RequestTurnedAway, Tokens, shows_token
from bot.web.network import AddressOf, counts_all
from bot.web.recording_form import read_recording
from services.store.errors import ConversationGone, StoreUnavailable
from values.channel import Channel

log = structlog.get_logger(__name__)

#: A message of a million characters, each escaped in JSON, must still be read (and answered with a sentence).
MAX_BODY_BYTES = 8 * 1024 * 1024
SHORTEST_SENDER = 16
#: Fewer different characters than these, or distances between neighbours, aren't random.
FEWEST_CHARACTERS, FEWEST_STEPS = 5, 4
LONGEST_SENDER = 255
LONGEST_MESSAGE_ID = 200
PATIENCE = timedelta(seconds=10)
#: The channels that come in here; a conversation of one isn't that of the other.
CHANNELS = (Channel.REST, Channel.TERMINAL)


class RestRefusal(Exception):
    """A request that gets no turn: its status and, for the client's developer, why."""

    def __init__(self, status: int, reason: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.headers = dict(headers or {})


class Rest(Struct, frozen=True):
    """The channel's endpoints over one desk.

    `tokens`: bearers of which every request must carry one; empty: none is asked for. `flood`: limits senders and
    addresses. `locale`: the profile's language, for a new conversation. `patience`: how long a message waits for the
    results of its jobs. `guessable`: senders that can be guessed are taken, too. `aloud`: says what differs from the
    written text when it is read out; without it no answer tells.
    """

    desk: Desk
    locale: str
    tokens: Tokens = ()
    flood: Flood | None = None
    address_of: AddressOf = counts_all
    patience: timedelta = PATIENCE
    guessable: bool = True
    bodies: LargeBodies = field(default_factory=lambda: LargeBodies(MAX_BODY_BYTES))
    recordings: Places = field(default_factory=Places.for_recordings)
    aloud: ReadAloud | None = None

    def routes(self) -> list[Route]:
        """To be mounted at the root."""
        return [
            Route("/webhooks/rest/webhook", self.webhook, methods=["POST"]),
            Route("/webhooks/rest/voice", self.voice, methods=["POST"]),
            Route("/webhooks/rest/events", self.events, methods=["GET"]),
            Route("/webhooks/rest/", self.health, methods=["GET"]),
        ]

    async def health(self, request: Request) -> Response:
        """As Rasa's channel answers."""
        return JSONResponse({"status": "ok"})

    async def webhook(self, request: Request) -> Response:
        """Return one message of a customer.

        Answers when the turn and the machine-made results it caused are through.
        """

        async def body(network: str | None) -> dict[str, Any]:
            return read_body(await self._json_body(request, network))

        return await self._received(request, body)

    async def voice(self, request: Request) -> Response:
        """Return one recording of a customer, in `multipart/form-data`: `sender`, `metadata` (JSON), `file`.

        Answers as `webhook` does.
        """

        async def body(network: str | None) -> dict[str, Any]:
            return await _voice_of(request, await self._body(request, network, texts=False))

        return await self._received(request, body)

    async def _received(self, request: Request, read: Callable[[str | None], Awaitable[dict[str, Any]]]) -> Response:
        network = self.address_of(request)
        try:
            # Before anything of it is read: malformed requests and those without a token count, too.
            self._limit(None, network)
            self._admit(request)
            body = await read(network)
            sender = self._sender(body.get("sender"))
            # Who shows the token passes on what others write: theirs isn't known.
            inbound = read_inbound(sender, body, network=None if self.tokens else network)
            self._limit(sender, None)
            try:
                with self.recordings.place(sender if isinstance(inbound.body, VoiceNote) else None):
                    receipt = await self.desk.receive(inbound)
            except NoNewChat as refused:
                return self._unbegun(sender, refused)
            except RequestTurnedAway as turned:
                raise RestRefusal(turned.status, turned.error, {"Retry-After": str(turned.wait)}) from None
            if receipt.conflict:
                raise RestRefusal(409, "this message_id was used for another message")
            return await self._answer(sender, self.desk.answer(receipt, self.patience), cards=_draws_cards(body))
        except ClientDisconnect:
            return Response(status_code=400)
        except RestRefusal as refusal:
            return _refused(refusal)
        except StoreUnavailable:
            return _unavailable()

    async def events(self, request: Request) -> Response:
        """Return what was said since: above `after`, or what no answer has carried yet."""
        try:
            self._limit(None, self.address_of(request))
            self._admit(request)
            sender = self._sender(request.query_params.get("sender"))
            after = _read_after(request.query_params.get("after"))
            self._limit(sender, None)
            conversation_id = await self._conversation(sender)
            if conversation_id is None:
                return self._unbegun(sender)
            cards = request.query_params.get("cards") == "1"
            return await self._answer(sender, self.desk.give(conversation_id, after=after), cards=cards)
        except RestRefusal as refusal:
            return _refused(refusal)
        except StoreUnavailable:
            return _unavailable()

    async def _answer(self, sender: str, giving: Awaitable[Given], *, cards: bool) -> Response:
        try:
            given = await giving
            speech = None
            if self.aloud is not None:
                speech = self.aloud.differing(given.messages, given.standing.locale, cards=cards)
            items = answer(sender, given, cards=cards, speech=speech)
            return Response(json_bytes(items), media_type="application/json")
        except ConversationGone:  # erased a moment ago
            return self._unbegun(sender)

    def _unbegun(self, sender: str, refused: NoNewChat | None = None) -> Response:
        """Answer for a conversation that hasn't begun; every message gets 200 and a sentence."""
        custom = {"recipient_id": sender, "custom": unbegun(self.locale)}
        if refused is None:
            return JSONResponse([custom])
        said = {"recipient_id": sender, "text": refused.words}
        return JSONResponse([said, custom], headers={"Retry-After": str(refused.retry_after)})

    async def _conversation(self, sender: str) -> str | None:
        for channel in CHANNELS:
            if found := await self.desk.conversation(channel, hashed_address(channel, sender)):
                return found
        return None

    def _sender(self, value: object) -> str:
        sender = read_sender(value)
        if self.guessable or self.tokens or not is_guessable(sender):
            return sender
        raise RestRefusal(
            400, "sender: anybody could guess it, and who knows it is the customer; use a random one, a UUID"
        )

    def _admit(self, request: Request) -> None:
        if self.tokens and not shows_token(request, self.tokens):
            raise RestRefusal(401, "a bearer token is needed", {"WWW-Authenticate": "Bearer"})

    def _limit(self, sender: str | None, address: str | None) -> None:
        if self.flood and (seconds := self.flood.wait(sender, address)):
            raise RestRefusal(429, "too many messages at once", {"Retry-After": str(seconds)})

    async def _json_body(self, request: Request, network: str | None) -> object:
        try:
            return json.loads(await self._body(request, network))
        except (ValueError, RecursionError):
            raise RestRefusal(400, "this is not JSON") from None

    async def _body(self, request: Request, network: str | None, *, texts: bool = True) -> bytes:
        try:
            async with asyncio.timeout(SLOWEST_BODY_S):
                return await self.bodies.read(request, lambda: self._limit(None, network), texts=texts)
        except TimeoutError:
            raise RestRefusal(408, "the request came too slowly") from None
        except RequestTurnedAway as turned:
            raise RestRefusal(turned.status, turned.error) from None


def read_body(body: object) -> dict[str, Any]:
    """Return the request's JSON object; Refusal for other JSON."""
    if not isinstance(body, dict):
        raise RestRefusal(400, "a JSON object is needed")
    return body


async def _voice_of(request: Request, body: bytes) -> dict[str, Any]:
    """Return a form's fields as those of a JSON message, its file as `VoiceNote`. RestRefusal for other forms."""
    try:
        found = await read_recording(request, body)
    except RequestTurnedAway as turned:
        raise RestRefusal(turned.status, turned.error) from None
    note = VoiceNote(found.sound, mark=found.mark)
    return {"sender": found.fields.get("sender"), "metadata": found.metadata, "message": note}


def read_inbound(sender: str, body: Mapping[str, Any], *, network: str | None = None) -> Inbound:
    """Return the channel-neutral message in a request's JSON. The sender, a capability, goes no further than here."""
    found = body.get("metadata")
    metadata: dict[str, Any] = found if isinstance(found, dict) else {}
    locale = metadata.get("locale")
    channel = Channel.TERMINAL if metadata.get("channel") == Channel.TERMINAL else Channel.REST
    address = hashed_address(channel, sender)
    return Inbound(
        channel=channel,
        address=address,
        key=f"{address}:{_message_id(metadata.get('message_id'))}",
        body=_read_message(body.get("message")),
        locale_hint=locale[:35] if isinstance(locale, str) and locale.isascii() else None,
        network=network,
        seen=_seen(metadata.get("seen")),
        provenance=Provenance(second_hand=True) if metadata.get("second_hand") is True else PLAIN,
    )


def read_sender(value: object) -> str:
    """Return a sender long enough to be a capability and fit to be stored."""
    if not isinstance(value, str) or len(value) < SHORTEST_SENDER:
        raise RestRefusal(400, f"sender: at least {SHORTEST_SENDER} characters that nobody can guess")
    if len(value) > LONGEST_SENDER or not value.isprintable():
        raise RestRefusal(400, f"sender: at most {LONGEST_SENDER} printable characters")
    return value


def is_guessable(sender: str) -> bool:
    """Return whether a sender has few different characters, repeats one pattern, or is a row as 1234567890123456."""
    steps = {ord(after) - ord(before) for before, after in pairwise(sender)}
    return len(set(sender)) < FEWEST_CHARACTERS or sender in (sender + sender)[1:-1] or len(steps) < FEWEST_STEPS


def _read_message(value: object) -> Body:
    if value is None:
        return Text("")
    if isinstance(value, str):
        return Text(value)
    if isinstance(value, VoiceNote):
        return value
    if isinstance(value, bool | int | float):
        return Text(json.dumps(value))
    return UnsupportedMedia("other")


def _seen(value: object) -> int | None:
    """Return the seq that the customer saw last; what is no number says nothing."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _message_id(value: object) -> str:
    """Return the client's own mark of the message; one that can't be stored as it is counts by its digest."""
    if value is None or value == "":
        return uuid4().hex
    if isinstance(value, str) and len(value) <= LONGEST_MESSAGE_ID and value.isprintable():
        return value
    written = json.dumps(value, sort_keys=True)
    return written if isinstance(value, int) and len(written) <= LONGEST_MESSAGE_ID else _digest(written)


def _digest(text: str) -> str:
    return "sha256-" + hashlib.sha256(text.encode()).hexdigest()


def _read_after(value: str | None) -> int | None:
    if value is None or value == "":
        return None
    if not (value.isascii() and value.isdigit() and len(value) <= 18):
        raise RestRefusal(400, "after: the seq of the last message you have")
    return int(value)


def _draws_cards(body: Mapping[str, Any]) -> bool:
    """Return whether the client draws `custom.card` itself, so that texts needn't repeat it."""
    found = body.get("metadata")
    return isinstance(found, dict) and found.get("cards") is True


def answer(sender: str, given: Given, *, cards: bool = False, speech: str | None = None) -> list[dict[str, Any]]:
    """Return the items of an answer: one for each message, then `custom`, alone.

    `cards`: the client draws the last card itself; the texts of earlier ones hold theirs. `speech`: the words of all
    texts to be read out, where they differ.
    """
    last = given.messages[-1] if given.messages else None
    items = [item(sender, message, cards=cards and message is last) for message in given.messages]
    heard = next((message.heard for message in reversed(given.messages) if message.heard), "")
    known = custom(_with_documents(given), given.seq) | ({"heard": heard} if heard else {})
    known |= {"speech": speech} if speech is not None else {}
    known |= {"second_hand": True} if any(message.second_hand for message in given.messages) else {}
    return [*items, {"recipient_id": sender, "custom": known | _accounted(given.asked)}]


def _accounted(line: StoredCause | None) -> dict[str, list[dict[str, str]]]:
    """Account for the typed message that is answered, if one is."""
    if line is None or line.taken is None:
        return {}
    taken = [{"slot": slot, "value": value} for slot, value in line.taken]
    return {"taken": taken, "not_taken": [{"said": said, "why": why} for said, why in line.not_taken]}


_TOLD = ("document", "invoice", "pay_page")
"""Links of messages, which hold whatever step is open."""


def _with_documents(given: Given) -> StatusSnapshot:
    """Return where the conversation stands; documents, and where an agent leads, stand beside the open step's links."""
    agents = ((link, message.author == "agent") for message in given.messages for link in message.links)
    told = (link for link, from_agent in agents if from_agent or link.rel in _TOLD)
    links = tuple(dict.fromkeys((*given.standing.links, *told)))
    # What was just handed over, a receipt, counts more than the card of the question that follows.
    said = given.messages[-1].card if given.messages else None
    return replace(given.standing, links=links, card=said or given.standing.card)


def item(sender: str, message: Reply, *, cards: bool = False) -> dict[str, Any]:
    """Return one message in Rasa's form; a key without value is left out. `cards`: its card is drawn from `custom`."""
    text = with_consents(message.buttons, message.words) if cards else message.text
    shown: dict[str, Any] = {"recipient_id": sender, "text": text}
    if message.author == "agent":
        shown["author"] = {"kind": "agent", "name": message.by or ""}
    if message.buttons:
        shown["buttons"] = [{"title": button.title, "payload": button.payload} for button in message.buttons]
    return shown


def custom(standing: StatusSnapshot, seq: int) -> dict[str, Any]:
    """Return where the conversation stands; `seq` is the last message given or passed over."""
    links = [{"rel": link.rel, "href": link.href} | ({"id": link.id} if link.id else {}) for link in standing.links]
    heading = {"heading": standing.heading} if standing.heading else {}
    shown = {"card": card(standing.card)} if standing.card is not None else {}
    return {
        "dialog": standing.dialog,
        "step": standing.step,
        "expects": standing.expects,
        "progress": {"done": standing.done, "of": standing.of},
        "links": links,
        "locale": standing.locale,
        "mode": standing.mode,
        "seq": seq,
        **heading,
        **shown,
        **({"codes": to_builtins(standing.codes)} if standing.codes else {}),
    }


def card(shown: Card) -> dict[str, Any]:
    """Return a card; a key without value is left out. `choices` are answers that stand in a row."""
    known = (("total", shown.total), ("state", shown.state), ("missing", shown.missing))
    return {
        "kind": shown.kind,
        "title": shown.title,
        "rows": [_row(row) for row in shown.rows],
        **{name: value for name, value in known if value is not None},
    }


def _row(row: CardRow) -> dict[str, Any]:
    choices = [{"title": c.title, "payload": c.payload, "chosen": c.chosen} for c in row.choices]
    covers = list(row.covers) if choices and row.covers else None
    known = (
        ("edit", row.edit or _asked_again(row)),
        ("document", row.document),
        ("choices", choices or None),
        ("covers", covers),
        ("was", row.was),
    )
    named = {"name": row.name, "label": row.label, "value": row.value}
    return named | {name: value for name, value in known if value is not None}


def _asked_again(row: CardRow) -> str | None:
    """Return the payload that asks for the answer in the row anew; None while there is none.

    What covers others is asked in their rows.
    """
    given = next((choice.payload for choice in row.choices if choice.chosen and not row.covers), "")
    return f"edit:{given.partition(':')[0]}" if given else None


def unbegun(locale: str) -> dict[str, Any]:
    """Return the `custom` of a sender who has said nothing yet."""
    standing = StatusSnapshot("", "account", "start", "free_text", 0, 0, "", (), locale, "bot", 0)
    return custom(standing, 0)


def _refused(refusal: RestRefusal) -> Response:
    return JSONResponse({"error": refusal.reason}, refusal.status, refusal.headers)


def _unavailable() -> Response:
    log.warning("rest.store_unavailable")
    return JSONResponse({"error": "nothing can be stored right now: send it again"}, 503, {"Retry-After": "2"})
