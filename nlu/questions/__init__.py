"""Questions rather than answers: to the profile's FAQ, about the open step or the desk; and whether the reply helped.

Belongs here: recognising a question and how surely. Must not know: intents' scores, the order in which `understand`
decides, what is said.
"""
