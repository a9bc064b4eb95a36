"""PayPal's stand-in: orders, captures, refunds, vault, webhooks, the payer's page."""

from typing import Final

from sandbox.simulator import SimulatorEntry

PAYPAL_CLIENT_ID: Final = "sandbox-paypal-client"
PAYPAL_CLIENT_SECRET: Final = "sandbox-paypal-secret"
PAYPAL_WEBHOOK_ID: Final = "SANDBOXWEBHOOK001"

SIMULATOR = SimulatorEntry(
    "sandbox.payments.paypal.simulator:PayPalSimulator",
    {"client_id": PAYPAL_CLIENT_ID, "client_secret": PAYPAL_CLIENT_SECRET, "webhook_id": PAYPAL_WEBHOOK_ID},
)
