"""What passes between the desk and the seller's own system: events out, lists, cards, idempotency keys."""
