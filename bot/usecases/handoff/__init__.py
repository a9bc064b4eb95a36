"""Hand-off to a person, tickets, feedback, and sentences that people label."""
