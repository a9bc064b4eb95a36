"""Ways to pay that no provider tells of: the money comes days later, and a person books it."""

METHODS = ("transfer", "postal_slip")
PROVIDER = "transfer"  # the name under which such payments stand among the providers'


def is_offline(method: str | None) -> bool:
    """Whether the customer takes the money to a bank or a post office."""
    return method in METHODS
