"""Telegram's stand-in: a Bot API for private chats, and what people do in their clients.

`api` answers the bot, `client` acts for a person, `updates` brings the bot what people did, by long polling or by
webhook; `store` holds chats and messages, `shapes` writes them as Telegram does. The page to chat on is the desk's
(`bot/handlers/pages/landing.py`) and draws what `client_api` says.
"""
