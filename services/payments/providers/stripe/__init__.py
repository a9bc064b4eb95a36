"""Stripe (Checkout, payment intents, stored cards)."""
