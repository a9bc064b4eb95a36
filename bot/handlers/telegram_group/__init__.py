"""The agents' desk in a Telegram group with topics: one for each conversation that waits, or waited, for a person.

`mirror.py` brings conversations into the group, led by the journal; `members.py` takes what agents write and press
there to `bot/usecases/agents/acts.py`. Neither knows the other: what one agent does reaches the topic by the journal.
"""
