"""Contacts and the codes that prove them, within their quotas."""
