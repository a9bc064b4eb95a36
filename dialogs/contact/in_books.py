"""The contacts as they stand: as the account's books have them, before there is an account as they were proven here.

A number that is being changed is a draft over the proven one, which stays until its code is right.
"""

from dialogs.state import Contact, Ctx
from values import phone as phones


def proven_phone(ctx: Ctx) -> str | None:
    """Return the number that is proven."""
    if ctx.case.account.id is None:
        return ctx.case.contact.proven
    return ctx.books.phone if ctx.books.phone_verified else None


def untexted_phone(ctx: Ctx) -> str | None:
    """Return the account's number that gets no codes, so that the e-mail proves the contact instead."""
    number = ctx.books.phone
    return None if number is None or ctx.books.phone_verified or gets_codes(number, ctx) else number


def phone_of(s: Contact, ctx: Ctx) -> str | None:
    """Return the number given here, else the account's, which one that an earlier release has kept as proven is."""
    draft = s.phone if ctx.case.account.id is None or s.phone != s.proven else None
    return draft or proven_phone(ctx) or untexted_phone(ctx)


def email_proven(ctx: Ctx) -> bool:
    """Return whether the e-mail is proven."""
    return ctx.books.email_verified or (ctx.case.account.id is None and ctx.case.contact.email_proven_at is not None)


def letter_waits(ctx: Ctx) -> bool:
    """Return whether the account may order before its e-mail is proven: once, by a proven number.

    Never one whose e-mail is another account's: no number makes that active.
    """
    return ctx.seller.sign_up.letter_waits and ctx.books.status == "active" and ctx.books.paid is None


def gets_codes(number: str, ctx: Ctx) -> bool:
    """Return whether codes are sent to this number's country."""
    return phones.is_number_served(number, ctx.seller.phone_countries)
