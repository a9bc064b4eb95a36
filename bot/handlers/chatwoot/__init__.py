"""The seller's own help desk (Chatwoot): conversations that wait for a person stand there, its people answer them.

`posting.py` takes what is said here there; `agent_replies.py` takes what is done there to the agents' commands, and
their effect reaches the help desk by the journal. `helpdesk.py` does both, as a place of the mirror
(`bot/handlers/agent_mirror.py`).
"""
