"""Customers whom the seller has on file: their contacts, the programs they own, their accounts."""
