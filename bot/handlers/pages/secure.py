"""One-time pages at `/s/{token}`: where passwords are typed and addresses confirmed. One form, no cookie, no script.

GET changes nothing, as often as it is asked for (mail scanners and messengers open links first); the POST that
succeeds uses the link up. The token is never logged. Links that stop reminders are pressed by mail programs, too, as
often as they like (RFC 8058): no body is asked for, no limit counts who sends it.
"""

from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import parse_qsl

from msgspec import Struct, field
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.usecases.accounts.page_results import (
    Accepted,
    FormRefused,
    Handed,
    HeldChat,
    LinkGone,
    PageText,
    PageView,
    TooMany,
    UnknownLink,
)
from bot.usecases.accounts.pages import AccountPages
from bot.web.flood import Flood, FloodRules, Places
from bot.web.guard import RequestTurnedAway, capped_body
from bot.web.network import AddressOf
from bot.web.pages import Pages
from bot.web.policy import SAVED_FILE, SECRET_PAGE
from bot.web.session import SessionKey, Sessions, WebSession
from bot.web.way_back import WayBack
from services.accounts.one_time_links import STOPS
from services.store.errors import StoreUnavailable
from values.private import Secret

_SOON = 60  # minutes; a customer who must wait longer sets a new password
_LIMIT = 16 * 1024
# Each form that is taken costs a hash: forms of one page, and of one network address.
FLOOD = FloodRules(session="20/minute", address="120/minute")
_FIELDS = ("login", "password", "password_repeat", "file", "forgot", "again", "stay")
_FORM = "application/x-www-form-urlencoded"


Submitted = Accepted | Handed | FormRefused | TooMany | LinkGone | UnknownLink


class SecurePageParts(Struct, frozen=True):
    """The pages' dependencies."""

    links: AccountPages
    pages: Pages
    address_of: AddressOf
    keys: SessionKey
    flood: Flood = field(default_factory=lambda: Flood(None))
    hashes: Places = field(default_factory=Places.for_hashes)

    @property
    def way_back(self) -> WayBack:
        """The way back to the conversation."""
        return WayBack(self.pages.site)

    @property
    def sessions(self) -> Sessions:
        return Sessions(self.pages.site)

    def next_session(self, request: Request, token: str) -> WebSession | None:
        """Return by what the browser's chat is held once it is logged in on this page."""
        session = self.sessions.of(request)
        return None if session is None else self.keys.turned(session.address, f"page {token}")

    def chat_of(self, request: Request, token: str) -> HeldChat | None:
        """Return the web chat that the browser holds."""
        session, following = self.sessions.of(request), self.next_session(request, token)
        return None if session is None or following is None else HeldChat(session.proof, following.proof)

    async def submit(self, request: Request, token: str, fields: dict[str, Secret]) -> Submitted:
        """Take a form; one with a password costs a hash, of which a network has a few at once. Errors: 429."""
        address = self.address_of(request)
        with self.hashes.place(address if "password" in fields else None):
            return await self.links.submit(token, fields, address, self.chat_of(request, token))


def routes(parts: SecurePageParts) -> list[Route]:
    """`/s/{token}` by GET, HEAD and POST."""

    async def page(request: Request) -> Response:
        token = str(request.path_params["token"])
        try:
            found = await parts.links.open(token, parts.chat_of(request, token))
            if isinstance(found, PageView) and found.purpose in STOPS and request.method == "POST":
                return await _stopped(parts, request, token, found)
            if isinstance(found, PageView) and request.method == "POST":
                return await _submitted(parts, request, token, found)
            if isinstance(found, LinkGone) and request.method == "POST":
                return await _sent_again(parts, request, token, found)
        except RequestTurnedAway as turned:
            return _busy(parts, request, status=turned.status, wait=turned.wait)
        except StoreUnavailable:
            return _busy(parts, request)
        return _shown(parts, request, found)

    return [Route("/s/{token}", page, methods=["GET", "POST"])]


async def _submitted(parts: SecurePageParts, request: Request, token: str, view: PageView) -> Response:
    if wait := parts.flood.wait(token, parts.address_of(request)):
        return _too_many(parts, request, view, wait)
    try:
        fields = await read_form(request, _FIELDS)
    except RequestTurnedAway:
        return _form_page(parts, request, view, 422, (PageText("unreadable", {}),))
    outcome = await parts.submit(request, token, fields)
    match outcome:
        case Accepted(digits=str(digits)):
            return _digits(parts, request, view, digits)
        case Accepted(_, str(next_path)) if _is_ours(next_path):
            return RedirectResponse(parts.way_back.onwards(request, next_path), 303, headers=SECRET_PAGE)
        case Accepted():
            return _done(parts, request, token, view, outcome)
        case Handed(name, kind, content):
            saved = {"content-disposition": f'attachment; filename="{name}"'}
            return Response(content, media_type=kind, headers=SAVED_FILE | saved)
        case FormRefused(reasons):
            login = fields["login"].reveal() if "login" in fields else ""
            return _form_page(parts, request, view, 422, reasons, login)
        case TooMany(seconds):
            return _too_many(parts, request, view, seconds)
        case _:
            return _shown(parts, request, outcome)


