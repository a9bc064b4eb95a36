"""The parts of every page that a browser sees: templates, words, colours, static files, headers, sessions.

Belongs here: HTTP and HTML, with inbound and outbound messages as far as pages show them. Must not know: dialogs, the
store, use cases. What a page does is the business of the handler that serves it (`bot/handlers/`).
"""
