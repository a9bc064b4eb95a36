"""The account's mailbox, at sellers whose customers may have a certified one (PEC): whether it takes ordinary mail."""

from dataclasses import replace

from dialogs.account.entry import wants_new
from dialogs.kit import Answered, Decision, Dialog, Option, Say, then
from dialogs.messages.account import ChangeEmail
from dialogs.state import Account, Ctx
from values import email as emails


def _doubtful(s: Account, ctx: Ctx) -> bool:
    """Of a new account's address, and of one that an account is to change to."""
    if s.id is not None:
        return s.next_email is not None
    return wants_new(s, ctx) and s.email is not None and _is_certified(s.email, ctx)


def _is_certified(email: str, ctx: Ctx) -> bool:
    return ctx.seller.sign_up.ordinary_mail and emails.is_certified(email)


def another_email(s: Account, e: Answered, ctx: Ctx) -> Decision[Account]:
    """Behind the made account: the address is changed there, unless it is proven."""
    email = str(e.value)
    if _is_certified(email, ctx):
        return then(replace(s, next_email=email, pec_ordinary=None))
    return then(replace(s, next_email=None), ChangeEmail(s.id or "", email))


def add_mailbox(dialog: Dialog[Account]) -> None:
    """Declare the step, behind the e-mail: the link that confirms it is ordinary mail."""
    certified = dialog.choose(
        "pec_ordinary",
        lambda _s, _c: tuple(Option(f"pec_ordinary:{v}", f"option.pec_ordinary.{v}") for v in ("yes", "no")),
        slot="pec_ordinary",
        when=_doubtful,
        needs=("email",),
        params=lambda s, _c: {"email": s.next_email or s.email},
        intents={"affirm": "pec_ordinary:yes", "deny": "pec_ordinary:no"},
        counted=False,
    )

    @certified.on(Answered)
    def told(s: Account, e: Answered, _ctx: Ctx) -> Decision[Account]:
        """Ask for another address where this one would never get the link; an account keeps the one it has."""
        if s.next_email is not None:
            change = ChangeEmail(s.id or "", s.next_email) if e.value == "yes" else _kept(s)
            return then(replace(s, next_email=None, pec_ordinary="yes"), change)
        if e.value == "yes":
            return then(replace(s, pec_ordinary="yes"))
        return then(replace(s, email=None, pec_ordinary=None), Say("company.pec_only", {"email": s.email}))


def _kept(s: Account) -> Say:
    return Say("account.email_kept", {"email": s.email, "refused": s.next_email})
