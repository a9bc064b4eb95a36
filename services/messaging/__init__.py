"""Messaging: texts and letters on their way to customers.

Here belong the adapters that hand a ready text to a provider and tell what became of it. They know no wording, no
language, no customer and no reason for writing; codes and links are inside the text they are given.
"""
