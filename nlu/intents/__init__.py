"""Intents of a message, by cue words and by likeness to sample phrases.

Belongs here: the little language of cues, the repair of typing mistakes, scores and their honest confidence. Must not
know the open step; `understand` decides what a request means there. The words themselves are in `nlu/phrases`.
"""
