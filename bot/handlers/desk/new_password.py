"""What a form with a new password says: good, or why not, in the words of the customers' pages."""

from collections.abc import Mapping

from bot.handlers.secure_pages import Said
from values import password as passwords
from values.password import DEFAULT

_DIFFERENT: Mapping[str, str] = {"upper": "no_upper", "lower": "no_lower", "digit": "no_digit", "special": "no_special"}


def criteria() -> tuple[Said, ...]:
    """What is told before."""
    return (Said("min_length", {"n": DEFAULT.min}), Said("max_length", {"n": DEFAULT.max}), Said("not_common", {}))


def refused(fields: Mapping[str, str], *context: str) -> tuple[Said, ...]:
    """Why the passwords of `password` and `password_repeat` won't do; nothing if they do."""
    typed, again = fields.get("password", ""), fields.get("password_repeat", "")
    if not typed or not again:
        return (Said("missing", {}),)
    filled: dict[str, dict[str, str | int]] = {
        "too_short": {"length": len(passwords.normalise(typed)), "n": DEFAULT.min},
        "too_long": {"n": DEFAULT.max},
    }
    failed = passwords.unmet(typed, DEFAULT, context)
    reasons = tuple(Said(_DIFFERENT.get(key, key), filled.get(key, {})) for key in failed)
    return reasons if typed == again else (*reasons, Said("differ", {}))
