"""The ways in, one file or package each: a channel's own form → `Inbound`, `Message` → the channel's own form.

A handler knows the desk by `bot/conversation/port.py` only. It decides nothing about the conversation and knows no
dialog.
"""
