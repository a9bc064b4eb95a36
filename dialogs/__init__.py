"""What the desk says next: typed dialogs, pure as arithmetic.

Belongs here: the dialogs of a sign-up (one file each), their slots, events and effects, and the kit that plays them.
Must not be known here: databases, HTTP, channels, the clock, chance, the words of any language.
"""
