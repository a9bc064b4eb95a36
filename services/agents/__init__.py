"""Those who answer customers at `/desk`: their accounts, sessions and second factors, and the trail of what they did.

Customers' accounts are no business of these files: nobody is both.
"""
