"""Channels, pages, settings, the command line, and the one place that puts all packages together.

This package may import every other one, and no other may import it. The handlers see the desk only through
`bot/conversation/port.py`.
"""
