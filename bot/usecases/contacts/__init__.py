"""Contacts: codes sent, typed and checked within their limits."""
