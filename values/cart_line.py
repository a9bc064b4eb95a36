"""A line of a cart: what is bought by the profile's plans, how often, for how long, and what it renews."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CartLine:
    """`quantity` of a plan for `years`. `renews` is the id of the subscription whose end it puts off."""

    plan: str
    years: int
    quantity: int = 1
    renews: str | None = None
