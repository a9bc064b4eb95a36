"""Personal data: the export of a person, their erasure, and the retention periods.

What these do with a column is declared at the column (`services/store/tables/privacy.py`); here stand the rules that no
single column can tell. How a person proves who they are isn't known here: callers make sure of it.
"""
