"""The web chat: the page, and the JSON and the event stream that it lives on."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress

from msgspec import structs, to_builtins
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from bot.conversation.inbound import Body, ButtonPressed, Inbound, Text, VoiceNote
from bot.conversation.labelled_lines import LONGEST
from bot.conversation.new_chats import NoNewChat
from bot.conversation.opening import START
from bot.conversation.port import TurnReceipt
from bot.handlers.webchat import parts, wire
from bot.handlers.webchat.parts import WebChat
from bot.web.flood import Flood, FloodRules
from bot.web.guard import SLOWEST_BODY_S, RequestTurnedAway, json_object, object_of, own_page, text_of
from bot.web.recording_form import read_recording
from bot.web.session import WebSession
from services.payments.providers.base import CodePayer
from services.store.errors import ConversationGone, NotHeld, StoreUnavailable
from values.channel import Channel
from values.private import Secret

_LONGEST_TEXT = 40_000  # the desk itself answers a text that is too long; this only keeps the absurd out
_LONGEST_NAME = 200
_LONGEST_LINE = 18  # digits: what a store's whole number holds
# A page that gets no stream asks for the history every 3 seconds, and a visitor may have several.
READS = FloodRules(session="60/minute", address="600/minute")
_MOST_MESSAGES = 10**9  # no conversation has as many; a number beyond the store's would be an error of ours


def routes(chat: WebChat) -> list[Route]:
    """Return the page `/chat` and what is below `/webchat`."""
    return [
        Route("/chat", parts.chat_page(chat)),
        Route("/webchat/session", _guarded(chat, _session), methods=["POST"]),
        Route("/webchat/messages", _guarded(chat, _message), methods=["POST"]),
        *([Route("/webchat/voice", _guarded(chat, _voice), methods=["POST"])] if chat.hears else []),
        Route("/webchat/press", _guarded(chat, _press), methods=["POST"]),
        Route("/webchat/field", _guarded(chat, _field), methods=["POST"]),
        Route("/webchat/code", _guarded(chat, _code), methods=["POST"]),
        Route("/webchat/seen", _guarded(chat, _seen), methods=["POST"]),
        Route("/webchat/typing", _guarded(chat, _typing), methods=["POST"]),
        Route("/webchat/history", _guarded(chat, _history)),
        Route("/webchat/opening", _guarded(chat, _opening)),
        *([Route("/webchat/speech", _guarded(chat, _speech))] if chat.aloud is not None else []),
        Route("/webchat/events", _guarded(chat, _events)),
        Route("/webchat/identity", _guarded(chat, _identity), methods=["POST"]),
    ]


_Handler = Callable[[WebChat, Request, WebSession], Awaitable[Response]]


def _guarded(chat: WebChat, handle: _Handler) -> Callable[[Request], Awaitable[Response]]:
    """Return our own page only, with a session, and the desk's "not now" told as 503."""

    async def guarded(request: Request) -> Response:
        try:
            own_page(request, chat.pages.site)
            session = chat.sessions.of(request)
            looked_at = handle in (_message, _press, _voice)
            if session is None or not await parts.holds(chat, session, looked_at=looked_at):
                # Only the page's first question may come without.
                if handle is not _session:
                    raise RequestTurnedAway(401, "no_session")
                return _given(chat, request, chat.keys.new(), {})
            return await handle(chat, request, session)
        except NotHeld:
            return _json({"error": "no_session"}, 401)
        except RequestTurnedAway as turned:
            later = {"retry-after": str(turned.wait)} if turned.wait else None
            return _json({"error": turned.error}, turned.status, later)
        except StoreUnavailable:
            return _json({"error": "not_now"}, 503, {"retry-after": "2"})

    return guarded


def _given(chat: WebChat, request: Request, session: WebSession, fields: wire.Json) -> Response:
    """Answer with another session: by the cookie that the request's came by, else as a token for the header."""
    answer = _json({**fields, "token": None})
    return answer if chat.sessions.replace(request, answer, session) else _json({**fields, "token": session.token})


async def _session(chat: WebChat, request: Request, session: WebSession) -> Response:
    """Tell a page that its session arrives, so that it needs none of its own."""
    del chat, request, session
    return _json({"token": None})


async def _message(chat: WebChat, request: Request, session: WebSession) -> Response:
    _count(chat, request, session)
    fields = await json_object(request)
    body = Text(text_of(fields, "text", longest=_LONGEST_TEXT))
    return await _receive(chat, request, session, fields, body, seen=_number_of(fields, "seen"))


