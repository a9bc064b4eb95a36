"""How an account comes about with this seller."""

from dataclasses import dataclass
from typing import Literal

Entry = Literal["buy", "sign_up", "log_in", "forgot_password", "forgot_username"]
ENTRIES: tuple[Entry, ...] = ("buy", "sign_up", "log_in", "forgot_password")
"""Ways to begin, `start:*`, in the order in which they are offered."""

GO_ON = "go_on"
WISHES = ("renewal", GO_ON)
"""What a link of an e-mail may lead to once the customer has logged in."""

By = Literal["email", "customer_number"]
Enumeration = Literal["strict", "seed"]


@dataclass(frozen=True, slots=True)
class UserNames:
    """User names that the desk makes by itself, numbered: `pattern` holds `{number}`, the first one is `first`."""

    pattern: str
    first: int = 1

    def of(self, number: int) -> str:
        """The user name with this number, counted from nought."""
        return self.pattern.replace("{number}", str(self.first + number))


@dataclass(frozen=True, slots=True)
class SignUp:
    """`by`: whoever has an e-mail signs up, or customers on file do, by their number. `enumeration`: whether it is told
    at once what stands under a number ("seed"), or only to whoever has proven a contact on file ("strict").
    `person_name`: the holder's first and last name are asked. `confirm_first`: the link in the activation letter
    must be followed, and the customer log in, before anything else. `ordinary_mail`: of an e-mail that looks certified
    (PEC) it is asked whether it takes ordinary mail. `user_names`: the desk makes the user name; else
    the e-mail is it."""

    by: By = "email"
    enumeration: Enumeration = "strict"
    person_name: bool = False
    confirm_first: bool = False
    ordinary_mail: bool = False
    user_names: UserNames | None = None


BY_EMAIL = SignUp()
"""An e-mail and a password, confirmed when it is convenient."""
