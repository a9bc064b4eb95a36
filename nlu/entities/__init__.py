"""Values that stand in a message, in their normal forms.

Belongs here: finding and normalising, one file per family. Must not know what the message wants (intents) nor which
dialog asks beyond the name of the entity that is awaited.
"""
