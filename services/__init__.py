"""Services of the desk: accounts, codes, orders, payments, registers, messages, and the store that keeps them.

Services take plain arguments. They know no dialog, no settings, no channel and no wording; time comes from a `Clock` or
as an argument. Failures outside raise one of `services.errors`.
"""
