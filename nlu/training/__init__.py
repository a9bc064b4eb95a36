"""Training of the reader of intents: the project's own sentences, what is made of them, and the fit.

Nothing here is imported by a running desk, which reads the resulting numbers alone (`nlu.intents.classifier`). Needs
the extra `training`.
"""
