"""Orders: discounts, placing, cancelling, ordering again."""