async def _voice(chat: WebChat, request: Request, session: WebSession) -> Response:
    """Take a recording: the form's `metadata` has the fields of a message but for its text."""
    _count(chat, request, session)
    found = await read_recording(request, await _form(chat, request))
    fields = object_of(found.metadata)
    note = VoiceNote(found.sound, mark=found.mark)
    with chat.recordings.place(session.address):
        return await _receive(chat, request, session, fields, note, seen=_number_of(fields, "seen"))


async def _form(chat: WebChat, request: Request) -> bytes:
    """Return the body, which was counted before it is read. Errors: RequestTurnedAway 413, 408, 400."""
    try:
        async with asyncio.timeout(SLOWEST_BODY_S):
            return await chat.bodies.read(request, lambda: None, texts=False)
    except TimeoutError:
        raise RequestTurnedAway(408, "too_slow") from None
    except ClientDisconnect:
        raise RequestTurnedAway(400, "gone") from None


async def _press(chat: WebChat, request: Request, session: WebSession) -> Response:
    _count(chat, request, session)
    fields = await json_object(request)
    body = ButtonPressed(text_of(fields, "payload", longest=_LONGEST_NAME), _number_of(fields, "asked_at"))
    return await _receive(chat, request, session, fields, body)


async def _code(chat: WebChat, request: Request, session: WebSession) -> Response:
    """Take a bank app's code from its field: it is no message, and nothing keeps it. Errors: 400, 409."""
    _count(chat, request, session)
    fields = await json_object(request)
    code = Secret(text_of(fields, "code", longest=_LONGEST_NAME))
    if not re.fullmatch("[0-9]{6}", code.reveal()) or fields.get("terms") is not True:
        raise RequestTurnedAway(400, "bad_code")
    payer = CodePayer(request.client.host if request.client else "", request.headers.get("user-agent", ""))
    if not await parts.pay_by_code(chat, session, payer, code):
        raise RequestTurnedAway(409, "no_code_awaited")
    return _json({})


def _number_of(fields: wire.Json, name: str) -> int | None:
    """Return the number (seq) of one of our messages; None where the page doesn't say. Raises RequestTurnedAway."""
    number = fields.get(name)
    if number is not None and (type(number) is not int or not 0 <= number < _MOST_MESSAGES):
        raise RequestTurnedAway(400, f"bad_{name}")
    return number


async def _seen(chat: WebChat, request: Request, session: WebSession) -> Response:
    """Note how far the page has shown the conversation: an agent's answer that was seen needs no e-mail."""
    _count(chat, request, session, chat.reads)
    seq = _number_of(await json_object(request), "seq")
    conversation_id = await chat.desk.conversation(Channel.WEB, session.address)
    if conversation_id is not None and seq is not None:
        with suppress(ConversationGone):
            await chat.desk.seen(conversation_id, seq)
    return _json({})


async def _field(chat: WebChat, request: Request, session: WebSession) -> Response:
    """Tell what the open question would say of a value that isn't sent yet. Errors: 404 where it asks for none such."""
    _count(chat, request, session, chat.reads)
    fields = await json_object(request)
    name, value = text_of(fields, "name", longest=_LONGEST_NAME), text_of(fields, "value", longest=LONGEST)
    found = await chat.judge(session.address, name, value) if chat.judge is not None else None
    return _json({"error": "no_field"}, 404) if found is None else _json(to_builtins(found))


async def _identity(chat: WebChat, request: Request, session: WebSession) -> Response:
    """Take the site's word for its customer. Errors: 400, 403, 429."""
    _count(chat, request, session, chat.reads)
    return _json(await parts.take_identity(chat, request, session))


async def _typing(chat: WebChat, request: Request, session: WebSession) -> Response:
    """Pass on that the customer is typing; it isn't stored, and errors aren't reported."""
    if chat.typing is not None and not chat.flood.wait(session.address, chat.address_of(request)):
        conversation_id = await chat.desk.conversation(Channel.WEB, session.address)
        if conversation_id is not None:
            await chat.typing(conversation_id)
    return _json({})


def _count(chat: WebChat, request: Request, session: WebSession, rule: Flood | None = None) -> None:
    """Count what is said, or by another rule, before the body is read: a malformed one counts. Errors: 429."""
    if wait := (rule or chat.flood).wait(session.address, chat.address_of(request)):
        raise RequestTurnedAway(429, "too_many", wait)


