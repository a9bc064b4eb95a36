"""The account dialogs: sign-up, log-in, customers on file, lost passwords, a customer's own settings and data."""
