"""Accepting: the words that an answer binds to, and an acceptance until it is recorded.

The words stand in the seller's profile. Between the question and the answer, or the answer and the record, a desk may
have been started anew with others: then it is asked again.
"""

from typing import Literal

from msgspec.structs import replace

from dialogs.kit import BoundStep, Say, need_slot
from dialogs.messages.zone import SetAutoRenewal
from dialogs.state import Ctx
from values.consent import Acceptance, Consent

RENEWAL = "auto_renewal"
"""The document with the words of the consent to automatic renewal."""


def find_manner(ctx: Ctx) -> Literal["word", "button"]:
    """Return by what the answer just given was given."""
    return "word" if ctx.typed else "button"


def make_renewal_switch(ctx: Ctx, *, on: bool, company: str = "") -> SetAutoRenewal:
    """Return the switch of the account's renewal, or of one company's; on with the consent that it needs here."""
    given = accept_terms(documents(ctx, RENEWAL), ctx) if on else ()
    seen = any(one.auto_renewal for one in ctx.books.owned if not company or one.company_id == company)
    return SetAutoRenewal(need_slot(ctx.case.account.id), on, given, find_manner(ctx), seen=seen, company=company)


def documents(ctx: Ctx, *ids: str) -> tuple[Consent, ...]:
    """Return those of the named documents that the profile has."""
    return tuple(ctx.seller.document(id) for id in ids if ctx.seller.accepts(id))


def bind_documents(asked: tuple[Consent, ...], ctx: Ctx) -> BoundStep | None:
    """Return the versions and words that an answer binds to, in the talk's language; None if nothing is asked."""
    locale = ctx.case.talk.locale
    mark = " ".join(f"{one.id}:{one.version}:{one.fingerprint(locale)}" for one in asked)
    reads = tuple(one.id for one in asked if one.headings)
    return BoundStep(mark, lambda _mark, _ctx: Say("kit.words_changed"), reads) if asked else None


def accept_terms(asked: tuple[Consent, ...], ctx: Ctx) -> tuple[Acceptance, ...]:
    """Return the answer just given as acceptances."""
    return tuple(one.accepted(ctx.case.talk.locale, ctx.now, find_manner(ctx)) for one in asked)


def accept_anew(before: tuple[Acceptance, ...], asked: tuple[Consent, ...], ctx: Ctx) -> tuple[Acceptance, ...]:
    """Return the acceptances, those just given in the place of standing ones of the same documents."""
    given = accept_terms(asked, ctx)
    replaced = [_standing(before, one.id) for one in given]
    return (*(one for one in before if one not in replaced), *given)


def take_back_acceptance(before: tuple[Acceptance, ...], id: str, ctx: Ctx) -> tuple[Acceptance, ...]:
    """Return the acceptances with the one of this document taken back, if it stands."""
    standing = _standing(before, id)
    return before if standing is None else (*before, replace(standing, at=ctx.now, how=find_manner(ctx), given=False))


def is_accepted(before: tuple[Acceptance, ...], id: str) -> bool:
    """Return whether this document was accepted, and not taken back since."""
    return _standing(before, id) is not None


def _standing(before: tuple[Acceptance, ...], id: str) -> Acceptance | None:
    """Return the acceptance of this document that wasn't taken back."""
    last = next((one for one in reversed(before) if one.id == id), None)
    return last if last is not None and last.given else None
