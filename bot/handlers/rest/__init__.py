"""The REST channel in Rasa's form: its routes, and the client that other processes of ours write with.

Belongs here: that channel's JSON. Must not be known here: other channels.
"""
