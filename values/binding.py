"""What an answer binds the customer to: declared with the option, read by language understanding."""

from enum import StrEnum


class BindingAct(StrEnum):
    """An act that is given by its button or by its own words, never by a guess (docs/decisions/words-that-bind.md)."""

    order = "order"
    """An order with an obligation to pay: only the verb of ordering, or of paying now."""
    agree = "agree"
    """Terms, clauses, a consent, a statement."""
    activate = "activate"
    """A service is switched on."""
    renew = "renew"
    """A mandate to renew, and to be charged for it."""
    withdraw = "withdraw"
    """A mandate or a consent is taken back."""
