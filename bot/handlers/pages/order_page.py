"""An order's page `/pay/{token}`, for whom a customer passed it on to: what for, until when, and the ways to pay.

A GET opens nothing, however often it is asked for; the form's POST leads to the provider's page. It does so by a page
of its own: browsers follow a form to no other site that its page didn't name.
"""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.handlers.pages.payment_link import (
    LOOK_AGAIN_S,
    answer_busy,
    answer_limited,
    answer_unknown,
    count_looks,
    looks_by_itself,
)
from bot.handlers.pages.secure import read_form
from bot.usecases.billing.order_pages import OrderPages, PassedOn
from bot.usecases.billing.payment_links import PaymentClosed, PaymentUnavailable, Redirect, UnknownPayment
from bot.web.flood import Flood
from bot.web.guard import RequestTurnedAway
from bot.web.network import AddressOf
from bot.web.pages import Pages
from bot.web.policy import ASKING_PAGE, SECRET_PAGE
from services.store.errors import StoreUnavailable

_GONE = ("cancelled", "expired")


def routes(orders: OrderPages, pages: Pages, flood: Flood, address_of: AddressOf) -> list[Route]:
    """`/pay/{token}` and `/pay/{token}/return`; `flood` limits each link and each network."""

    def guarded(answered: Callable[[Request, str], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            token = str(request.path_params["token"])
            if seconds := flood.wait(token, address_of(request)):
                return answer_limited(pages, request, seconds)
            try:
                return await answered(request, token)
            except StoreUnavailable:
                return answer_busy(pages, request, pages.locale_of(request), None)

        return answer

    async def page(request: Request, token: str) -> Response:
        if request.method == "POST":
            return await _lead(orders, pages, request, token)
        return _shown(pages, request, await orders.show(token))

    async def back(request: Request, token: str) -> Response:
        if request.method == "HEAD":
            return Response(headers=SECRET_PAGE)
        return _shown(pages, request, await orders.returned(token))

    return [
        Route("/pay/{token}", guarded(page), methods=["GET", "POST"]),
        Route("/pay/{token}/return", guarded(back)),
    ]


async def _lead(orders: OrderPages, pages: Pages, request: Request, token: str) -> Response:
    try:
        form = await read_form(request, ("method",))
    except RequestTurnedAway:
        return answer_unknown(pages, request)
    match await orders.pay(token, form["method"].reveal() if "method" in form else None):
        case Redirect(url):
            locale = pages.locale_of(request)
            return pages.answer("order_leads.html", locale, headers=SECRET_PAGE, href=url)
        case PaymentClosed("checking"):  # the desk is taking the money by itself just now
            return RedirectResponse(f"{request.url.path}/return", 303, headers=SECRET_PAGE)
        case PaymentUnavailable(locale):
            return answer_busy(pages, request, locale, None)
        case UnknownPayment():
            return answer_unknown(pages, request)
        case _:  # it can't be paid any more, or not there: its page tells
            return RedirectResponse(request.url.path, 303, headers=SECRET_PAGE)


def _shown(pages: Pages, request: Request, view: PassedOn | UnknownPayment) -> Response:
    """While the provider is being asked the page asks again by itself, for about a minute."""
    if isinstance(view, UnknownPayment):
        return answer_unknown(pages, request)
    here, asks = request.url.path, view.state == "checking"
    pause = LOOK_AGAIN_S if asks and looks_by_itself(request) else None
    return pages.answer(
        "order_page.html",
        view.locale,
        status=410 if view.state in _GONE else 200,
        headers=ASKING_PAGE if pause else SECRET_PAGE,
        view=view,
        placed=pages.day_and_hour(view.placed_at, view.locale),
        until=pages.day_and_hour(view.until, view.locale),
        action=here.removesuffix("/return"),
        again=f"{here}?n={count_looks(request) + 1}",
        pause=pause,
    )
