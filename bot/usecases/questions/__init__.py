"""What becomes of the answers to a seller's own questions."""
