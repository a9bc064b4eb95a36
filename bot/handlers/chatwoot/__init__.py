"""The seller's own help desk (Chatwoot): conversations that wait for a person stand there, its people answer them.

`bringing.py` takes what is said here there, `hearing.py` takes what is done there to `bot/usecases/agents/acts.py`;
neither knows the other: what an agent does reaches the help desk by the journal. `rounds.py` does both, one process at
a time.
"""
