"""The store: what is kept, and how it is written so that nothing acknowledged is lost.

Here belong the tables, the two databases behind one port (`database.py`), one file of plain functions
`(connection, …)` per table, and the migrations. Nothing here knows what a dialog, a channel or a provider is, none of
it reads a clock: times come as arguments.
"""
