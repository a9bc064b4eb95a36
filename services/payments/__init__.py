"""Payments: what is owed, what was tried, and what the providers say of it."""
