"""Use cases by subject: commands run in a turn's transaction, jobs after its commit, and what pages and timers ask for.

Belongs here: policies that join several services. Must not be known here: HTTP, channels, settings.
"""
