"""Recordings of customers: heard, limited, deleted."""
