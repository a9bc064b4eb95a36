"""The company dialog: tax number, register data, forms of contact, delivery of e-invoices."""