async def _stopped(parts: SecurePageParts, request: Request, token: str, view: PageView) -> Response:
    """Stop it whatever is sent: many mailboxes of one provider press from a few addresses, none from a page of ours."""
    with suppress(RequestTurnedAway):
        await capped_body(request, _LIMIT)
    outcome = await parts.links.submit(token, {}, None)
    if isinstance(outcome, Accepted):
        return _done(parts, request, token, view, outcome)
    return _shown(parts, request, outcome if isinstance(outcome, LinkGone) else UnknownLink())


async def _sent_again(parts: SecurePageParts, request: Request, token: str, gone: LinkGone) -> Response:
    """Answer the form of a link that is used up: what has come of it stands, and is shown to who knows the password."""
    if parts.flood.wait(token, parts.address_of(request)):
        return _shown(parts, request, gone)
    try:
        fields = await read_form(request, _FIELDS)
    except RequestTurnedAway:
        return _shown(parts, request, gone)
    outcome = await parts.submit(request, token, fields)
    match outcome:
        case Accepted(digits=str(digits)):
            return _digits(parts, request, gone, digits)
        case Accepted():
            return _done(parts, request, token, gone, outcome)
        case _:
            return _shown(parts, request, gone)


def _done(parts: SecurePageParts, request: Request, token: str, of: PageView | LinkGone, done: Accepted) -> Response:
    answer = parts.pages.answer(
        "secure_done.html",
        of.locale,
        headers=SECRET_PAGE,
        view=of,
        key=done.message_key,
        back=parts.way_back.of(request, of.chat),
        new_password=done.new_password,
    )
    if done.turned and (session := parts.next_session(request, token)) is not None:
        parts.sessions.replace(request, answer, session)
    return answer


def _digits(parts: SecurePageParts, request: Request, of: PageView | LinkGone, digits: str) -> Response:
    """Show the digits for the chat: in the answer to the form alone, never to somebody who only has the link."""
    back = parts.way_back.of(request, of.chat)
    return parts.pages.answer(
        "secure_digits.html", of.locale, headers=SECRET_PAGE, seller=of.seller, digits=digits, back=back
    )


def _too_many(parts: SecurePageParts, request: Request, view: PageView, seconds: int) -> Response:
    minutes = max(1, -(-seconds // 60))
    reason = PageText("too_many", {"minutes": minutes}) if minutes <= _SOON else PageText("too_many_long", {})
    answer = _form_page(parts, request, view, 429, (reason,))
    answer.headers["retry-after"] = str(seconds)
    return answer


def _shown(parts: SecurePageParts, request: Request, found: PageView | LinkGone | UnknownLink) -> Response:
    match found:
        case PageView():
            return _form_page(parts, request, found, 200, ())
        case LinkGone():
            back, action = parts.way_back.of(request, found.chat), _action(request)
            return parts.pages.answer(
                "secure_gone.html", found.locale, status=410, headers=SECRET_PAGE, gone=found, back=back, action=action
            )
        case UnknownLink():
            locale = parts.pages.locale_of(request)
            return parts.pages.answer("secure_unknown.html", locale, status=404, headers=SECRET_PAGE)


def _form_page(
    parts: SecurePageParts,
    request: Request,
    view: PageView,
    status: int,
    reasons: tuple[PageText, ...],
    login: str = "",
) -> Response:
    return parts.pages.answer(
        "secure_form.html",
        view.locale,
        status=status,
        headers=SECRET_PAGE,
        view=view,
        reasons=reasons,
        login=login,
        action=_action(request),
        here=parts.way_back.of(request, view.chat).href == "/chat",  # nobody else's conversation goes on
    )


def _action(request: Request) -> str:
    """Return where the page's form goes: beside the page itself, wherever a proxy shows it."""
    here, query = request.url.path.rpartition("/")[2], request.url.query
    return f"{here}?{query}" if query else here


def _busy(parts: SecurePageParts, request: Request, *, status: int = 503, wait: int = 3) -> Response:
    headers = {**SECRET_PAGE, "retry-after": str(wait)}
    return parts.pages.answer(
        "busy.html", parts.pages.locale_of(request), status=status, headers=headers, again=request.url.path
    )


async def read_form(request: Request, known: Iterable[str]) -> dict[str, Secret]:
    """Return the known fields of an ordinary form; none at all is a form of one button.

    Errors: RequestTurnedAway if unreadable.
    """
    if "content-type" not in request.headers and not await capped_body(request, _LIMIT):
        return {}
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise RequestTurnedAway(422, "unreadable")
    body = await capped_body(request, _LIMIT)
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=20, errors="strict")
    except ValueError:
        raise RequestTurnedAway(422, "unreadable") from None
    sent = dict(reversed(pairs))  # of a name sent twice the first counts
    return {name: Secret(sent[name]) for name in known if name in sent}


def _is_ours(path: str) -> bool:
    return path.startswith("/") and not path.startswith(("//", "/\\"))
