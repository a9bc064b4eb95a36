"""Speech written down by a recogniser, read as its author would have typed it.

Belongs here: what only speech has, such as filled pauses, spelled addresses, a choice taken back in one breath. Typed
messages don't pass here. What can't be read for certain is marked, so that it is asked again.
"""
