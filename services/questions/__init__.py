"""Answers to a seller's own questions, kept with accounts, companies and orders."""
