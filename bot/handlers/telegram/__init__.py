"""The Telegram channel: updates in, messages out, by python-telegram-bot's `Bot` (no Application, no state of PTB's).

Here belongs what is Telegram's own: the form of updates and keyboards, limits, long polling, the webhook. It knows the
desk only through `bot/conversation/port.py`; what is said and when to send it is decided elsewhere.
"""
