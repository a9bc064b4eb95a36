"""Cards to try at Stripe's stand-in, by numbers that Stripe publishes for tests and their ends; BLIK's errors."""

from datetime import date, datetime, timedelta
from typing import Any, Final, Literal

from msgspec import Struct

from sandbox.attempts import Next

Now = Literal["works", "asks", "declined"]
BRANDS: Final = {"visa": "Visa", "mastercard": "Mastercard"}
USUAL_EXPIRY: Final = (12, 2040)


class TestCard(Struct, frozen=True):
    """`now` is what becomes of it on the payer's page, `later` at a charge without the payer.

    `soon`: it expires with the month after next.
    """

    id: str
    number: str
    brand: str
    now: Now = "works"
    later: Next = "works"
    soon: bool = False

    def data(self, today: datetime) -> dict[str, Any]:
        month, year = USUAL_EXPIRY
        if self.soon:
            ahead = today.year * 12 + today.month + 1
            month, year = ahead % 12 + 1, ahead // 12
        return {
            "brand": self.brand,
            "display_brand": self.brand,
            "country": "IT",
            "funding": "credit",
            "last4": self.number[-4:],
            "exp_month": month,
            "exp_year": year,
        }


CARDS: Final = {
    card.id: card
    for card in (
        TestCard("works", "4242424242424242", "visa"),
        TestCard("mastercard", "5555555555554444", "mastercard"),
        TestCard("asks", "4000002760003184", "visa", now="asks", later="needs_payer"),
        TestCard("declined", "4000000000009995", "visa", now="declined", later="declined"),
        TestCard("declined_later", "4000000000000341", "visa", later="declined"),
        TestCard("soon", "4012888888881881", "visa", soon=True),
    )
}


def label_of(card: dict[str, Any]) -> str:
    """Return a card as people know it."""
    return f"{BRANDS.get(card['brand'], card['brand'])} …{card['last4']}"


def has_expired(card: dict[str, Any], now: datetime) -> bool:
    """Return whether its last month is over."""
    month_after = date(card["exp_year"], card["exp_month"], 28) + timedelta(days=4)
    return now.date() >= month_after.replace(day=1)


def error_of(comes_to: Next, card: dict[str, Any], now: datetime) -> dict[str, Any] | None:
    """Return Stripe's error for a charge of that card without its payer; None if it works."""
    if comes_to == "gone" or has_expired(card, now):
        return card_error("expired_card", "expired_card", "Your card has expired.", "do_not_try_again")
    match comes_to:
        case "declined":
            return card_error("card_declined", "insufficient_funds", "Your card has insufficient funds.")
        case "needs_payer":
            said = "Your card was declined. This transaction requires authentication."
            return card_error("authentication_required", "authentication_required", said)
        case _:
            return None


BLIK_ERRORS: Final = {
    "wrong": ("payment_method_invalid_parameter", "code_invalid", "The code passed wasn't a valid BLIK code."),
    "expired": ("payment_method_invalid_parameter", "code_expired", "The code passed has expired."),
    "declined": ("payment_method_provider_decline", "customer_declined", "The customer declined this payment."),
    "limit": ("payment_method_provider_decline", "payment_limit_exceeded", "The payment limit has been reached."),
    "gone": ("payment_method_provider_decline", "invalid_authorization", "The mandate was ended."),
    "unkept": ("payment_method_provider_decline", "recurring_not_supported_by_bank", "The bank keeps no mandates."),
    "waits": ("payment_method_provider_timeout", "generic_decline", "The customer didn't approve this payment."),
}
"""Stripe's words for what codes play, since the version 2026-09-30.endive; one that waits has waited in vain."""


BLIK_LATER: Final[dict[Next, str]] = {"works": "paid", "declined": "declined", "needs_payer": "limit", "gone": "gone"}
"""What a charge of a kept BLIK plays, as a code would."""
MOST_LATER: Final = 2000_00
"""The most groszy of such a charge."""


def card_error(code: str, decline_code: str, message: str, advice: str = "try_again_later") -> dict[str, Any]:
    """Return an error as it stands in an answer of 402 and in the payment intent."""
    return {"type": "card_error", "code": code, "decline_code": decline_code, "advice_code": advice, "message": message}
