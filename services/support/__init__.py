"""What agents' desk can do beside the conversation itself: notes, ready answers, search, blocks, readings, labels.

Nothing here knows pages, sessions or rights: whoever calls has made sure of who asks.
"""
