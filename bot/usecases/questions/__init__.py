"""Commands that keep answers to a seller's own questions."""
