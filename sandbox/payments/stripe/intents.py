"""Payment intents: read, found by metadata, made, confirmed without the payer or by a code, cancelled; refunds."""

import re
from datetime import timedelta
from typing import Any, Final, NoReturn

from msgspec.structs import replace

from sandbox.attempts import KeptMethod, ProviderAttempt
from sandbox.database import stamp
from sandbox.payer import Sending, play_of
from sandbox.payments.stripe.accounts import customer_of
from sandbox.payments.stripe.cards import BLIK_ERRORS, BLIK_LATER, MOST_LATER, card_error, error_of
from sandbox.payments.stripe.shapes import (
    StripeError,
    charge_resource,
    check_methods,
    dispute_resource,
    intent_resource,
    intent_status,
    is_paid,
    kept_resource,
    kind_of,
    large_enough,
    list_of,
    refund_resource,
    refuse_missing,
)
from sandbox.payments.stripe.webhooks import StripeNotices
from sandbox.simulator import listener_at
from sandbox.world import World

KNOWN_INTENT: Final = frozenset(
    "amount currency customer payment_method payment_method_types[#] confirm off_session description"
    " setup_future_usage metadata[*] expand[#]".split()
)
KNOWN_CONFIRMATION: Final = frozenset(
    "payment_method_data[type] payment_method_data[billing_details][email] payment_method_options[blik][code]"
    " return_url mandate_data[customer_acceptance][type] mandate_data[customer_acceptance][online][ip_address]"
    " expand[#] mandate_data[customer_acceptance][online][user_agent]".split()
)
TO_CONFIRM: Final = timedelta(seconds=60)
KNOWN_LIST: Final = frozenset({"created[gte]", "created[lt]", "limit", "starting_after"})
KNOWN_REFUND: Final = frozenset({"payment_intent", "amount", "metadata[*]", "reason", "expand[#]"})
QUERY: Final = re.compile(r"""metadata\[["']payment_ref["']\]:["']([^"']{1,200})["']""")
EXPANDED: Final = frozenset({"payment_method", "latest_charge", "customer"})


class CardDeclined(Exception):
    """A charge that came to nothing: 402, and the payment intent is there all the same."""

    def __init__(self, body: dict[str, Any]) -> None:
        super().__init__("declined")
        self.body = body


