"""Contact data as agents see it until they open it: enough to know it again, too little to use it.

Nothing is shown of a value that is too short to hide in: at most half of its letters and digits, whatever it is.
"""

HIDDEN = "•"
_DOTS = HIDDEN * 3
_LAST = 3
_FIRST = 1


def email(address: str) -> str:
    """Return the first letter and the domain: `a•••@example.com`. Anything else is masked word by word."""
    local, at, domain = address.rpartition("@")
    if not at or not local:
        return words(address)
    return f"{_head(local)}{_DOTS}@{domain}"


def phone(number: str) -> str:
    """Return the last three digits, and the country's code where it is set apart: `+48 ••• ••• 789`."""
    code, _, rest = number.strip().partition(" ")
    if not (code.startswith("+") and code[1:].isdecimal() and len(code) <= 4 and rest):
        code, rest = "", number
    tail = _tail(rest)
    return f"{code} {_DOTS} {_DOTS} {tail}".strip()


def words(text: str) -> str:
    """Return the first letter of each word of a name or a street. One mark hides any number of letters."""
    return " ".join(f"{_head(word)}{_DOTS}" for word in text.split()) or _DOTS


def _head(text: str) -> str:
    return text[:_FIRST] if len(text) >= 2 * _FIRST else ""


def _tail(text: str) -> str:
    signs = "".join(sign for sign in text if sign.isalnum())
    return signs[-_LAST:] if len(signs) >= 2 * _LAST else ""
