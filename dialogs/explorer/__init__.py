"""Explore a journey by playing it: every answer and every outcome from every state reached, with sample data.

Belongs here: what `okienko check`, diagrams and tests need to walk a profile. Must not be imported by a dialog.
"""
