"""Chatwoot's stand-in: the application API of one API inbox, its agents, its webhooks."""
