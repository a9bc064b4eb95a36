"""The agents' desk beside the conversation itself: notes, ready answers, search, blocks, readings, labels, mirrors.

Nothing here knows pages, sessions or rights: whoever calls has made sure of who asks.
"""
