"""Companies that invoices are made out to."""
