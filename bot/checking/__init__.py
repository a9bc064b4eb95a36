"""Check a profile before customers meet it: rehearse its journeys, play its customers' second lives, list what is lost.

Belongs here: what `okienko check` finds. Must not be known here: settings, channels, running desks.
"""
