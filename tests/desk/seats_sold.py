"""Seats of a buyer, and what more of them cost for the days that are left."""

from fractions import Fraction
from typing import Any

from tests.desk.running import Running
from tests.desk.scripted import only


def rounded(minor: Fraction) -> int:
    return int(minor + Fraction(1, 2))


def costs(more: int, left: int, *, year: int = 365, net: int = 10000) -> tuple[int, int]:
    """Net and gross of so many seats for the days that are left, counted in fractions."""
    one = rounded(net * Fraction(left, year))
    return more * one, more * one + rounded(Fraction(more * one * 23, 100))


async def service(desk: Running, email: str) -> Any:
    return only((await desk.card(email))["subscriptions"])
