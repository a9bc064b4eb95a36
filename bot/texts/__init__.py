"""The words the desk says in the chat, in mails and SMS: one folder per language, one TOML file per dialog.

Knows keys, places to fill and how a language counts; knows no dialog and no channel. A profile's own texts override and
add to these (`bot/profile/`); what is said when is the dialogs' affair, how it is filled
`bot/conversation/render.py`'s.
"""
