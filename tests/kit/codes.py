"""The codes that prove a phone and an address: in the newest text, in the newest letter, and ones that aren't them."""

from typing import Any

from sandbox.testing.pages import code_in
from tests.desk.running import Running
from tests.desk.scripted import Scripted

WRONG = "To nie ten kod."
LEFT = ("4 próby", "3 próby", "2 próby", "jedna próba")
"""How many tries are left after each wrong one, as it is told."""


def another(code: str, n: int = 1) -> str:
    """Return six digits that aren't the code."""
    return f"{(int(code) + n) % 10**6:06d}"


async def letter(desk: Running, who: Scripted) -> Any:
    """Return the newest letter."""
    return (await desk.outbox(who.person.email))[-1]


async def letters_code(desk: Running, who: Scripted) -> str:
    """Return the code of the newest letter."""
    return code_in((await letter(desk, who))["text"])
