"""Checkout Sessions: opened, read and expired."""

from datetime import timedelta
from typing import Any, Final

from sandbox.attempts import ProviderAttempt
from sandbox.database import stamp
from sandbox.payments.stripe.accounts import customer_of
from sandbox.payments.stripe.shapes import (
    StripeError,
    check_methods,
    is_checkout,
    large_enough,
    refuse_missing,
    session_resource,
    session_status,
)
from sandbox.payments.stripe.webhooks import StripeNotices
from sandbox.simulator import listener_at
from sandbox.world import World

SHORTEST, LONGEST = timedelta(minutes=30), timedelta(hours=24)
CURRENCIES: Final = frozenset("aud bgn cad chf czk dkk eur gbp hkd huf ils mxn nok nzd pln ron sek sgd usd".split())
LOCALES: Final = frozenset("auto bg cs da de el en es et fi fr hr hu id it ja ko lt lv ms mt nb nl pl pt ro ru".split())
MORE_LOCALES: Final = frozenset("sk sl sv th tr vi zh".split())
KNOWN: Final = frozenset(
    "mode client_reference_id metadata[*] line_items[#][quantity] line_items[#][price_data][currency]"
    " line_items[#][price_data][unit_amount] line_items[#][price_data][product_data][name]"
    " payment_method_types[#] adaptive_pricing[enabled] payment_intent_data[description]"
    " payment_intent_data[metadata][*] payment_intent_data[setup_future_usage] customer customer_email"
    " setup_intent_data[description] setup_intent_data[metadata][*]"
    " saved_payment_method_options[allow_redisplay_filters][#] success_url cancel_url expires_at locale"
    " expand[#]".split()
)
REDISPLAY: Final = frozenset({"always", "limited", "unspecified"})
EXPANDED: Final = frozenset(
    "payment_intent payment_intent.payment_method payment_intent.latest_charge setup_intent.payment_method"
    " customer".split()
)
UNPRICED: Final = {"currency": "", "unit_amount": 0, "product_data": {"name": None}}
FREE: Final[dict[str, Any]] = {"quantity": 1, "price_data": UNPRICED}
NAMED: Final = "line_items[0][price_data][unit_amount]"
FOR_MONEY: Final = frozenset({"line_items", "payment_intent_data", "adaptive_pricing", "saved_payment_method_options"})


