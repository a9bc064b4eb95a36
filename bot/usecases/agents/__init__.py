"""Agents' work on conversations, wherever they do it: in the console, a Telegram group, another help desk."""
