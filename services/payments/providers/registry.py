"""The payment providers: one entry each, from which methods, settings, keys and adapters follow.

A new provider is an entry here, its name in `ProviderName` and its settings among the bases of `PaymentSettings`;
`docs/dev/add-a-payment-provider.md` says the rest.
"""

from collections.abc import Mapping, Set
from typing import Any, Literal, Protocol, get_args

from msgspec import Struct
from pydantic import BaseModel, SecretStr

from services.payments.providers.base import Method, PaymentProvider
from services.payments.providers.paypal.adapter import PayPal, PayPalSettings
from services.payments.providers.paypal.models import TWO_DECIMALS
from services.payments.providers.przelewy24.adapter import Przelewy24, Przelewy24Settings
from services.payments.providers.stripe.adapter import Stripe, StripeSettings
from values.payment import ChargeRules
from values.renewal import SELDOM_MONTHS
from values.term import Term, months_of

ProviderName = Literal["przelewy24", "stripe", "paypal"]


class PaymentSettings(Przelewy24Settings, StripeSettings, PayPalSettings):
    """The settings of all payment providers, each field behind its provider's name."""


class AdapterClass(Protocol):
    """An adapter's class: called with `client, *, clock, breaker` and its settings, which bear their short names."""

    @property
    def name(self) -> str:
        """The provider as stored, and in the address of its notices."""
        ...

    @property
    def methods(self) -> Set[Method]: ...

    def __call__(self, *args: Any, **settings: Any) -> PaymentProvider: ...


class ProviderEntry(Struct, frozen=True):
    """One payment provider. `needed` are the settings without which it can't go live, by their short names.

    `sum_in_notice` and `refund_notice` say what its notices tell; what they don't, reading the payment must.
    `notice_answer` is the text without which it repeats a notice.
    """

    title: str
    adapter: AdapterClass
    settings: type[BaseModel]
    needed: tuple[str, ...]
    sum_in_notice: bool = True
    refund_notice: bool = True
    notice_answer: str = "OK"

    @property
    def name(self) -> str:
        return self.adapter.name

    @property
    def needed_settings(self) -> tuple[str, ...]:
        return tuple(f"{self.name}_{name}" for name in self.needed)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The settings that hold secrets, by their full names."""
        fields = self.settings.model_fields.items()
        return tuple(name for name, field in fields if SecretStr in get_args(field.annotation))


#: In the order in which they are preferred: the first that takes a method does, unless a seller chooses another.
PROVIDERS = (
    ProviderEntry("Przelewy24", Przelewy24, Przelewy24Settings, needed=("merchant_id", "api_key", "crc")),
    ProviderEntry("Stripe", Stripe, StripeSettings, needed=("secret_key", "webhook_secret")),
    ProviderEntry("PayPal", PayPal, PayPalSettings, needed=("client_id", "client_secret", "webhook_id")),
)

TITLES = {entry.name: entry.title for entry in PROVIDERS}
NOTICE_ANSWERS = {entry.name: entry.notice_answer for entry in PROVIDERS}


def _able(ability: str) -> Mapping[str, tuple[str, ...]]:
    """Return by method the providers whose adapters name it so."""
    able = ((m, tuple(e.name for e in PROVIDERS if m in getattr(e.adapter, ability, ()))) for m in get_args(Method))
    return {method: names for method, names in able if names}


#: The providers that take each method.
TAKES = _able("methods")

#: What may be charged while its payer is away: by method and provider, as each adapter says.
KEEPS: Mapping[str, Mapping[str, ChargeRules]] = {
    method: {
        entry.name: rules
        for entry in PROVIDERS
        if (rules := getattr(entry.adapter, "storable", {}).get(method)) is not None
    }
    for method in get_args(Method)
}
#: The providers that take a method's code as it is typed in the chat.
BY_CODE = _able("by_code")

#: The only currencies in which a method is paid; one that isn't named knows no limit of ours.
CURRENCIES: Mapping[str, frozenset[str]] = {
    "blik": frozenset({"PLN"}),
    "przelewy24": frozenset({"PLN"}),
    "paypal": TWO_DECIMALS,
}


def pays_in(method: str, currency: str) -> bool:
    return method not in CURRENCIES or currency in CURRENCIES[method]


def may_charge(method: str, provider: str | None, amount: int) -> bool:
    """Return whether the provider may take that sum of a method it keeps while the payer is away."""
    rules = KEEPS[method].get(provider or "")
    return rules is not None and (rules.most is None or amount <= rules.most)


def keeps_without_charge(method: str, chosen: Mapping[str, str]) -> bool:
    """Return whether the method's provider keeps it by a payment of zero."""
    rules = KEEPS[method].get(provider_of(method, chosen)) if method in KEEPS else None
    return rules is not None and rules.without_charge


def notice_days(method: str, term: Term | None) -> int:
    """Return how many days before the charge for a term, or after a trial (None), its network wants the payer told."""
    if term is not None and months_of(term) < SELDOM_MONTHS:
        return 0
    days = (rules.trial_days if term is None else rules.seldom_days for rules in KEEPS.get(method, {}).values())
    return max(days, default=0)


def provider_of(method: str, chosen: Mapping[str, str]) -> str:
    """Return the provider that a method goes through; raise KeyError for one that no provider takes."""
    return chosen.get(method) or TAKES[method][0]
