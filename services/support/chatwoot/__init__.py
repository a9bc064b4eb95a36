"""The seller's own help desk: Chatwoot, spoken to by its API and heard by its webhooks."""
