"""Hearing: a customer's recording turned into words by a recogniser, and what of that is no customer's word.

Here belong the client of the recogniser and the judgement of its answer. They know no conversation and keep nothing;
neither the sound nor the words are logged.
"""
