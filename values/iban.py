"""Bank account numbers as the world writes them (ISO 13616), checked and shown in fours."""

from stdnum import iban as standard


def is_valid(number: str) -> bool:
    """Whether length, form and check digits are right."""
    return standard.is_valid(number)


def display(number: str) -> str:
    """In groups of four, as on paper; the spaces don't break."""
    return "\u00a0".join(number[at : at + 4] for at in range(0, len(number), 4))
