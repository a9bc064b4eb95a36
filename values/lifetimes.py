"""How long what is sent or shown to prove something works."""

from datetime import timedelta

CODE = timedelta(minutes=10)
PAGE = timedelta(minutes=30)
"""A one-time page, also one that an e-mail leads to for a forgotten password."""
