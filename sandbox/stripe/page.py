"""Stripe's page at `/c/pay/{session}`, where the payer chooses a card and pays, refuses or leaves."""

from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sandbox.attempts import ProviderAttempt
from sandbox.pages import PayerChoice, PayerPage, note_page
from sandbox.payer import Notify, Payer
from sandbox.stripe.cards import CARDS
from sandbox.stripe.shapes import is_checkout, is_paid
from sandbox.stripe.till import StripeTill
from sandbox.stripe.webhooks import StripeNotices, return_address
from sandbox.world import World

NAME: Final = "Stripe"
NOTIFY: Final[dict[str, Notify]] = {"pay": "once", "refuse": "once", "twice": "twice", "late": "late", "none": "none"}
MORE: Final = ("late", "twice", "none", "delayed", "delayed_fails", "forged", "other_mode", "stale")


class StripePage:
    """Shows the page and does what the payer presses."""

    def __init__(self, world: World, notices: StripeNotices, till: StripeTill, payer: Payer) -> None:
        self._world = world
        self._notices = notices
        self._till = till
        self._payer = payer

    def routes(self) -> list[Route]:
        """Return the page's routes."""
        return [
            Route("/c/pay/{session}", self.show, methods=["GET"]),
            Route("/c/pay/{session}", self.press, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """Return the page; looking changes nothing."""
        attempt = self._attempt(request)
        return self._closed(attempt) if attempt is None or not self._till.is_open(attempt) else self._form(attempt)

    async def press(self, request: Request) -> Response:
        """Return one of the page's buttons."""
        attempt = self._attempt(request)
        if attempt is None:
            return self._closed(None)
        if not self._till.is_open(attempt):
            return RedirectResponse(return_address(attempt), 303) if is_paid(attempt) else self._closed(attempt)
        form = await request.form()
        action, card = str(form.get("action", "")), self._till.chosen(attempt, str(form.get("card", "")))
        match action:
            case "leave":
                return RedirectResponse(str(attempt.details["cancel_url"]), 303)
            case "forged" | "other_mode" | "stale":
                return await self._odd(attempt, action)
            case "delayed" | "delayed_fails":
                delayed = self._till.delay(attempt, comes=action == "delayed")
                await self._notices.tell(delayed)
                return RedirectResponse(return_address(delayed), 303)
            case _ if action in NOTIFY:
                return await self._pay(attempt, action, card, confirmed=form.get("confirmed") == card)
            case _:
                return self._form(attempt, 422)

    async def _pay(self, attempt: ProviderAttempt, action: str, card: str, *, confirmed: bool) -> Response:
        wanted = "failed" if action == "refuse" else "paid"
        if wanted == "paid" and self._till.asks(card) and not confirmed:
            return self._form(attempt, 200, wrong="bank_asks", card=card, confirmed=card)
        outcome = self._till.comes_to(attempt, card, wanted)
        acted = await self._payer.act(self._till, attempt, outcome, NOTIFY[action], by_browser=True, card=card)
        if outcome != wanted:  # the page stays: another card may work
            return self._form(acted, 402, wrong="card_refused")
        if action == "none":
            return note_page(NAME, _language(attempt), "done")
        return RedirectResponse(return_address(acted), 303)

    async def _odd(self, attempt: ProviderAttempt, action: str) -> Response:
        match action:
            case "other_mode":
                await self._notices.tell_other_mode(attempt)
            case "stale":
                await self._notices.tell_stale(attempt)
            case _:
                await self._notices.tell_forged(attempt)
        return note_page(NAME, _language(attempt), "done")

    def _attempt(self, request: Request) -> ProviderAttempt | None:
        attempt = self._world.book.by_order("stripe", request.path_params["session"])
        return attempt if attempt is not None and is_checkout(attempt) else None

    def _closed(self, attempt: ProviderAttempt | None) -> Response:
        if attempt is None:
            return note_page(NAME, "en", "unknown", 404)
        over = is_paid(attempt) or attempt.details.get("delayed")
        return note_page(NAME, _language(attempt), "closed" if over else "expired", 410)

    def _form(
        self,
        attempt: ProviderAttempt,
        status: int = 200,
        *,
        wrong: str | None = None,
        card: str = "",
        confirmed: str = "",
    ) -> Response:
        kept = [PayerChoice(method.token, label=method.label) for method in self._till.kept_for(attempt)]
        return PayerPage(
            provider=NAME,
            language=_language(attempt),
            amount=attempt.amount,
            currency=attempt.currency,
            description=str(attempt.details.get("description") or ""),
            methods=(),
            chosen=self._till.chosen(attempt, card),
            more=MORE,
            wrong=wrong,
            cards=(*kept, *(PayerChoice(known.id, word=f"card_{known.id}") for known in CARDS.values())),
            hidden={"confirmed": confirmed} if confirmed else {},
        ).response(status)


def _language(attempt: ProviderAttempt) -> str:
    return str(attempt.details.get("locale") or "en")
