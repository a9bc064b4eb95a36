"""A new password on a page: what it must have, and why one won't do, in the words of the customers' pages."""

from collections.abc import Iterable, Mapping

from bot.usecases.accounts.page_results import PageText
from values import password as passwords
from values.password import PasswordRule

_SHOWN: Mapping[str, str] = {
    "too_short": "min_length",
    "too_long": "max_length",
    "not_allowed": "allowed",
    "common": "not_common",
    "context": "not_context",
}
_MISSING: Mapping[str, str] = {"upper": "no_upper", "lower": "no_lower", "digit": "no_digit", "special": "no_special"}


def criteria(rule: PasswordRule) -> tuple[PageText, ...]:
    """Everything for which a password may be refused, told before it is typed."""
    filled: dict[str, dict[str, str | int]] = {
        "too_short": {"n": rule.min},
        "too_long": {"n": rule.max},
        "not_allowed": {"characters": rule.specials or ""},
    }
    return tuple(PageText(_SHOWN.get(key, key), filled.get(key, {})) for key in passwords.criteria(rule))


def reasons(typed: str, rule: PasswordRule, context: Iterable[str]) -> tuple[PageText, ...]:
    """Why this one won't do; nothing if it does."""
    refused = passwords.refused_characters(typed, rule)
    seen = "".join(c for c in refused if not c.isspace())
    filled: dict[str, dict[str, str | int]] = {
        "too_short": {"length": len(passwords.normalise(typed)), "n": rule.min},
        "too_long": {"n": rule.max},
        "not_allowed": {"characters": seen},
    }
    failed = [key for key in passwords.unmet(typed, rule, context) if key != "not_allowed" or seen]
    if seen != refused:
        failed.append("space")
    return tuple(PageText(_MISSING.get(key, key), filled.get(key, {})) for key in failed)
