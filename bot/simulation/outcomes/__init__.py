"""Outcomes of customers' messages: what each should come to, what it comes to at a desk, how often that is right.

Belongs here: sets of messages with their wanted outcomes, playing them, judging and counting. Must not know: how a
message is read.
"""
