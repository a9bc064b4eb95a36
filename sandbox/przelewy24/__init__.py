"""Przelewy24's stand-in: REST API, notices, the payer's page."""
