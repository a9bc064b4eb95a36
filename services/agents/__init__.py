"""Agents, who answer customers at `/desk`: accounts, sessions, second factors, and the trail of their acts.

Customers' accounts are not in these files: nobody has both.
"""
