"""The web chat's dependencies, and what its page and its JSON both tell: who holds a talk, what was said in it."""

from collections.abc import Awaitable, Callable, Mapping

from msgspec import Struct, field, to_builtins
from starlette.requests import Request
from starlette.responses import Response

from bot.conversation.outbound import JudgedValue
from bot.conversation.port import Desk
from bot.conversation.read_aloud import ReadAloud, earlier_cards
from bot.handlers.webchat import wire
from bot.handlers.webchat.stream import MOST_LINES, Streams
from bot.handlers.webchat.wire import Cursor, Json
from bot.usecases.accounts.site_customers import SiteCustomers
from bot.usecases.billing.code_payments import CodePayments
from bot.web import assets
from bot.web.flood import Flood, Places
from bot.web.guard import LargeBodies, RequestTurnedAway, json_object, text_of
from bot.web.network import AddressOf
from bot.web.pages import Pages
from bot.web.policy import content_policy, rights
from bot.web.recording_form import LARGEST_FORM
from bot.web.session import SessionKey, Sessions, WebSession
from services.errors import Forged
from services.keyed_hash import sha256_hex
from services.payments.providers.base import CodePayer
from services.store.errors import ConversationGone, StoreUnavailable
from values.channel import Channel
from values.kinds import KINDS
from values.private import Secret
from values.recording import MOST_SECONDS


class WebChat(Struct, frozen=True):
    """The web chat's dependencies."""

    desk: Desk
    pages: Pages
    flood: Flood
    streams: Streams
    address_of: AddressOf
    keys: SessionKey
    typing: Callable[[str], Awaitable[None]] | None = None  # tells agents that the customer of a conversation writes
    reads: Flood = field(default_factory=lambda: Flood(None))  # histories asked for and streams opened
    hears: bool = False  # the desk takes recordings
    dictation: Mapping[str, str] = {}  # told before the browser's recogniser is used, by language; empty: it isn't
    bodies: LargeBodies = field(default_factory=lambda: LargeBodies(LARGEST_FORM))
    recordings: Places = field(default_factory=Places.for_recordings)
    aloud: ReadAloud | None = None  # without it the page doesn't offer to read
    codes: CodePayments | None = None  # without it nothing is paid in the page
    judge: Callable[[str, str, str], Awaitable[JudgedValue | None]] | None = None  # of a field's value, by address
    site: SiteCustomers | None = None  # without it no site tells who its customer is

    @property
    def sessions(self) -> Sessions:
        return Sessions(self.pages.site)


async def holds(chat: WebChat, session: WebSession, *, looked_at: bool = False) -> bool:
    """Return whether the session holds its conversation; where there is none, whether the desk issued it to begin one.

    `looked_at`: of what the desk has made its turn looks itself, in its own transaction.
    """
    issued = chat.keys.issued(session)
    if looked_at and (issued or session.is_turned):
        return True
    holder = await chat.desk.holder(Channel.WEB, session.address)
    return issued if holder is None else holder == session.proof


async def talk(chat: WebChat, session: WebSession) -> Json | None:
    """Return all that was said in the session's conversation and where it stands; None where nobody has begun it.

    Errors: RequestTurnedAway 401 where another session holds it by now.
    """
    conversation_id = await chat.desk.conversation(Channel.WEB, session.address)
    if conversation_id is None:
        return None
    messages = await chat.desk.latest(conversation_id, most=MOST_LINES)
    try:
        standing = await chat.desk.standing(conversation_id, at_most_wait=True)
    except ConversationGone:  # erased between the two looks
        return None
    cursor = Cursor()
    for message in messages:
        cursor = cursor.past(message)
    lines = [wire.line(message) for message in messages]
    if standing.holder not in (None, session.proof):
        raise RequestTurnedAway(401, "no_session")
    return {"lines": lines, "standing": wire.standing(standing), "cursor": str(cursor)}


async def speech(chat: WebChat, aloud: ReadAloud, session: WebSession, line: int) -> Json | None:
    """Return the words of one line of the desk's or an agent's, and their language; None where there is no such line.

    Errors: RequestTurnedAway 401 where another session holds the conversation by now.
    """
    conversation_id = await chat.desk.conversation(Channel.WEB, session.address)
    if conversation_id is None:
        return None
    messages = await chat.desk.latest(conversation_id, most=MOST_LINES)
    try:
        standing = await chat.desk.standing(conversation_id)
    except ConversationGone:
        return None
    if standing.holder not in (None, session.proof):
        raise RequestTurnedAway(401, "no_session")
    for message, before in earlier_cards(messages):
        if message.id == line and message.author != "customer":
            locale = message.locale or standing.locale
            return {"text": aloud.line(message, locale, before), "lang": locale}
    return None


async def pay_by_code(chat: WebChat, session: WebSession, payer: CodePayer, code: Secret) -> bool:
    """Pay what the session's conversation waits for: which payment that is no page tells. False if it awaits none."""
    conversation_id = await chat.desk.conversation(Channel.WEB, session.address)
    if conversation_id is None or chat.codes is None:
        return False
    try:
        now = await chat.desk.standing(conversation_id)
    except ConversationGone:
        return False
    awaited = any(known.by == "blik" for known in now.codes)
    payment_id = next((link.id for link in now.links if link.rel == "payment"), None) if awaited else None
    return payment_id is not None and await chat.codes.pay(conversation_id, payment_id, payer, code)


_LONGEST_TOKEN = 8192  # longer than any that is taken: those are refused as forged, not as malformed
_LONGEST_ORIGIN = 300
_LONGEST_MARK = 200


