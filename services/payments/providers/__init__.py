"""Payment providers: one adapter each, all in the words of `base`.

Here belongs the talk with a provider: register an attempt, read its notice, ask what became of it, give money back.
They keep nothing and decide nothing about orders; what an attempt should have cost is handed to them, and money of
another amount or currency is never called paid.
"""
