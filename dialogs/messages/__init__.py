"""What the dialogs cause and hear: acts, calls and events, one file per dialog; frozen, typed, storable by name.

Belongs here: what goes between the dialogs and the composition root (`bot/usecases/commands.py`, `bot/usecases/jobs.py`
say who does it). Must not be known here: steps, reactions, slots, who does an act or a call and how.
"""
