"""E-invoices: activated, withdrawn, and invoices that the seller has issued."""
