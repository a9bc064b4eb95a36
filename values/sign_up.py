"""How an account comes about with this seller."""

from dataclasses import dataclass
from typing import Literal

Entry = Literal["buy", "sign_up", "log_in", "forgot_password"]
ENTRIES: tuple[Entry, ...] = ("buy", "sign_up", "log_in", "forgot_password")
"""Ways to begin, `start:*`, in the order in which they are offered."""


@dataclass(frozen=True, slots=True)
class SignUp:
    """`person_name`: the holder's first and last name are asked. `confirm_first`: the link in the activation letter
    must be followed, and the customer log in, before anything else."""

    person_name: bool = False
    confirm_first: bool = False


BY_EMAIL = SignUp()
"""An e-mail and a password, confirmed when it is convenient."""
