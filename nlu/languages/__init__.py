"""The languages understood: the shipped ones, and those that a profile's folder brings.

Belongs here: what the desk knows of one language, put together from the tables of this room or from a file's tables.
Must not know which message is read, nor where a profile's file lies.
"""
