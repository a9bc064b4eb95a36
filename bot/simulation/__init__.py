"""Customers played at a desk of their own in this process: `okienko simulate`'s random ones, `okienko test`'s written.

Belongs here: who they are, what they do, what must hold of the desk's books afterwards; the form of a seller's tests.
They know the desk as customers do: by its REST channel, pages and the sandbox. Only the judge reads tables.
"""
