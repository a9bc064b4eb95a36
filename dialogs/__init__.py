"""Dialogs: typed and pure; they decide the desk's next words.

Belongs here: the dialogs of a sign-up (one file or folder each), their slots, events and effects, and the kit that
plays them. Must not be known here: databases, HTTP, channels, the clock, chance, the words of any language.
"""
