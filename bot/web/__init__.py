"""What every page that a browser sees is made of: templates, words, colours, static files, headers, sessions.

Knows HTTP and HTML, and `bot/conversation/inbound.py` and `bot/conversation/outbound.py` as far as they are shown.
Knows no dialog, no store and no use case: what a page does is said by the handler that serves it (`bot/handlers/`).
"""
