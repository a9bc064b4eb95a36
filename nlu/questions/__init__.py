"""What a customer asks rather than answers: the profile's FAQ, the open step, the desk; and whether the answer helped.

Belongs here: recognising a question and how surely. Must not know: intents' scores, the order in which `understand`
decides, what is said.
"""
