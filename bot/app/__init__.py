"""The composition root: the only place that constructs. Settings and a profile go in, a running desk comes out.

Belongs here: what is joined to what, in which order things start and stop, and the sandbox beside the desk. Nothing
here decides anything about a conversation.
"""
