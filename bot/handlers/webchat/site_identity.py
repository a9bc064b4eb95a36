"""`POST /webchat/identity`: the embedded page brings the site's word for its customer, or that there is none.

The browser's own session is shown with it. The answer is the session of the customer's chat, which the page keeps in
its memory alone: the next page has to be told anew, and without the site's word stands in the browser's own chat.
"""

from starlette.requests import Request

from bot.handlers.webchat.parts import WebChat
from bot.handlers.webchat.wire import Json
from bot.web.guard import RequestTurnedAway, json_object, text_of
from bot.web.session import WebSession
from services.errors import Forged

_LONGEST_TOKEN = 8192  # longer than any that is taken: those are refused as forged, not as malformed
_LONGEST_ORIGIN = 300


async def take(chat: WebChat, request: Request, session: WebSession) -> Json:
    """Return the session of the customer's chat (`known`), null for nobody's. Errors: RequestTurnedAway 400, 403."""
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
