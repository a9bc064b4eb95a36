"""Companies: saved by customers, looked up in public registers, checked again before a renewal."""
