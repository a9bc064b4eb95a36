"""Accounts: sign-up, log-in, customers on file, one-time pages of passwords and addresses."""
