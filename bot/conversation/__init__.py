"""The engine of a conversation: receive, understand, lock, decide, store, commit, deliver.

Belongs here: what happens to every message, whatever it is about. Must not be known here: a subject (accounts, orders,
renewals are `bot/usecases/`), a channel's form (`bot/handlers/`), settings.
"""
