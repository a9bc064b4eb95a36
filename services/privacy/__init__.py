"""What the desk holds about one person: handed out whole, deleted on their wish, and dropped when its time is over.

Here stand what is handed out of each table (`sections.py`) and what becomes of the others (`holdings.py`), the export,
the erasure and the retention periods. Nothing here knows how a person shows who they are: callers make sure of that.
"""
