"""Our payment link `/p/{token}`: leads to the provider and takes the payer back.

A person's GET reuses the open attempt at the provider or registers the next one. What only looks at the link (HEAD,
a prefetch, a messenger that draws a preview) registers nothing: it gets a page with the way on.
Each may be asked for so often by network address, since the provider is asked in its turn.
"""

import re

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.usecases.billing import payment_links
from bot.web.flood import Flood, FloodRules
from bot.web.network import AddressOf
from bot.web.pages import Pages
from bot.web.policy import ASKING_PAGE, SECRET_PAGE
from bot.web.way_back import WayBack
from services.store.errors import StoreUnavailable

_PREVIEWS = re.compile(
    r"bot\b|crawler|spider|preview|facebookexternalhit|whatsapp|slack-imgproxy|embedly|skypeuri|vkshare|linkexpander",
    re.IGNORECASE,
)
# The return page looks 20 times a minute by itself; a carrier's or an office's customers share an address.
FLOOD = FloodRules(session="40/minute", address="600/minute")
_LOOKS = 20  # times the return page asks by itself before it leaves the asking to the payer
LOOK_AGAIN_S = 3


class _Ways(Struct, frozen=True):
    """Ways on from the page: to pay once more, to look again (by itself after `pause` seconds)."""

    pay: str | None = None
    again: str | None = None
    pause: int | None = None


def routes(links: payment_links.PaymentLinks, pages: Pages, flood: Flood, address_of: AddressOf) -> list[Route]:
    """`/p/{token}` and `/p/{token}/return`; `flood` limits each link and each network."""

    def wait(request: Request) -> int:
        return flood.wait(str(request.path_params["token"]), address_of(request))

    async def lead(request: Request) -> Response:
        if _only_looks(request):
            return pages.answer("payment_open.html", pages.locale_of(request), headers=SECRET_PAGE)
        if seconds := wait(request):
            return answer_limited(pages, request, seconds)
        try:
            answer = _led(pages, request, await links.open(str(request.path_params["token"])))
        except StoreUnavailable:
            return answer_busy(pages, request, pages.locale_of(request), None)
        WayBack(pages.site).remember(request, answer)
        return answer

    async def back(request: Request) -> Response:
        if request.method == "HEAD":
            return Response(headers=SECRET_PAGE)
        if seconds := wait(request):
            return answer_limited(pages, request, seconds)
        token = str(request.path_params["token"])
        try:
            view = await links.returned(token)
        except StoreUnavailable:
            return answer_busy(pages, request, pages.locale_of(request), None)
        if isinstance(view, payment_links.UnknownPayment):
            return answer_unknown(pages, request)
        return _returned(pages, request, view)

    return [Route("/p/{token}", lead), Route("/p/{token}/return", back)]


def _led(pages: Pages, request: Request, outcome: payment_links.Opened) -> Response:
    match outcome:
        case payment_links.Redirect(url):
            return RedirectResponse(url, 303, headers=SECRET_PAGE)
        case payment_links.PaymentClosed("checking", locale, chat):  # the desk is taking the money by itself just now
            return _returned(pages, request, payment_links.PaymentView("checking", locale, chat))
        case payment_links.PaymentClosed(state, locale, chat):
            view = payment_links.PaymentView(state, locale, chat)
            return _state(pages, request, view, _Ways(), status=200 if state in ("paid", "kept") else 410)
        case payment_links.PaymentUnavailable(locale, chat):
            return answer_busy(pages, request, locale, chat)
        case payment_links.ByHand():
            return _by_hand(pages, request, outcome)
        case payment_links.UnknownPayment():
            return answer_unknown(pages, request)


def _returned(pages: Pages, request: Request, view: payment_links.PaymentView) -> Response:
    """While the provider is being asked the page asks again by itself, for about a minute."""
    here = request.url.path
    match view.status:
        case "checking":
            ways = _Ways(
                again=f"{here}?n={count_looks(request) + 1}", pause=LOOK_AGAIN_S if looks_by_itself(request) else None
            )
        case "failed":
            ways = _Ways(pay=here.removesuffix("/return"))
        case _:
            ways = _Ways()
    return _state(pages, request, view, ways)


def _by_hand(pages: Pages, request: Request, view: payment_links.ByHand) -> Response:
    until = pages.moment(view.expires_at, view.locale)
    back = WayBack(pages.site).of(request, view.chat)
    return pages.answer("payment_by_hand.html", view.locale, headers=SECRET_PAGE, view=view, expires=until, back=back)


def _state(
    pages: Pages, request: Request, view: payment_links.PaymentView, ways: _Ways, *, status: int = 200
) -> Response:
    back = WayBack(pages.site).of(request, view.chat)
    return pages.answer(
        "payment_state.html",
        view.locale,
        status=status,
        headers=ASKING_PAGE if ways.pause else SECRET_PAGE,
        view=view,
        ways=ways,
        back=back,
    )


def looks_by_itself(request: Request) -> bool:
    """Return whether the page still looks by itself whether the money has come."""
    return count_looks(request) < _LOOKS


def count_looks(request: Request) -> int:
    """Return how often the page has looked by itself."""
    n = request.query_params.get("n", "0")
    return int(n) if n.isascii() and n.isdigit() and len(n) < 4 else 0


def _only_looks(request: Request) -> bool:
    if request.method == "HEAD":
        return True
    if request.query_params.get("go") == "1":
        return False
    purposes = (request.headers.get(name, "") for name in ("sec-purpose", "purpose", "x-purpose", "x-moz"))
    if any("prefetch" in purpose or "preview" in purpose for purpose in purposes):
        return True
    return _PREVIEWS.search(request.headers.get("user-agent", "")) is not None


def answer_busy(pages: Pages, request: Request, locale: str, chat: str | None) -> Response:
    """Return the answer while the provider, or the store, doesn't answer."""
    return _later(pages, request, locale, chat, status=503, seconds=5)


def answer_limited(pages: Pages, request: Request, seconds: int) -> Response:
    """Return the answer to who asks too often."""
    return _later(pages, request, pages.locale_of(request), None, status=429, seconds=seconds)


def _later(pages: Pages, request: Request, locale: str, chat: str | None, *, status: int, seconds: int) -> Response:
    headers = {**SECRET_PAGE, "retry-after": str(seconds)}
    back, again, limited = WayBack(pages.site).of(request, chat), request.url.path, status == 429
    return pages.answer(
        "payment_busy.html", locale, status=status, headers=headers, again=again, back=back, limited=limited
    )


def answer_unknown(pages: Pages, request: Request) -> Response:
    """Return the answer to a link that leads to nothing."""
    return pages.answer("secure_unknown.html", pages.locale_of(request), status=404, headers=SECRET_PAGE)
