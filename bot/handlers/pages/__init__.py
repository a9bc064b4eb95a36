"""Pages that customers open in a browser: one-time pages, payment links, documents, the landing page.

Belongs here: forms and answers of HTTP. Must not be known here: how a use case does what the page asks of it.
"""
