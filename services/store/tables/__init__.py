"""The schema: tables by subject, on one metadata."""
