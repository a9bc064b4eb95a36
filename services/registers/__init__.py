"""Registers: who stands behind a tax number, as public registers know it.

Here belong one client per register and the order in which they are asked. They know no dialog and no customer, keep
nothing, and drop what the desk has no need of (PESEL, representatives, bank accounts) where the answer comes in.
"""
