"""How words come in and go out: channels, pages, settings, the command line, and the one place where all rooms meet.

It may know every other room, and no other room may know it. The handlers see the desk only through
`bot/conversation/port.py`.
"""
