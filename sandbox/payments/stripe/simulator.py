"""Stripe's simulator: API, webhooks, and the payer's page at `/c/pay/{session}`.

Played: Checkout Sessions, customers, cards kept, charges off-session, refunds, search by `payment_ref`; unknown
parameters refused, keys for a day (answers replayed, another wish is an error), signed events shuffled, doubled and
repeated. Not played: subscriptions, other methods than cards, disputes.
"""

from collections.abc import Sequence
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount

from sandbox.attempts import ProviderAttempt
from sandbox.pages import PayerChoice, PayerPage
from sandbox.payer import Notify, Outcome, Payer
from sandbox.payments.stripe.api import stripe_api
from sandbox.payments.stripe.cards import CARDS
from sandbox.payments.stripe.shapes import is_checkout, is_paid, session_status
from sandbox.payments.stripe.till import StripeTill
from sandbox.payments.stripe.webhooks import StripeNotices, return_address
from sandbox.simulator import NOTIFY, PaymentSimulator
from sandbox.world import World


class StripeSimulator(PaymentSimulator):
    """Stripe: API, webhooks and payer's page."""

    title = "Stripe"
    path = "/c/pay/{session}"
    more = ("late", "twice", "none", "delayed", "delayed_fails", "forged", "other_mode", "stale")

    def __init__(self, world: World, payer: Payer) -> None:
        self._notices = StripeNotices(world)
        self._till = StripeTill(world, self._notices)
        super().__init__(world, payer, self._notices)

    def routes(self) -> Sequence[BaseRoute]:
        return [Mount("/v1", app=stripe_api(self._world, self._notices)), *super().routes()]

    async def play(self, attempt: ProviderAttempt, outcome: Outcome, notify: Notify, card: str = "") -> ProviderAttempt:
        """Let the payer act on an attempt; return it as it then stands. `card`: a name or a token of `cards`."""
        chosen = self._till.chosen(attempt, card)
        if not is_checkout(attempt) or session_status(attempt, self._world.clock.now()) == "expired":
            return attempt  # there is no page on which anybody could act
        outcome = self._till.comes_to(attempt, chosen, outcome)
        return await self._payer.act(
            self._notices, attempt, outcome, notify, settle=self._till.record_card, details={"card": chosen}
        )

    def attempt_of(self, request: Request) -> ProviderAttempt | None:
        attempt = self._world.book.by_order("stripe", request.path_params["session"])
        return attempt if attempt is not None and is_checkout(attempt) else None

    def closed(self, attempt: ProviderAttempt) -> str | None:
        if session_status(attempt, self._world.clock.now()) == "open":
            return None
        return "closed" if is_paid(attempt) or attempt.details.get("delayed") else "expired"

    def page(self, attempt: ProviderAttempt, *, card: str = "", **parts: Any) -> PayerPage:
        kept = [PayerChoice(method.token, label=method.label) for method in self._till.kept_for(attempt)]
        cards = (*kept, *(PayerChoice(known.id, word=f"card_{known.id}") for known in CARDS.values()))
        return super().page(attempt, chosen=self._till.chosen(attempt, card), cards=cards, **parts)

    async def pressed(self, attempt: ProviderAttempt, action: str, form: FormData) -> Response:
        if closed := self.closed(attempt):
            paid = is_paid(attempt)
            return RedirectResponse(return_address(attempt), 303) if paid else self.note(attempt, closed, 410)
        match action:
            case "leave":
                return RedirectResponse(str(attempt.details["cancel_url"]), 303)
            case "forged":
                await self._notices.tell_forged(attempt)
            case "other_mode":
                await self._notices.tell_other_mode(attempt)
            case "stale":
                await self._notices.tell_stale(attempt)
            case "delayed" | "delayed_fails":
                delayed = self._till.delay(attempt, comes=action == "delayed")
                await self._notices.tell(delayed)
                return RedirectResponse(return_address(delayed), 303)
            case _ if action in NOTIFY:
                return await self._pay(attempt, action, form)
            case _:
                return self.page(attempt).response(422)
        return self.note(attempt, "done")

    async def _pay(self, attempt: ProviderAttempt, action: str, form: FormData) -> Response:
        card, wanted = self._till.chosen(attempt, str(form.get("card", ""))), "failed" if action == "refuse" else "paid"
        if wanted == "paid" and self._till.asks(card) and form.get("confirmed") != card:
            return self.page(attempt, wrong="bank_asks", card=card, hidden={"confirmed": card}).response()
        outcome = self._till.comes_to(attempt, card, wanted)
        acted = await self._payer.act(
            self._notices,
            attempt,
            outcome,
            NOTIFY[action],
            by_browser=True,
            settle=self._till.record_card,
            details={"card": card},
        )
        if outcome != wanted:  # the page stays: another card may work
            return self.page(acted, wrong="card_refused").response(402)
        return self.note(attempt, "done") if action == "none" else RedirectResponse(return_address(acted), 303)
