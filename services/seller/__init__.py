"""Exchange with the seller's own system: events out, lists, cards, idempotency keys."""
