"""Values that a message states for other steps than the open one, with what it takes back or puts right.

Belongs here: finding them and telling what else the words say. Must not know: whether a dialog keeps them.
"""
