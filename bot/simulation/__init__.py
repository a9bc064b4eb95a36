"""`okienko simulate`: random but reproducible customers of a profile, each at a desk of its own in this process.

Belongs here: who they are, what they do, what must hold of the desk's books afterwards. They know the desk as customers
do: by its REST channel, pages and the sandbox. Only the judge reads tables.
"""
