"""The payment providers' simulators: one entry each, with the keys that the desk's adapter is given."""

import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from starlette.routing import BaseRoute

from sandbox.attempts import ProviderAttempt
from sandbox.credentials import SECRETS
from sandbox.payer import Notify, Outcome, Payer
from sandbox.world import World

P24_MERCHANT_ID: Final = 999999
P24_POS_ID: Final = 999999
P24_API_KEY: Final = "sandbox-p24-api-key"
P24_CRC: Final = "sandbox-p24-crc"

STRIPE_SECRET_KEY: Final = "sk_test_sandbox"
STRIPE_WEBHOOK_SECRET: Final = "whsec_sandbox"

PAYPAL_CLIENT_ID: Final = "sandbox-paypal-client"
PAYPAL_CLIENT_SECRET: Final = "sandbox-paypal-secret"
PAYPAL_WEBHOOK_ID: Final = "SANDBOXWEBHOOK001"


class PaymentSimulator(Protocol):
    """One provider: its API, its payer's page and its notices. Made as `Simulator(world, payer)`."""

    def routes(self) -> Sequence[BaseRoute]:
        """Return the routes of the API and of the payer's page, relative to `/sandbox/NAME`."""
        ...

    async def play(self, attempt: ProviderAttempt, outcome: Outcome, notify: Notify, card: str = "") -> ProviderAttempt:
        """Let the payer act on an attempt; return it as it then stands."""
        ...


@dataclass(frozen=True, slots=True)
class SimulatorEntry:
    """A provider's simulator. `keys` are fixed test values, named as the adapter's arguments; `url` is added.

    `path` is `module:class`, imported when a sandbox is made: the supervisor process reads the keys alone.
    """

    path: str
    keys: Mapping[str, str | int]

    def make(self, world: World, payer: Payer) -> PaymentSimulator:
        """Make the simulator."""
        return pkgutil.resolve_name(self.path)(world, payer)


#: By the provider's name, as the desk calls it.
PAYMENT_SIMULATORS: Mapping[str, SimulatorEntry] = {
    "przelewy24": SimulatorEntry(
        "sandbox.przelewy24.simulator:Przelewy24Simulator",
        {"merchant_id": P24_MERCHANT_ID, "pos_id": P24_POS_ID, "api_key": P24_API_KEY, "crc": P24_CRC},
    ),
    "paypal": SimulatorEntry(
        "sandbox.paypal.simulator:PayPalSimulator",
        {
            "client_id": PAYPAL_CLIENT_ID,
            "client_secret": PAYPAL_CLIENT_SECRET,
            "webhook_id": PAYPAL_WEBHOOK_ID,
        },
    ),
    "stripe": SimulatorEntry(
        "sandbox.stripe.simulator:StripeSimulator",
        {"secret_key": STRIPE_SECRET_KEY, "webhook_secret": STRIPE_WEBHOOK_SECRET},
    ),
}

#: All fixed keys with which a live desk must not meet a real provider.
KNOWN_SECRETS = SECRETS | {str(key) for entry in PAYMENT_SIMULATORS.values() for key in entry.keys.values()}
