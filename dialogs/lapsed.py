"""What has run out: the code, link or page of a step that is asked again, after a person's turn, say, or a silence."""

from datetime import datetime, timedelta

from dialogs.state import Ctx
from values.rules import CODE_LIFETIME, PAGE_LIFETIME


def code(sent_at: datetime | None, ctx: Ctx) -> str | None:
    """ "code" if one that was sent then is of no use any more."""
    return "code" if _over(sent_at, CODE_LIFETIME, ctx) else None


def page(opened_at: datetime | None, ctx: Ctx) -> str | None:
    """ "page" if the link to one doesn't open any more."""
    return "page" if _over(opened_at, PAGE_LIFETIME, ctx) else None


def letter(sent_at: datetime | None, ctx: Ctx) -> str | None:
    """ "link" if that of a letter which proves an address doesn't open any more."""
    return "link" if _over(sent_at, ctx.seller.manners.link_ttl, ctx) else None


def reset_letter(sent_at: datetime | None, ctx: Ctx) -> str | None:
    """The same of a letter that leads to the page for a new password."""
    return "link" if _over(sent_at, PAGE_LIFETIME, ctx) else None


def _over(since: datetime | None, lifetime: timedelta, ctx: Ctx) -> bool:
    return since is not None and since + lifetime <= ctx.now
