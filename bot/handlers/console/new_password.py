"""Validation of the form with which an agent sets a new password."""

from collections.abc import Mapping

from bot.usecases.accounts import passwords
from bot.usecases.accounts.page_results import PageText
from values.password import DEFAULT


def criteria() -> tuple[PageText, ...]:
    """Return what the page says first."""
    return passwords.criteria(DEFAULT)


def refused(fields: Mapping[str, str], *context: str) -> tuple[PageText, ...]:
    """Return why the passwords of `password` and `password_repeat` won't do; nothing if they do."""
    typed, again = fields.get("password", ""), fields.get("password_repeat", "")
    if not typed or not again:
        return (PageText("missing", {}),)
    reasons = passwords.reasons(typed, DEFAULT, context)
    return reasons if typed == again else (*reasons, PageText("differ", {}))
