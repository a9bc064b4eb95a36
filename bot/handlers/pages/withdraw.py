"""The page `/withdraw`: a contract is withdrawn from without a log-in (Directive 2011/83, article 11a).

Two steps: who withdraws from which contract, then *confirm withdrawal*. Whether there is such a contract is told to
nobody: the answer is the same, and a letter goes to the address that was given.
"""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.conversation.port import Desk
from bot.handlers.pages.secure import read_form
from bot.usecases.orders.withdrawals import StatedOnPage, state
from bot.web.flood import Flood, FloodRules
from bot.web.guard import RequestTurnedAway, same_origin
from bot.web.network import AddressOf
from bot.web.pages import Pages
from bot.web.policy import SECRET_PAGE
from services.store.errors import StoreUnavailable
from values import email as emails
from values.incoming_text import clean
from values.parsing import Ok

# Letters to one mailbox, whoever asks for them; forms of one network.
FLOOD = FloodRules(session="5/hour", address="60/hour")
_LONGEST = {"name": 120, "number": 40, "email": 254}
# Without a referrer browsers send `Origin: null`.
_HEADERS = {**SECRET_PAGE, "referrer-policy": "same-origin"}


class WithdrawPage:
    """The page of one desk."""

    def __init__(self, desk: Desk, pages: Pages, server_key: bytes, flood: Flood, address_of: AddressOf) -> None:
        self._desk = desk
        self._pages = pages
        self._server_key = server_key
        self._flood = flood
        self._address_of = address_of

    def routes(self) -> list[Route]:
        return [Route("/withdraw", self._page, methods=["GET", "POST"])]

    async def _page(self, request: Request) -> Response:
        if request.method != "POST":
            return _shown(self._pages, request, "form", {})
        try:
            same_origin(request, self._pages.site)
            sent = await read_form(request, (*_LONGEST, "confirmed"))
            return await self._taken(request, {name: clean(one.reveal()).text.strip() for name, one in sent.items()})
        except RequestTurnedAway as turned:
            return _busy(self._pages, request, turned.status, turned.wait)
        except StoreUnavailable:
            return _busy(self._pages, request, 503, 3)

    async def _taken(self, request: Request, typed: Mapping[str, str]) -> Response:
        email = emails.parse(typed.get("email", ""))
        fits = all(0 < len(typed.get(name, "")) <= most for name, most in _LONGEST.items())
        if not fits or not isinstance(email, Ok):
            return _shown(self._pages, request, "form", typed, status=422)
        confirmed = "confirmed" in typed
        if wait := self._flood.wait(emails.key(email.value) if confirmed else None, self._address_of(request)):
            return _busy(self._pages, request, 429, wait)
        if not confirmed:
            return _shown(self._pages, request, "confirm", typed)
        locale = self._pages.locale_of(request)
        words = self._pages.words(locale)("withdraw.stated", name=typed["name"], number=typed["number"])
        stated = StatedOnPage(words, email.value, locale)
        await self._desk.happen(lambda tx: state(tx, stated, self._server_key))
        return _shown(self._pages, request, "done", typed)


def _shown(pages: Pages, request: Request, step: str, typed: Mapping[str, str], status: int = 200) -> Response:
    shown = {name: typed.get(name, "") for name in _LONGEST}
    locale, of = pages.locale_of(request), {"step": step, "typed": shown, "longest": _LONGEST}
    return pages.answer("withdraw.html", locale, status=status, headers=_HEADERS, **of)


def _busy(pages: Pages, request: Request, status: int, wait: int) -> Response:
    headers = {**_HEADERS, "retry-after": str(wait)}
    return pages.answer("busy.html", pages.locale_of(request), status=status, headers=headers, again="withdraw")
