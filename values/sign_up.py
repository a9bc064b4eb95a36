"""How an account comes about with this seller."""

from dataclasses import dataclass
from typing import Literal

Entry = Literal["buy", "sign_up", "log_in", "forgot_password"]
ENTRIES: tuple[Entry, ...] = ("buy", "sign_up", "log_in", "forgot_password")
"""Ways to begin, `start:*`, in the order in which they are offered."""


By = Literal["email", "customer_number"]
Enumeration = Literal["strict", "seed"]


@dataclass(frozen=True, slots=True)
class SignUp:
    """`by`: whoever has an e-mail signs up, or customers on file do, by their number. `enumeration`: whether it is told
    at once what stands under a number ("seed"), or only to whoever has proven a contact on file ("strict").
    `person_name`: the holder's first and last name are asked. `confirm_first`: the link in the activation letter
    must be followed, and the customer log in, before anything else."""

    by: By = "email"
    enumeration: Enumeration = "strict"
    person_name: bool = False
    confirm_first: bool = False


BY_EMAIL = SignUp()
"""An e-mail and a password, confirmed when it is convenient."""
