"""Subscriptions: what runs and until when, what a renewal does about one that ends, and who is reminded of it."""
