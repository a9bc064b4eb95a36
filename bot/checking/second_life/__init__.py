"""A customer's second life, played for a profile: order, renewal, changed prices and terms, end, order again."""
