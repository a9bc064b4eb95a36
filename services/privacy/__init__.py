"""What the desk holds about one person: handed out whole, deleted on their wish, and dropped when its time is over.

Here stand what each table holds (`holdings.py`), the export, the erasure and the retention periods. Nothing here knows
how a person shows who they are: the callers make sure of that.
"""
