"""Errors of the store; none holds a statement or its parameters."""


class StoreError(Exception):
    """Something about the store itself, not about what was to be written."""


class StoreUnavailable(StoreError):
    """Nothing can be committed just now (disk full, database away, locked): ask again later; for HTTP that is 503.

    Usually nothing was written. Only when a connection broke during the commit itself can the write have happened:
    whoever repeats it must be guarded by a key, as turns are by their inbox row.
    """


class StoreReadOnly(StoreUnavailable):
    """The database server answers and takes no writes: it isn't the primary, or not any more."""


class StoreInUse(StoreError):
    """Another engine works on this file; several processes need PostgreSQL."""


class StoreTooNew(StoreError):
    """The database was written by a newer release of the desk than this one."""


class ExtraMissing(StoreError):
    """The database's driver isn't installed; the message says how it is."""


class NotHeld(Exception):
    """The token that was presented doesn't hold the conversation, or doesn't any more."""


class ConversationGone(LookupError):
    """There is no such conversation, or none any more: it may be erased between two looks at it."""


class NameTaken(Exception):
    """An id or a key stands already for another act or another subject, so that nothing was done under it."""


class NotCopied(StoreError):
    """A database wasn't copied to another; the message says why and what to do."""
