"""Przelewy24 (REST v1)."""
