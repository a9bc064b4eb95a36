"""`make crash`: real processes killed and frozen under customers at work; what reached the outside is compared.

Here belong the customers, what befalls the processes, the judge and his table. Nothing of the desk is replaced: it is
started as `okienko run`, and known by its addresses, the stand-ins' ledger and, for what no ledger can show (an
answered message that is in no transcript), its tables.
"""
