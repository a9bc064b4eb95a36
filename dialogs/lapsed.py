"""Lifetimes: codes, links and pages that have expired by the time their step is asked again."""

from datetime import datetime, timedelta

from dialogs.state import Ctx
from values.rules import CODE_LIFETIME, PAGE_LIFETIME


def name_lapsed_code(sent_at: datetime | None, ctx: Ctx) -> str | None:
    """Return "code" if one sent then has expired."""
    return "code" if _over(sent_at, CODE_LIFETIME, ctx) else None


def name_lapsed_page(opened_at: datetime | None, ctx: Ctx) -> str | None:
    """Return "page" if the link to one opened then has expired."""
    return "page" if _over(opened_at, PAGE_LIFETIME, ctx) else None


def name_lapsed_letter(sent_at: datetime | None, ctx: Ctx) -> str | None:
    """Return "link" if one mailed then to prove an address has expired."""
    return "link" if _over(sent_at, ctx.seller.manners.link_ttl, ctx) else None


def name_lapsed_reset_letter(sent_at: datetime | None, ctx: Ctx) -> str | None:
    """Return "link" if one mailed then to set a new password has expired."""
    return "link" if _over(sent_at, PAGE_LIFETIME, ctx) else None


def _over(since: datetime | None, lifetime: timedelta, ctx: Ctx) -> bool:
    return since is not None and since + lifetime <= ctx.now
