"""Accounts, their log-in data, consents, visits, and the one-time links that lead to their pages."""
