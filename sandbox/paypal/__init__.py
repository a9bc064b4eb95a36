"""PayPal's stand-in: orders, captures, refunds, vault, webhooks, the payer's page."""
