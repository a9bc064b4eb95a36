"""The page `/chat`: with the talk that the browser holds, else with the greeting, readable before any script ran.

Looking begins nothing: the greeting is decided on a conversation that doesn't exist (`bot/conversation/opening.py`).
"""

from collections.abc import Awaitable, Callable

from msgspec import to_builtins
from starlette.requests import Request
from starlette.responses import Response

from bot.handlers.webchat import parts
from bot.handlers.webchat.parts import WebChat
from bot.handlers.webchat.wire import Json
from bot.web import assets
from bot.web.colours import is_colour
from bot.web.guard import RequestTurnedAway
from bot.web.policy import content_policy, rights
from bot.web.session import WebSession
from services.store.errors import StoreUnavailable
from values.kinds import KINDS
from values.recording import MOST_SECONDS

TALK = b'<script type="application/json" id="talk">'
"""The mark before the talk in the page: the rest of it is compressed apart."""

_INPUTS: dict[str, Json] = {str(kind.expects): to_builtins(kind.input) for kind in KINDS.values() if kind.input}
"""Attributes of the input by the kind of answer."""


def page(chat: WebChat) -> Callable[[Request], Awaitable[Response]]:
    """Return the page's endpoint."""

    async def answered(request: Request) -> Response:
        site, locale = chat.pages.site, chat.pages.locale_of(request)
        headers = {
            "cache-control": "no-store",
            "content-security-policy": content_policy(shown_in=("'self'", *site.embedders)),
            "permissions-policy": rights(microphone=chat.hears),
        }
        session, talk = await _held(chat, request)
        if talk is not None and not talk["lines"] and "start" not in request.query_params:
            talk = parts.opening(chat, locale)  # a start link is a message of its own: its answer greets
        accent = request.query_params.get("accent", "")
        answer = chat.pages.answer(
            "chat.html",
            locale,
            headers=headers,
            embedded=request.query_params.get("embed") == "1",
            style=assets.chat_style(accent if is_colour(accent) else site.accent).path,
            script=assets.chat_script().path,
            icon=assets.icon().path,
            recorder=assets.recorder().path if chat.hears else None,
            reader=assets.reader().path if chat.aloud is not None else None,
            longest=MOST_SECONDS,
            words={
                one: {**chat.pages.words(one).section("chat"), "about": site.about.get(one, "")} for one in site.locales
            },
            inputs=_INPUTS,
            talk=talk,
        )
        assets.pack(request, answer, apart=TALK)
        if session is None:
            chat.sessions.remember(request, answer, chat.keys.new())
        return answer

    return answered


async def _held(chat: WebChat, request: Request) -> tuple[WebSession | None, Json | None]:
    """Return the session, None where the browser needs another, and its talk: empty where nobody has begun it.

    The talk is None where it can't be told now: the page's own questions will.
    """
    session = chat.sessions.of(request)
    if session is None:
        return None, parts.nothing_said()
    try:
        if not await parts.holds(chat, session):
            return None, parts.nothing_said()
        if chat.reads.wait(session.address, chat.address_of(request)):
            return session, None
        return session, await parts.talk(chat, session) or parts.nothing_said()
    except (StoreUnavailable, RequestTurnedAway):
        return session, None
