"""The agents' desk in a Telegram group with topics: one for each conversation that waits, or waited, for a person.

`group_topics.py` brings conversations into the group, as a place of the mirror (`bot/handlers/agent_mirror.py`);
`members.py` takes what agents write and press there to their commands, whose effect reaches the topic by the journal.
"""
