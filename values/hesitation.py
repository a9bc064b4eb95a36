"""Filled pauses as recognisers write them down: "yyy", "eee", "hmm", "ehm", "uh"."""

HESITATION = r"y{2,}|e{2,}|m{2,}|h+m+|m+h+m*|e+h+m+|u+h+m*"
"""A pattern of one such word, in any language.

Letters' names ("em", "er") and words of other languages ("um" is a German one) aren't among them.
"""
ASSENT = r"m+h+m*"
"""Those of them that may agree."""
