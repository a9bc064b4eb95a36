"""All tables of what the desk does for its customers, from the modules of their subjects.

Who may write which table is told by the module of the same idea in `services/`. Ids are texts given by the caller, so
that a transaction run again writes the same rows. Amounts are integers in minor units, times aware UTC. Belongs here:
nothing of its own. For whoever goes through everything that is held; others import from where a table stands.
"""

from services.store.tables.accounts import account, company, consent, consent_text, contact, contact_claim, credential
from services.store.tables.handoffs import handoff, ticket
from services.store.tables.orders import counter, discount_code, einvoice, orderer, sales_order
from services.store.tables.payments import payment, payment_attempt, payment_method, payment_notice
from services.store.tables.proofs import code, limit_hit, one_time_link, start_link
from services.store.tables.subscriptions import renewal, subscription, subscription_extension

__all__ = [
    "account",
    "code",
    "company",
    "consent",
    "consent_text",
    "contact",
    "contact_claim",
    "counter",
    "credential",
    "discount_code",
    "einvoice",
    "handoff",
    "limit_hit",
    "one_time_link",
    "orderer",
    "payment",
    "payment_attempt",
    "payment_method",
    "payment_notice",
    "renewal",
    "sales_order",
    "start_link",
    "subscription",
    "subscription_extension",
    "ticket",
]
