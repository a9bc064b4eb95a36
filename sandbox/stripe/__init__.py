"""Stripe's stand-in: Checkout, payment intents, stored cards, webhooks, the payer's page."""
