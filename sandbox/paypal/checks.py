"""PayPal's validation of a request to create an order."""

from collections.abc import Mapping
from typing import Any, Final

from sandbox.paypal.shapes import invalid, minor_units, unprocessable

CURRENCIES: Final = frozenset("AUD BRL CAD CHF CZK DKK EUR GBP HKD ILS MXN NOK NZD PHP PLN SEK SGD THB USD".split())


def checked_unit(asked: dict[str, Any]) -> dict[str, Any]:
    """Return the one purchase unit of a request to create; raises ApiError if there is none."""
    units = asked.get("purchase_units")
    if asked.get("intent") != "CAPTURE" or not isinstance(units, list) or len(units) != 1:
        raise invalid("INVALID_PARAMETER_VALUE", "intent CAPTURE with one purchase unit")
    amount = units[0].get("amount") if isinstance(units[0], dict) else None
    if not isinstance(amount, dict) or amount.get("currency_code") not in CURRENCIES:
        raise invalid("MISSING_REQUIRED_PARAMETER", "amount with currency_code and value")
    if minor_units(amount.get("value")) == 0:
        raise unprocessable("CANNOT_BE_ZERO_OR_NEGATIVE")
    if len(str(units[0].get("custom_id") or "")) > 127:
        raise invalid("INVALID_STRING_LENGTH", "custom_id")
    return units[0]


def checked_context(asked: dict[str, Any], source: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return where the payer goes; raises ApiError unless both addresses are some."""
    context = (source.get("experience_context") if source else asked.get("application_context")) or {}
    for name in ("return_url", "cancel_url"):
        if not str(context.get(name) or "").startswith(("http://", "https://")):
            raise invalid("INVALID_PARAMETER_SYNTAX", name)
    return context
