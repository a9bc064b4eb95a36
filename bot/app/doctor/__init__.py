"""Look a desk over before it starts, and while it runs: what `okienko doctor` finds.

Belongs here: one file per subject, each yielding findings with their remedies. Nothing is written, and of all that is
outside the machine only the configured database is asked.
"""
