"""Language understanding: a text, read in the light of what the open step expects, becomes a `Meaning`.

Belongs here: closed lists of commands, cue words of corrections, spoken numbers, entities, intents, retrieval of FAQ
entries. Must not know: dialogs, services, channels, settings, profiles as files, the clock, the network. What a
profile offers (codes, options, FAQ entries) is handed in as values.
"""
