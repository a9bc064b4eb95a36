"""The mailbox of an account: what is asked about an address that is given, before letters go there.

Its domain may be a slip of a well-known one, or it may be a certified mailbox (PEC), which doesn't always take ordinary
mail. An address without such a doubt is asked nothing about.
"""

from msgspec.structs import replace

from dialogs.account.entry import is_making_account
from dialogs.kit import Answered, Decision, Dialog, Option, Say, need_slot, then
from dialogs.kit.reaction import never
from dialogs.messages.account import ChangeEmail
from dialogs.state import Account, Ctx
from values import email as emails

_ANOTHER = Option("edit:email", "edit.email", hidden=True)
"""Another address, typed at a question about this one, is the answer."""


def change_email(s: Account, e: Answered, ctx: Ctx) -> Decision[Account]:
    """Change the address of an account that is made already, unless it is proven."""
    email = str(e.value)
    if email == s.next_email:  # said once more at the question of its domain: that it is right
        return _changed(replace(s, domain_asked=(*s.domain_asked, email)), email, ctx)
    asked = replace(s, next_email=email, pec_ordinary=None)
    return then(asked) if _meant(asked, ctx) else _changed(s, email, ctx)


def _changed(s: Account, email: str, ctx: Ctx) -> Decision[Account]:
    if _is_certified(email, ctx):
        return then(replace(s, next_email=email, pec_ordinary=None))
    return then(replace(s, next_email=None), ChangeEmail(need_slot(s.id), email))


def add_mailbox(dialog: Dialog[Account]) -> None:
    """Declare the steps behind the e-mail: the link that confirms it is ordinary mail, and is to arrive."""
    _domain(dialog)
    _certified(dialog)


def _given(s: Account, ctx: Ctx) -> str | None:
    """Return the address that may be in doubt: a new account's, or one to change to."""
    if s.id is not None:
        return s.next_email
    return s.email if is_making_account(s, ctx) else None


def _meant(s: Account, ctx: Ctx) -> str | None:
    """Return the address that was likely meant; None where the one given is asked nothing about, or was already."""
    given = s.next_email if s.id is not None else s.email
    if given is None or given in s.domain_asked:
        return None
    likely = emails.likely_meant(given)
    return likely if likely is None or _given(s, ctx) is not None else None


def _domain(dialog: Dialog[Account]) -> None:
    slipped = dialog.choose(
        "domain",
        lambda s, c: (
            Option("domain:corrected", "option.domain.corrected", {"email": _meant(s, c)}),
            Option("domain:as_it_is", "option.domain.as_it_is"),
            _ANOTHER,
        ),
        done=never,
        when=lambda s, c: _meant(s, c) is not None,
        needs=("email",),
        params=lambda s, c: {"email": _meant(s, c), "given": _given(s, c)},
        intents={"affirm": "domain:corrected", "deny": "domain:as_it_is", "again:email": "domain:as_it_is"},
        counted=False,
    )

    @slipped.on(Answered)
    def take_right_email(s: Account, e: Answered, ctx: Ctx) -> Decision[Account]:
        """Take the address that is right, and ask no more about the one given."""
        given = need_slot(_given(s, ctx))
        email = need_slot(_meant(s, ctx)) if e.value == "corrected" else given
        settled = replace(s, domain_asked=(*s.domain_asked, given))
        return _changed(settled, email, ctx) if s.id is not None else then(replace(settled, email=email))


def _doubtful(s: Account, ctx: Ctx) -> bool:
    """Return whether the mailbox may refuse ordinary mail."""
    given = _given(s, ctx)
    return given is not None and _is_certified(given, ctx)


def _is_certified(email: str, ctx: Ctx) -> bool:
    return ctx.seller.sign_up.ordinary_mail and emails.is_certified(email)


def _certified(dialog: Dialog[Account]) -> None:
    certified = dialog.choose(
        "pec_ordinary",
        lambda _s, _c: (*(Option(f"pec_ordinary:{v}", f"option.pec_ordinary.{v}") for v in ("yes", "no")), _ANOTHER),
        slot="pec_ordinary",
        when=_doubtful,
        needs=("email",),
        params=lambda s, _c: {"email": s.next_email or s.email},
        intents={"affirm": "pec_ordinary:yes", "deny": "pec_ordinary:no"},
        counted=False,
    )

    @certified.on(Answered)
    def judge_certified_email(s: Account, e: Answered, ctx: Ctx) -> Decision[Account]:
        """Ask for another address where this one would never get the link; an account keeps the one it has."""
        if s.next_email is not None:
            change = ChangeEmail(need_slot(s.id), s.next_email) if e.value == "yes" else _kept(s, ctx)
            return then(replace(s, next_email=None, pec_ordinary="yes"), change)
        if e.value == "yes":
            return then(replace(s, pec_ordinary="yes"))
        return then(replace(s, email=None, pec_ordinary=None), Say("company.pec_only", {"email": s.email}))


def _kept(s: Account, ctx: Ctx) -> Say:
    return Say("account.email_kept", {"email": ctx.case.find_email(ctx.books), "refused": s.next_email})
