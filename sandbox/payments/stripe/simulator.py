"""Stripe's simulator: API, webhooks, and the payer's page at `/c/pay/{session}`.

Played: Checkout Sessions, customers, cards and BLIK kept, charges off-session, refunds, search by `payment_ref`; BLIK's
codes; unknown parameters refused, keys for a day (answers replayed, another wish is an error), signed events
shuffled, doubled and repeated; disputes, opened and decided. Not played: subscriptions, other methods.
"""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount

from sandbox.attempts import Claim, KeptMethod, Next, ProviderAttempt
from sandbox.database import stamp
from sandbox.pages import PayerChoice, PayerPage
from sandbox.payer import Notify, Outcome, Payer, Sending, play_of
from sandbox.payments.stripe import shapes
from sandbox.payments.stripe.api import StripeEndpoints
from sandbox.payments.stripe.cards import BLIK_ERRORS, CARDS, card_error, has_expired, label_of
from sandbox.payments.stripe.intents import give_back
from sandbox.payments.stripe.webhooks import StripeNotices, return_address
from sandbox.simulator import NOTIFY, PaymentSimulator
from sandbox.world import World


class StripeTill:
    """Cards, shown or kept, and their outcomes."""

    def __init__(self, world: World, notices: StripeNotices) -> None:
        self._world = world
        self._notices = notices
        notices.on_settle(self.settle)
        world.vault.gone["stripe"] = self.tell_ended

    def kept_for(self, attempt: ProviderAttempt) -> list[KeptMethod]:
        """Return the kept cards that the page shows, the newest first."""
        customer = attempt.details.get("customer")
        if not customer or not attempt.details.get("shows_kept"):
            return []
        return [kept for kept in self._world.vault.of_customer("stripe", customer) if shapes.kind_of(kept) == "card"]

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
        if shapes.is_paid(attempt):
            known = attempt if "method" in attempt.details else self._with_card(attempt)
            return self._world.book.save(replace(known, settled=True))
        declined = ("card_declined", "generic_decline", "Your card was declined.")
        error = BLIK_ERRORS[attempt.details.get("code", "declined")] if attempt.method == "blik" else declined
        kept = {"payment_method": attempt.details["method"]} if "method" in attempt.details else {}
        return self._world.book.save(attempt.with_details(error=card_error(*error) | kept))

    def delay(self, attempt: ProviderAttempt, *, comes: bool) -> ProviderAttempt:
        """Return a way to pay whose money comes (or fails to) an hour later: complete, and not paid yet."""
        under_way = self._world.book.save(attempt.with_details(delayed="under_way", comes=comes))
        self._notices.settle_later(under_way)
        return under_way

    def settle(self, attempt: ProviderAttempt) -> ProviderAttempt:
        """Settle a delayed payment: its hour is over. What came of a code is settled by what the code plays."""
        if attempt.status == "pending" and "code" in attempt.details:
            status = "paid" if attempt.details["code"] == "paid" else "failed"
            return self.record_card(self._world.book.save(replace(attempt, status=status)))
        if attempt.details.get("delayed") != "under_way":
            return attempt
        if attempt.details["comes"]:
            return self.record_card(self._world.book.save(replace(attempt.with_details(delayed="came"), status="paid")))
        failed = replace(attempt.with_details(delayed="failed"), status="failed")
        return self.record_card(self._world.book.save(failed))

    def tell_ended(self, method: KeptMethod) -> None:
        """Tell that the holder has ended BLIK's mandate in the bank's app."""
        if shapes.kind_of(method) == "blik":
            self._notices.about_method(method.details["listener"], "mandate.updated", shapes.mandate_resource(method))

    def _with_card(self, attempt: ProviderAttempt) -> ProviderAttempt:
        token = f"pm_{self._world.ledger.fresh_id('stripe_method', 24)}"
        if attempt.method == "blik":
            return self._kept(attempt, token, "blik", {}, "BLIK")
        chosen = self.chosen(attempt, str(attempt.details.get("card") or ""))
        kept = self._world.vault.get("stripe", chosen)
        if kept is not None:
            return attempt.with_details(method=shapes.kept_resource(kept))
        card = CARDS[chosen]
        data = card.data(self._world.clock.now())
        return self._kept(attempt, token, "card", data, label_of(data), card.later)

    def _kept(
        self, attempt: ProviderAttempt, token: str, kind: str, data: dict[str, Any], label: str, later: Next = "works"
    ) -> ProviderAttempt:
        customer = attempt.details.get("customer") if attempt.details.get("setup") else None
        if customer:
            now, details = stamp(self._world.clock.now()), {kind: data, "listener": attempt.details["listener"]}
            self._world.vault.keep(KeptMethod("stripe", token, customer, label, now, later, details=details))
        return attempt.with_details(method=shapes.method_resource(token, customer, kind, data))

    def _is_over(self, kept: KeptMethod) -> bool:
        return has_expired(kept.details["card"], self._world.clock.now())


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
        return [Mount("/v1", app=StripeEndpoints(self._world, self._notices).parts()), *super().routes()]

    async def play(self, attempt: ProviderAttempt, outcome: Outcome, notify: Notify, card: str = "") -> ProviderAttempt:
        """Let the payer act on an attempt; return it as it then stands. `card`: a name or a token of `cards`."""
        chosen, now, on_page = self._till.chosen(attempt, card), self._world.clock.now(), shapes.is_checkout(attempt)
        if (
            (shapes.session_status(attempt, now) == "expired")
            if on_page
            else shapes.intent_status(attempt, now) != "requires_action"
        ):
            return attempt  # there is no page, and no question of a bank's app, on which anybody could act
        details = {"card": chosen}
        if on_page:
            outcome = self._till.comes_to(attempt, chosen, outcome)
        elif outcome != "abandoned":
            self._notices.settle_no_more(attempt)
            details = {"code": "paid" if outcome == "paid" else "declined"}
        by_app, settle = not on_page, self._till.record_card
        return await self._payer.act(
            self._notices, attempt, outcome, notify, by_browser=by_app, settle=settle, details=details
        )

    def give_back(self, attempt: ProviderAttempt, amount: int) -> ProviderAttempt:
        return give_back(self._world, attempt, amount, {})

    def tell_back(self, attempt: ProviderAttempt, sending: Sending) -> None:
        event, resource = "charge.refunded", shapes.charge_resource(attempt)
        if (last := self._world.book.refunds_of(attempt)[-1])["details"].get("failed"):
            event, resource = "refund.failed", shapes.refund_resource(attempt, last)
        self._notices.about_money(attempt, event, resource, sending)

    def tell_claim(self, attempt: ProviderAttempt, claim: Claim, sending: Sending) -> None:
        event = "charge.dispute.created" if claim.status == "open" else "charge.dispute.closed"
        self._notices.about_money(attempt, event, shapes.dispute_resource(attempt, claim), sending)

    def attempt_of(self, request: Request) -> ProviderAttempt | None:
        attempt = self._world.book.by_order("stripe", request.path_params["session"])
        return attempt if attempt is not None and shapes.is_checkout(attempt) else None

    def closed(self, attempt: ProviderAttempt) -> str | None:
        if shapes.session_status(attempt, self._world.clock.now()) == "open":
            return None
        return "closed" if shapes.is_paid(attempt) or attempt.details.get("delayed") else "expired"

    def page(self, attempt: ProviderAttempt, *, card: str = "", **parts: Any) -> PayerPage:
        if attempt.method == "blik":
            return super().page(attempt, methods=("blik",), chosen="blik", **parts)
        kept = [PayerChoice(method.token, label=method.label) for method in self._till.kept_for(attempt)]
        cards = (*kept, *(PayerChoice(known.id, word=f"card_{known.id}") for known in CARDS.values()))
        return super().page(attempt, chosen=self._till.chosen(attempt, card), cards=cards, **parts)

    async def pressed(self, attempt: ProviderAttempt, action: str, form: FormData) -> Response:
        if closed := self.closed(attempt):
            paid = shapes.is_paid(attempt)
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
        if wanted == "paid" and attempt.method == "blik" and play_of(str(form.get("blik_code", ""))) != "paid":
            return self.page(attempt, wrong="blik_wrong").response(422)
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