class StripeIntents:
    """The part of the API that is about money."""

    def __init__(self, world: World, notices: StripeNotices) -> None:
        self._world = world
        self._notices = notices

    def read(self, intent_id: str, expand: list[str]) -> dict[str, Any]:
        """`GET /v1/payment_intents/{id}`."""
        return self._resource(self._intent(intent_id, "id"), expand)

    def search(self, asked: dict[str, Any], expand: list[str]) -> dict[str, Any]:
        """`GET /v1/payment_intents/search`, by the payment reference only."""
        found = QUERY.fullmatch(asked.get("query", ""))
        if found is None:
            raise StripeError(400, 'Only a search by metadata["payment_ref"] is played here.', param="query")
        inner = [path.removeprefix("data.") for path in expand]
        now = self._world.clock.now()
        attempts = self._world.book.of_reference("stripe", found[1])
        return list_of(
            [self._resource(one, inner) for one in attempts if one.amount and intent_status(one, now)], "search_result"
        )

    def list_all(self, asked: dict[str, Any]) -> dict[str, Any]:
        """`GET /v1/payment_intents`, the newest first."""
        return page_of([self._resource(one, []) for one in self._every()], asked, "payment_intent")

    def _every(self) -> list[ProviderAttempt]:
        now = self._world.clock.now()
        known = reversed(self._world.book.all())
        return [one for one in known if one.provider == "stripe" and one.amount and intent_status(one, now)]

    def setups(self, expand: list[str]) -> dict[str, Any]:
        """`GET /v1/setup_intents`, the newest first."""
        known = [one for one in reversed(self._world.book.all()) if one.provider == "stripe" and not one.amount]
        return list_of([self._resource(one, [path.removeprefix("data.") for path in expand]) for one in known])

    def create(self, asked: dict[str, Any]) -> dict[str, Any]:
        """`POST /v1/payment_intents`: without confirm it waits for a code."""
        if "confirm" in asked:
            return self._charge(asked)
        if customer := asked.get("customer"):
            customer_of(self._world, customer, "customer")
        setup = asked.get("setup_future_usage")
        return self._resource(self._open(asked, customer=customer, setup=setup), [])

    def confirm(self, intent_id: str, asked: dict[str, Any]) -> dict[str, Any]:
        """`POST /v1/payment_intents/{id}/confirm` by a code, of which nothing is kept but what it plays."""
        attempt = self._intent(intent_id, "id")
        code = (asked.get("payment_method_options") or {}).get("blik", {}).get("code")
        if attempt.method != "blik" or (asked.get("payment_method_data") or {}).get("type") != "blik" or not code:
            raise StripeError(400, "Only codes of BLIK are played here.", param="payment_method_options[blik][code]")
        if "code" in attempt.details or intent_status(attempt, self._world.clock.now()) != "requires_payment_method":
            raise status_error()
        online = (asked.get("mandate_data") or {}).get("customer_acceptance", {}).get("online", {})
        kept = bool(attempt.details.get("setup"))
        if kept and not (online.get("ip_address") and online.get("user_agent")):
            raise StripeError(400, "A mandate needs its payer's browser.", param="mandate_data")
        played, listener = play_of(code, kept=kept), listener_at("stripe", str(asked.get("return_url", "")))
        attempt = self._world.book.save(attempt.with_details(code=played, listener=listener))
        if played in ("wrong", "expired", "unkept"):
            self._decline(replace(attempt.with_details(error=card_error(*BLIK_ERRORS[played])), status="failed"))
        self._notices.settle_later(attempt, TO_CONFIRM if played == "waits" else timedelta(0))
        return self._resource(attempt, [])

    def cancel(self, intent_id: str) -> dict[str, Any]:
        """`POST /v1/payment_intents/{id}/cancel`."""
        attempt = self._intent(intent_id, "id")
        if intent_status(attempt, self._world.clock.now()) in ("succeeded", "processing", "canceled"):
            raise status_error()
        self._notices.settle_no_more(attempt)
        return self._resource(self._world.book.save(attempt.with_details(canceled=True)), [])

    def _charge(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Charge off_session: the money comes at once, or CardDeclined is raised; of BLIK its bank answers later."""
        method = self._check(asked)
        details = {"customer": method.customer, "method": kept_resource(method), "listener": method.details["listener"]}
        if kind_of(method) == "blik":
            played = "limit" if _amount(asked) > MOST_LATER else BLIK_LATER[method.next]
            attempt = self._open(asked, **details, code=played)
            self._notices.settle_later(attempt, timedelta(0))
            return self._resource(attempt, asked.get("expand") or [])
        error = error_of(method.next, method.details["card"], self._world.clock.now())
        attempt = self._open(asked, **details, error=error)
        attempt = self._world.book.save(replace(attempt, status="failed" if error else "paid", settled=error is None))
        if error is not None:
            self._decline(attempt)
        self._notices.soon(attempt, "payment_intent.succeeded")
        return self._resource(attempt, asked.get("expand") or [])

    def _open(self, asked: dict[str, Any], **details: Any) -> ProviderAttempt:
        methods, currency = asked.get("payment_method_types", ["card"]), str(asked.get("currency"))
        if not re.fullmatch(r"[a-z]{3}", currency):
            raise StripeError(400, "Invalid currency", param="currency")
        large_enough(_amount(asked), currency, "amount")
        check_methods(methods, currency)
        intent_id = f"pi_{self._world.ledger.fresh_id('stripe_intent', 24)}"
        metadata = asked.get("metadata") or {}
        known = {"checkout": False, "metadata": {}, "intent_metadata": metadata}
        return self._world.book.open(
            ProviderAttempt(
                provider="stripe",
                reference=str(metadata.get("payment_ref") or intent_id),
                order_id=intent_id,
                token=intent_id,
                method=methods[0],
                amount=_amount(asked),
                currency=currency.upper(),
                at=stamp(self._world.clock.now()),
                details={**known, "description": asked.get("description"), **details},
            )
        )

    def _decline(self, attempt: ProviderAttempt) -> NoReturn:
        attempt, error = self._world.book.save(attempt), attempt.details["error"]
        self._notices.soon(attempt, "payment_intent.payment_failed")
        raise CardDeclined({"error": {**error, "payment_intent": self._resource(attempt, []), "doc_url": ""}})

    def refund(self, asked: dict[str, Any]) -> dict[str, Any]:
        """`POST /v1/refunds`; without an amount, all that is left."""
        attempt = self._intent(str(asked.get("payment_intent")), "payment_intent")
        left = attempt.amount - attempt.refunded
        if not is_paid(attempt):
            raise StripeError(400, "This PaymentIntent has no successful charge to refund.", param="payment_intent")
        if left == 0:
            raise StripeError(400, "The charge has already been refunded.", code="charge_already_refunded")
        amount = _amount(asked) if "amount" in asked else left
        if amount > left:
            raise StripeError(400, f"Refund amount ({amount}) is greater than what is left ({left})", param="amount")
        refunded = give_back(self._world, attempt, amount, {"metadata": asked.get("metadata") or {}})
        self._notices.about_money(refunded, "charge.refunded", charge_resource(refunded), Sending.of("once"))
        return refund_resource(refunded, self._world.book.refunds_of(refunded)[-1])

    def disputes(self, asked: dict[str, Any]) -> dict[str, Any]:
        """`GET /v1/disputes?payment_intent=`, the newest first."""
        attempt = self._intent(asked.get("payment_intent", ""), "payment_intent")
        return list_of([dispute_resource(attempt, claim) for claim in reversed(attempt.claims)])

    def refunds(self, asked: dict[str, Any]) -> dict[str, Any]:
        """`GET /v1/refunds`, of one payment intent or of all, the newest first."""
        named = asked.get("payment_intent")
        of = [self._intent(named, "payment_intent")] if named is not None else self._every()
        known = [refund_resource(one, refund) for one in of for refund in reversed(self._world.book.refunds_of(one))]
        if "data.payment_intent" in (asked.get("expand") or ()):
            whole = {one.token: self._resource(one, []) for one in of}
            known = [one | {"payment_intent": whole[one["payment_intent"]]} for one in known]
        return page_of(sorted(known, key=lambda one: one["created"], reverse=True), asked, "refund")

    def _resource(self, attempt: ProviderAttempt, expand: list[str]) -> dict[str, Any]:
        for path in expand:
            if path not in EXPANDED:
                raise StripeError(400, f"This property cannot be expanded ({path}).", param="expand")
        return intent_resource(attempt, self._world.clock.now(), expand)

    def _intent(self, intent_id: str, param: str) -> ProviderAttempt:
        attempt = self._world.book.by_token("stripe", intent_id)
        if attempt is None or intent_status(attempt, self._world.clock.now()) is None:
            raise refuse_missing("payment_intent", intent_id, param)
        return attempt

    def _check(self, asked: dict[str, Any]) -> KeptMethod:
        if asked.get("confirm") != "true" or asked.get("off_session") != "true":
            raise StripeError(400, "Only confirm=true with off_session=true is played here.", param="off_session")
        customer = str(asked.get("customer") or "")
        customer_of(self._world, customer, "customer")
        token = str(asked.get("payment_method") or "")
        method = self._world.vault.get("stripe", token)
        if method is None:
            raise refuse_missing("PaymentMethod", token, "payment_method")
        if not method.kept or method.customer != customer:
            said = f"The PaymentMethod {token} does not belong to the Customer {customer}, or was detached from it."
            raise StripeError(400, said, param="payment_method")
        if asked.get("payment_method_types", ["card"]) != [kind_of(method)]:
            raise StripeError(400, "The PaymentMethod is of another type.", param="payment_method")
        return method


def page_of(known: list[dict[str, Any]], asked: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return the part of a list that is asked for, by `created`, `starting_after` and `limit`. Raises StripeError."""
    created, after = asked.get("created") or {}, asked.get("starting_after")
    begun = range(int(created.get("gte", 0)), int(created.get("lt", 2**33)))
    known = [one for one in known if one["created"] in begun]
    places = {one["id"]: place for place, one in enumerate(known, 1)}
    if after is not None and after not in places:
        raise refuse_missing(kind, after, "starting_after")
    most = int(asked.get("limit", 10))
    rest = known[places.get(after, 0) :]
    return list_of(rest[:most]) | {"has_more": len(rest) > most}


def status_error() -> StripeError:
    """Return the error about an intent that is past what is wished."""
    return StripeError(400, "The PaymentIntent is past that.", code="payment_intent_unexpected_state")


def give_back(world: World, attempt: ProviderAttempt, amount: int, kept: dict[str, Any]) -> ProviderAttempt:
    """Note a refund; return the attempt with it."""
    refund_id = f"re_{world.ledger.fresh_id('stripe_refund', 24)}"
    return world.book.add_refund(attempt, refund_id, amount, world.clock.now(), kept)


def _amount(asked: dict[str, Any]) -> int:
    text = str(asked.get("amount", ""))
    if not (text.isascii() and text.isdecimal() and int(text[:12]) > 0) or len(text) > 12:
        raise StripeError(400, f"Invalid integer: {text}", code="parameter_invalid_integer", param="amount")
    return int(text)