async def take_identity(chat: WebChat, request: Request, session: WebSession) -> Json:
    """Take the site's word for its customer, or that there is none, beside the browser's own session.

    Return the session of the customer's chat (`known`), null for nobody's: the page keeps it in its memory alone.
    Errors: RequestTurnedAway 400, 403.
    """
    fields, site = await json_object(request), chat.site
    if site is None or session.is_told:  # the browser's own session is asked for, or another customer's would lead on
        raise RequestTurnedAway(403, "identity_session")
    if fields.get("identity", "") is None:
        await site.leave(session.address)
        return {"known": None}
    token, origin = (
        text_of(fields, name, longest=most)
        for name, most in (("identity", _LONGEST_TOKEN), ("origin", _LONGEST_ORIGIN))
    )
    locale = chat.pages.locale_of(request)
    try:
        known = await site.tell(token, browser=session.address, origin=origin, locale=locale)
    except Forged as refused:
        raise RequestTurnedAway(403, f"identity_{refused.origin}") from None
    return {"known": known}


def mark_of(fields: Json) -> str:
    """Return the page's own mark of the message.

    That of a start link names its token, which isn't kept. Raises RequestTurnedAway.
    """
    mark = text_of(fields, "message_id", longest=_LONGEST_MARK)
    if not mark:
        raise RequestTurnedAway(400, "bad_message_id")
    kind, _, token = mark.partition(":")
    return f"start:{sha256_hex(token)[:32]}" if kind == "start" else mark


def nothing_said() -> Json:
    """Return the talk of a conversation that nobody has begun."""
    return {"lines": [], "standing": None, "cursor": str(Cursor())}


def opening(chat: WebChat, locale: str) -> Json:
    """Return the greeting in the form of a talk, which nobody has begun; without lines where there is none to show."""
    found = chat.desk.opening(Channel.WEB, locale)
    if found is None:
        return nothing_said()
    told = {"lines": [wire.line(found.line)], "standing": wire.standing(found.standing), "cursor": str(Cursor())}
    return {**told, "greeting": True}


TALK = b'<script type="application/json" id="talk">'
"""The mark before the talk in the page: the rest of it is compressed apart."""

_INPUTS: dict[str, Json] = {str(kind.expects): to_builtins(kind.input) for kind in KINDS.values() if kind.input}
"""Attributes of the input by the kind of answer."""


def chat_page(chat: WebChat) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint of `/chat`: the talk that the browser holds, else the greeting, readable before any script.

    Looking begins nothing: the greeting is that of a conversation that doesn't exist (`bot/conversation/opening.py`).
    """

    async def answered(request: Request) -> Response:
        site, locale = chat.pages.site, chat.pages.locale_of(request)
        headers = {
            "cache-control": "no-store",
            "content-security-policy": content_policy(shown_in=("'self'", *site.embedders)),
            "permissions-policy": rights(microphone=chat.hears or bool(chat.dictation)),
        }
        session, talk = await _held(chat, request)
        told = await _is_told(chat, request, session)
        talk = None if told else talk  # whose chat it is the page around says first
        if talk is not None and not talk["lines"] and "start" not in request.query_params:
            talk = opening(chat, locale)  # a start link is a message of its own: its answer greets
        accent = request.query_params.get("accent", "")
        answer = chat.pages.answer(
            "chat.html",
            locale,
            headers=headers,
            embedded=request.query_params.get("embed") == "1",
            style=assets.chat_style(site.look.with_accent(accent)).path,
            script=assets.bundle("chat.js").path,
            icon=assets.icon(site.look).path,
            recorder=assets.bundle("recorder.js").path if chat.hears else None,
            dictation=assets.bundle("dictation.js").path if chat.dictation else None,
            reader=assets.bundle("reader.js").path if chat.aloud is not None else None,
            identity=assets.bundle("identity.js").path if told else None,
            longest=MOST_SECONDS,
            words={
                one: {
                    **chat.pages.words(one).section("chat"),
                    "about": site.about.get(one, ""),
                    **_dictating(chat, one),
                }
                for one in site.locales
            },
            inputs=_INPUTS,
            talk=talk,
        )
        assets.pack(request, answer, apart=TALK)
        if session is None:
            chat.sessions.remember(request, answer, chat.keys.new())
        return answer

    return answered


def _dictating(chat: WebChat, locale: str) -> dict[str, str]:
    """Return the words about the browser's recogniser, where it may be used."""
    told = chat.dictation.get(locale)
    return {} if told is None else {**chat.pages.words(locale).section("dictation"), "dictate_ask": told}


async def _is_told(chat: WebChat, request: Request, session: WebSession | None) -> bool:
    """Return whether the page around says who its customer is, or did so in this browser, which may be over."""
    asked = request.query_params
    if chat.site is None or asked.get("embed") != "1":
        return False
    return asked.get("identity") == "1" or (session is not None and await chat.site.tells_in(session.address))


async def _held(chat: WebChat, request: Request) -> tuple[WebSession | None, Json | None]:
    """Return the session, None where the browser needs another, and its talk: empty where nobody has begun it.

    The talk is None where it can't be told now: the page's own questions will.
    """
    session = chat.sessions.of(request)
    if session is None:
        return None, nothing_said()
    try:
        if not await holds(chat, session):
            return None, nothing_said()
        if chat.reads.wait(session.address, chat.address_of(request)):
            return session, None
        return session, await talk(chat, session) or nothing_said()
    except (StoreUnavailable, RequestTurnedAway):
        return session, None
