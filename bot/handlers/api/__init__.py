"""The seller's API `/api/v1`: what the seller's own systems read and tell. Bearer token; OpenAPI beside it."""