async def _receive(
    chat: WebChat, request: Request, session: WebSession, fields: wire.Json, body: Body, *, seen: int | None = None
) -> Response:
    """Return one message's turn; answered after the commit, with the line as it was stored (perhaps redacted)."""
    message_id = parts.mark_of(fields)
    network = chat.address_of(request)
    hint = text_of(fields, "locale", longest=20) if "locale" in fields else None
    key = f"{session.address}:{message_id}"
    following = chat.keys.turned(session.address, f"message {message_id}")
    inbound = Inbound(
        *(Channel.WEB, session.address, key, body),
        locale_hint=hint,
        network=network,
        seen=seen,
        holder=session.proof,
        next_holder=None if session.is_told else following.proof,
    )
    try:
        if fields.get("greeted") is True:
            await _begin(chat, inbound)
        receipt, turned = await _received(chat, inbound, following)
    except NoNewChat as refused:
        later = {"retry-after": str(refused.retry_after)}
        return _json({"error": "too_many_chats", "text": refused.words}, 429, later)
    if receipt.conflict:
        return _json({"error": "another_text"}, 409)
    own = await chat.desk.own_line(receipt)
    fields = {"line": wire.line(own) if own is not None else None, "repeated": receipt.repeated}
    return _given(chat, request, following, fields) if turned else _json(fields)


async def _begin(chat: WebChat, first: Inbound) -> None:
    """Begin the conversation of this message with the greeting that its page has shown, if nobody has begun it.

    Two turns, so that the greeting is a line of its own, as it was read. A crash between them leaves a conversation
    that was greeted; the page sends its message again.
    """
    if await chat.desk.conversation(Channel.WEB, first.address) is None:
        key = f"{first.address}:start"  # of all tabs the same
        await chat.desk.receive(structs.replace(first, key=key, body=Text(START), seen=None, next_holder=None))


async def _received(chat: WebChat, inbound: Inbound, following: WebSession) -> tuple[TurnReceipt, bool]:
    """Return the turn, and whether the session was turned by it.

    Sent once more because the answer was lost, it comes with the session from before: whoever knows the message's mark
    gets the new one all the same. Errors: NotHeld for any other.
    """
    try:
        receipt = await chat.desk.receive(inbound)
    except NotHeld:
        if await chat.desk.holder(Channel.WEB, inbound.address) != following.proof:
            raise
        return await chat.desk.receive(structs.replace(inbound, holder=following.proof)), True
    now = receipt.turned.conversation.session if receipt.turned is not None else None
    return receipt, now == following.proof


async def _history(chat: WebChat, request: Request, session: WebSession) -> Response:
    _count(chat, request, session, chat.reads)
    talk = await parts.talk(chat, session)
    return _json(parts.nothing_said() if talk is None else talk)


async def _opening(chat: WebChat, request: Request, session: WebSession) -> Response:
    """Tell the greeting of a conversation that nobody has begun, where the page that asks has none or another."""
    _count(chat, request, session, chat.reads)
    return _json(parts.opening(chat, chat.pages.locale_of(request)))


async def _speech(chat: WebChat, request: Request, session: WebSession) -> Response:
    """Tell how a line is read out, to a page that reads: nobody else's messages are put into spoken words."""
    _count(chat, request, session, chat.reads)
    line = request.query_params.get("line", "")
    if chat.aloud is None or not (line.isascii() and line.isdigit() and len(line) <= _LONGEST_LINE):
        raise RequestTurnedAway(400, "bad_line")
    found = await parts.speech(chat, chat.aloud, session, int(line))
    return _json({"error": "no_line"}, 404) if found is None else _json(found)


async def _events(chat: WebChat, request: Request, session: WebSession) -> Response:
    conversation_id = await chat.desk.conversation(Channel.WEB, session.address)
    if conversation_id is None:
        raise RequestTurnedAway(404, "no_conversation")
    network = chat.address_of(request)
    if chat.streams.full(session.address, network):
        return _json({"error": "too_many"}, 429, {"retry-after": "5"})
    _count(chat, request, session, chat.reads)  # after the look at what is full: that page asks for the history
    cursor = wire.parse_cursor(request.headers.get("last-event-id", ""))
    stream = chat.streams.events(chat.desk, conversation_id, session, cursor, network)
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


def _json(value: wire.Json, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """JSON in ASCII: a lone surrogate in a customer's line must not break the answer."""
    return Response(json.dumps(value), status, {"cache-control": "no-store", **(headers or {})}, "application/json")
