"""PayPal's page at `/checkoutnow?token=`, where the payer approves, refuses or leaves; and its certificate."""

from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sandbox.attempts import ProviderAttempt
from sandbox.pages import PayerPage, note_page
from sandbox.payer import Notify, Payer
from sandbox.paypal.key import PayPalKey
from sandbox.paypal.webhooks import PayPalNotices, cancel_address, return_address
from sandbox.world import World

NAME: Final = "PayPal"
NOTIFY: Final[dict[str, Notify]] = {"pay": "once", "refuse": "once", "twice": "twice", "late": "late", "none": "none"}
MORE: Final = ("late", "twice", "none", "forged")


class PayPalPage:
    """Shows the page and does what the payer presses."""

    def __init__(self, world: World, notices: PayPalNotices, payer: Payer, key: PayPalKey) -> None:
        self._world = world
        self._notices = notices
        self._payer = payer
        self._key = key

    def routes(self) -> list[Route]:
        """Return the page's routes."""
        return [
            Route("/checkoutnow", self.show, methods=["GET"]),
            Route("/checkoutnow", self.press, methods=["POST"]),
            Route("/certs/{name}", self.certificate),
        ]

    async def show(self, request: Request) -> Response:
        """Return the page; looking changes nothing."""
        attempt = self._attempt(request)
        if attempt is None:
            return note_page(NAME, "en", "unknown", 404)
        return note_page(NAME, _language(attempt), "closed", 410) if _is_closed(attempt) else _form(attempt)

    async def press(self, request: Request) -> Response:
        """Return one of the page's buttons."""
        attempt = self._attempt(request)
        if attempt is None:
            return note_page(NAME, "en", "unknown", 404)
        action = str((await request.form()).get("action", ""))
        if action == "leave":
            return RedirectResponse(cancel_address(attempt), 303)
        if _is_closed(attempt):
            return RedirectResponse(return_address(attempt), 303)
        if action == "forged":
            await self._notices.tell_forged(attempt)
            return note_page(NAME, _language(attempt), "done")
        if action not in NOTIFY:
            return _form(attempt, 422)
        outcome = "failed" if action == "refuse" else "paid"
        await self._payer.act(self._notices, attempt, outcome, NOTIFY[action], by_browser=True)
        if action == "none":
            return note_page(NAME, _language(attempt), "done")
        return RedirectResponse(return_address(attempt), 303)

    async def certificate(self, request: Request) -> Response:
        """Return the certificate of the webhooks' signatures."""
        return Response(self._key.certificate(self._world.clock.now()), media_type="application/x-pem-file")

    def _attempt(self, request: Request) -> ProviderAttempt | None:
        return self._world.book.by_token("paypal", request.query_params.get("token", ""))


def _is_closed(attempt: ProviderAttempt) -> bool:
    return attempt.status in ("paid", "refunded") or bool(attempt.details.get("capture_id"))


def _form(attempt: ProviderAttempt, status: int = 200) -> Response:
    return PayerPage(
        provider=NAME,
        language=_language(attempt),
        amount=attempt.amount,
        currency=attempt.currency,
        description=str(attempt.details.get("description") or ""),
        methods=(),
        chosen="",
        more=MORE,
    ).response(status)


def _language(attempt: ProviderAttempt) -> str:
    return str(attempt.details.get("locale") or "en")