class StripeCheckout:
    """The part of the API that is about sessions."""

    def __init__(self, world: World, notices: StripeNotices) -> None:
        self._world = world
        self._notices = notices

    def create(self, asked: dict[str, Any]) -> dict[str, Any]:
        """`POST /v1/checkout/sessions`."""
        self._check(asked)
        session_id = f"cs_test_{self._world.ledger.fresh_id('stripe_session', 40)}"
        takes, now, expires_at = asked["mode"] == "payment", self._world.clock.now(), self._expires_at(asked)
        item = asked["line_items"][0] if takes else FREE
        price, intent = item["price_data"], asked.get("payment_intent_data" if takes else "setup_intent_data") or {}
        filters = (asked.get("saved_payment_method_options") or {}).get("allow_redisplay_filters")
        attempt = self._world.book.open(
            ProviderAttempt(
                provider="stripe",
                reference=str(asked.get("client_reference_id") or session_id),
                order_id=session_id,
                token=f"{'pi' if takes else 'seti'}_{self._world.ledger.fresh_id('stripe_intent', 24)}",
                method=asked.get("payment_method_types", ["card"])[0],
                amount=_number(price, "unit_amount", NAMED) * _number(item, "quantity"),
                currency=str(price["currency"]).upper(),
                at=stamp(now),
                details={
                    "checkout": True,
                    "metadata": asked.get("metadata") or {},
                    "intent_metadata": intent.get("metadata") or {},
                    "description": intent.get("description") or price["product_data"]["name"],
                    "setup": intent.get("setup_future_usage") if takes else "off_session",
                    "customer": asked.get("customer"),
                    "email": asked.get("customer_email"),
                    "shows_kept": "limited" in (filters or ()),
                    "success_url": asked["success_url"],
                    "cancel_url": asked.get("cancel_url") or asked["success_url"],
                    "listener": listener_at("stripe", asked["success_url"]),
                    "expires_at": expires_at,
                    "locale": asked.get("locale"),
                },
            )
        )
        self._notices.expire_at_the_end(attempt, timedelta(seconds=expires_at - now.timestamp()))
        return self._resource(attempt)

    def read(self, session_id: str, expand: list[str]) -> dict[str, Any]:
        """`GET /v1/checkout/sessions/{id}`."""
        return self._resource(self._session(session_id), expand)

    def expire(self, session_id: str) -> dict[str, Any]:
        """`POST /v1/checkout/sessions/{id}/expire`: only an open one can be."""
        attempt = self._session(session_id)
        if session_status(attempt, self._world.clock.now()) != "open":
            raise StripeError(400, "Only Checkout Sessions with a status of `open` can be expired.")
        expired = self._world.book.save(attempt.with_details(expired=True))
        self._notices.soon(expired, "checkout.session.expired")
        return self._resource(expired)

    def _resource(self, attempt: ProviderAttempt, expand: list[str] | None = None) -> dict[str, Any]:
        for path in expand or ():
            if path not in EXPANDED:
                raise StripeError(400, f"This property cannot be expanded ({path}).", param="expand")
        return session_resource(attempt, self._world.clock.now(), self._world.public_url, expand or ())

    def _session(self, session_id: str) -> ProviderAttempt:
        attempt = self._world.book.by_order("stripe", session_id)
        if attempt is None or not is_checkout(attempt):
            raise refuse_missing("checkout.session", session_id, "id")
        return attempt

    def _expires_at(self, asked: dict[str, Any]) -> int:
        now = self._world.clock.now()
        if "expires_at" not in asked:
            return int((now + LONGEST).timestamp())
        expires_at = _number(asked, "expires_at")
        if not SHORTEST.total_seconds() <= expires_at - now.timestamp() <= LONGEST.total_seconds():
            said = "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation."
            raise StripeError(400, said, param="expires_at")
        return expires_at

    def _check(self, asked: dict[str, Any]) -> None:
        if asked.get("mode") == "setup" and not FOR_MONEY.intersection(asked):
            check_methods(asked.get("payment_method_types", ["card"]), "")
        elif asked.get("mode") == "payment":
            self._check_price(asked)
        else:
            raise StripeError(400, "Only mode=payment is played here, and mode=setup without a price.", param="mode")
        if not str(asked.get("success_url") or "").startswith(("http://", "https://")):
            raise StripeError(400, "Not a valid URL", code="url_invalid", param="success_url")
        if asked.get("locale", "auto") not in LOCALES | MORE_LOCALES:
            raise StripeError(400, "Invalid locale", param="locale")
        self._check_payer(asked)

    def _check_price(self, asked: dict[str, Any]) -> None:
        items = asked.get("line_items")
        if not isinstance(items, list) or len(items) != 1 or not isinstance(items[0].get("price_data"), dict):
            raise StripeError(400, "One line item with price_data is needed.", param="line_items")
        price = items[0]["price_data"]
        if price.get("currency") not in CURRENCIES:
            raise StripeError(
                400, f"Invalid currency: {price.get('currency')}", param="line_items[0][price_data][currency]"
            )
        if not (price.get("product_data") or {}).get("name"):
            raise StripeError(400, "A product needs a name.", code="parameter_missing", param="line_items")
        check_methods(asked.get("payment_method_types", ["card"]), price["currency"])
        large_enough(_number(price, "unit_amount", NAMED) * _number(items[0], "quantity"), price["currency"], NAMED)

    def _check_payer(self, asked: dict[str, Any]) -> None:
        customer, setup = asked.get("customer"), (asked.get("payment_intent_data") or {}).get("setup_future_usage")
        kept = (asked.get("saved_payment_method_options") or {}).get("allow_redisplay_filters") or []
        if customer and asked.get("customer_email"):
            raise StripeError(
                400, "You may only specify one of these parameters: customer, customer_email.", param="customer"
            )
        if customer:
            customer_of(self._world, customer, "customer")
        if setup not in (None, "off_session", "on_session"):
            raise StripeError(400, "Invalid setup_future_usage", param="payment_intent_data[setup_future_usage]")
        if kept and (not customer or set(kept) - REDISPLAY):
            raise StripeError(400, "Saved ways to pay belong to a customer.", param="saved_payment_method_options")
        if asked.get("customer_email") is not None and "@" not in asked["customer_email"]:
            raise StripeError(400, "Invalid email address", code="email_invalid", param="customer_email")


def _number(asked: dict[str, Any], name: str, param: str = "") -> int:
    text = str(asked.get(name, ""))
    if not (text.isascii() and text.isdecimal() and len(text) < 13):
        raise StripeError(400, f"Invalid integer: {text}", code="parameter_invalid_integer", param=param or name)
    return int(text)
