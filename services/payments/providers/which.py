"""Which provider takes which method: what there is to choose from, and who does where nothing is chosen."""

from collections.abc import Mapping
from typing import Literal

from services.payments.providers.paypal.models import TWO_DECIMALS

ProviderName = Literal["przelewy24", "paypal", "stripe"]

#: The providers that take each method. The first one does, unless a seller chooses another.
TAKES: Mapping[str, tuple[ProviderName, ...]] = {
    "card": ("przelewy24", "stripe", "paypal"),
    "blik": ("przelewy24",),
    "przelewy24": ("przelewy24",),
    "paypal": ("paypal",),
}

#: The providers that keep a method and charge it while its payer is away.
KEEPS: Mapping[str, tuple[ProviderName, ...]] = {"card": ("stripe",), "paypal": ("paypal",)}


#: The only currencies in which a method is paid; one that isn't named knows no limit of ours.
CURRENCIES: Mapping[str, frozenset[str]] = {
    "blik": frozenset({"PLN"}),
    "przelewy24": frozenset({"PLN"}),
    "paypal": TWO_DECIMALS,
}


def pays_in(method: str, currency: str) -> bool:
    """Whether customers can pay in that currency by the method."""
    return method not in CURRENCIES or currency in CURRENCIES[method]


def provider_of(method: str, chosen: Mapping[str, str]) -> str:
    """The provider that a method goes through. Raises KeyError for one that no provider takes."""
    return chosen.get(method) or TAKES[method][0]
