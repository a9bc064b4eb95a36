"""Spoken and typed numbers: from words, digits and corrections to the digit string that was meant.

Belongs here: how number words join into groups and how "no, sorry, 56" changes what was said before. Must not know
which step asks: lengths and check digits are handed in as a test.
"""
