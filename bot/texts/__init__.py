"""The texts of chat, e-mails and SMS: one folder per language, one TOML file per dialog.

A dialog's file holds its questions, buttons, names and refusals; `options.toml`, `words.toml` and `refused.toml` hold
what several dialogs say.

Belongs here: keys, placeholders and plural forms of a language. Must not know: dialogs and channels. A profile's own
texts override and add to these (`bot/profile/`); `bot/conversation/` renders them.
"""
