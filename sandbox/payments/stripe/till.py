"""The till behind Stripe's page: what becomes of the card a payer chose, and what is kept of it."""

from typing import Any

from msgspec.structs import replace

from sandbox.attempts import ProviderAttempt
from sandbox.database import stamp
from sandbox.payer import Outcome
from sandbox.payments.stripe.cards import CARDS, card_error, has_expired, label_of
from sandbox.payments.stripe.shapes import is_paid, kept_resource, method_resource
from sandbox.payments.stripe.webhooks import StripeNotices
from sandbox.vault import KeptMethod
from sandbox.world import World


class StripeTill:
    """Cards, shown or kept, and their outcomes."""

    def __init__(self, world: World, notices: StripeNotices) -> None:
        self._world = world
        self._notices = notices
        notices.on_settle(self.settle)

    def kept_for(self, attempt: ProviderAttempt) -> list[KeptMethod]:
        """Return the kept cards that the page shows, the newest first."""
        customer = attempt.details.get("customer")
        if not customer or not attempt.details.get("shows_kept"):
            return []
        return self._world.vault.of_customer("stripe", customer)

    def chosen(self, attempt: ProviderAttempt, card: str) -> str:
        """Return the card taken: as asked for, else a kept one that is shown, else one that works."""
        kept = self.kept_for(attempt)
        if card in CARDS or card in {method.token for method in kept}:
            return card
        return kept[0].token if kept else "works"

    def comes_to(self, attempt: ProviderAttempt, card: str, outcome: Outcome) -> Outcome:
        """Return what a payer gets who wants this outcome with that card: one that is declined doesn't pay."""
        if outcome == "paid" and card in CARDS and CARDS[card].now == "declined":
            return "failed"
        kept = self._world.vault.get("stripe", card)
        if outcome == "paid" and kept is not None and (kept.next in ("declined", "gone") or self._is_over(kept)):
            return "failed"
        return outcome

    def asks(self, card: str) -> bool:
        """Return whether the card's bank wants its customer to confirm."""
        kept = self._world.vault.get("stripe", card)
        return CARDS[card].now == "asks" if card in CARDS else kept is not None and kept.next == "needs_payer"

    def record_card(self, attempt: ProviderAttempt) -> ProviderAttempt:
        """Note the outcome of the payer's card, and keep the card if that was asked for."""
        if is_paid(attempt):
            if "method" in attempt.details:
                return attempt
            return self._world.book.save(replace(self._with_card(attempt), settled=True))
        declined = card_error("card_declined", "generic_decline", "Your card was declined.")
        return self._world.book.save(attempt.with_details(error=declined))

    def delay(self, attempt: ProviderAttempt, *, comes: bool) -> ProviderAttempt:
        """Return a way to pay whose money comes (or fails to) an hour later: complete, and not paid yet."""
        under_way = self._world.book.save(attempt.with_details(delayed="under_way", comes=comes))
        self._notices.settle_later(under_way)
        return under_way

    def settle(self, attempt: ProviderAttempt) -> ProviderAttempt:
        """Settle a delayed payment: its hour is over."""
        if attempt.details.get("delayed") != "under_way":
            return attempt
        if attempt.details["comes"]:
            return self.record_card(self._world.book.save(replace(attempt.with_details(delayed="came"), status="paid")))
        failed = replace(attempt.with_details(delayed="failed"), status="failed")
        return self.record_card(self._world.book.save(failed))

    def _with_card(self, attempt: ProviderAttempt) -> ProviderAttempt:
        chosen = self.chosen(attempt, str(attempt.details.get("card") or ""))
        kept = self._world.vault.get("stripe", chosen)
        if kept is not None:
            return attempt.with_details(method=kept_resource(kept))
        now = self._world.clock.now()
        card, token = CARDS[chosen], f"pm_{self._world.ledger.fresh_id('stripe_method', 24)}"
        data = card.data(now)
        customer = attempt.details.get("customer") if attempt.details.get("setup") else None
        if customer:
            details: dict[str, Any] = {"card": data, "listener": attempt.details["listener"]}
            self._world.vault.keep(
                KeptMethod("stripe", token, customer, label_of(data), stamp(now), card.later, details=details)
            )
        return attempt.with_details(method=method_resource(token, data, customer))

    def _is_over(self, kept: KeptMethod) -> bool:
        return has_expired(kept.details["card"], self._world.clock.now())
