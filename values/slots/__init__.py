"""Answers in words, told from what is said around them: closed classes of words, the span that is the answer, towns.

Belongs here: which words of a text are the answer, whoever asks. Must not know: steps, readers, what is stored.
"""
