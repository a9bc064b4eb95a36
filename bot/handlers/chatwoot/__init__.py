"""The seller's own help desk (Chatwoot): conversations that wait for a person stand there, its people answer them.

`outbound.py` takes what is said here there, `inbound.py` takes what is done there to `bot/usecases/agents/acts.py`;
what an agent does reaches the help desk by the journal. `threads.py` does both for a conversation, as a place of the
mirror (`bot/handlers/agent_mirror.py`).
"""
