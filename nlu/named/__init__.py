"""Choices made by name: a way to pay, a stored one, a term of years, a discount code, a number of pieces.

Belongs here: which one of several is meant, where others are asked about, doubted or taken back. Must not know: the
facts of a message, the order in which `understand` decides.
"""
