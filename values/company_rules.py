"""What this seller wants to know of a company."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class CompanyRules:
    """`vatin`: besides the seller's own country any VAT number of the European Union is taken. `products`: what it is
    added for, asked first; those of `from_program` can be registered from inside the program only. `statement`: the
    document of that name is accepted. `contact_forms`: how the company may be contacted, one of them, several or none.
    `several`: an account may have more than one. `edit`: who puts right what a register or the seller's books say: the
    customer, or ("report") the seller's support, to whom the customer reports it. `legal_forms` are asked where there
    are any; `buyers` are those of them that may buy. `holder_email`: an ordinary mailbox of the company is asked;
    `sdi`: an Italian address of delivery. `registers`: those that are asked first, in this order."""

    vatin: bool = False
    products: tuple[str, ...] = ()
    from_program: tuple[str, ...] = ()
    statement: bool = False
    contact_forms: tuple[str, ...] = ()
    several: bool = False
    edit: Literal["customer", "report"] = "customer"
    legal_forms: tuple[str, ...] = ()
    buyers: tuple[str, ...] = ("company", "sole_trader")
    holder_email: bool = False
    sdi: bool = False
    registers: tuple[str, ...] = ()


PLAIN = CompanyRules()
"""A number of the seller's own country, and one company."""
