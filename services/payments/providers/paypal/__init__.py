"""PayPal (Orders v2, Payment Method Tokens v3)."""
