"""Taking back or changing an earlier answer: corrections in a sentence, other words for old ones, a step back.

Belongs here: words of error and of change in every language, and what they leave of a message as the new answer. Must
not know: the facts of a message, intents' thresholds, the order in which `understand` decides.
"""
