"""The web chat: its page, its JSON, its stream of events.

Belongs here: what the page in the browser reads and sends. Must not be known here: other channels.
"""
