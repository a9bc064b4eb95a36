"""E-invoices: their activation, and invoices that the seller has issued."""
