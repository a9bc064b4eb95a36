"""Stripe's stand-in: Checkout, payment intents, stored cards, webhooks, the payer's page."""

from typing import Final

from sandbox.simulator import SimulatorEntry

STRIPE_SECRET_KEY: Final = "sk_test_sandbox"
STRIPE_WEBHOOK_SECRET: Final = "whsec_sandbox"

SIMULATOR = SimulatorEntry(
    "sandbox.payments.stripe.simulator:StripeSimulator",
    {"secret_key": STRIPE_SECRET_KEY, "webhook_secret": STRIPE_WEBHOOK_SECRET},
)
