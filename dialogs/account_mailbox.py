"""The account's mailbox, at sellers whose customers may have a certified one (PEC): whether it takes ordinary mail."""

from dataclasses import replace

from dialogs.case import Account, Ctx
from dialogs.entry import wants_new
from dialogs.kit import Answered, Decision, Dialog, Option, Say, then
from values import email as emails


def _doubtful(s: Account, ctx: Ctx) -> bool:
    certified = s.email is not None and emails.is_certified(s.email)
    return ctx.seller.sign_up.ordinary_mail and s.id is None and wants_new(s, ctx) and certified


def add_mailbox(dialog: Dialog[Account]) -> None:
    """Declare the step, behind the e-mail: the link that confirms it is ordinary mail."""
    certified = dialog.choose(
        "pec_ordinary",
        lambda _s, _c: tuple(Option(f"pec_ordinary:{v}", f"option.pec_ordinary.{v}") for v in ("yes", "no")),
        slot="pec_ordinary",
        when=_doubtful,
        needs=("email",),
        params=lambda s, _c: {"email": s.email},
        intents={"affirm": "pec_ordinary:yes", "deny": "pec_ordinary:no"},
        counted=False,
    )

    @certified.on(Answered)
    def told(s: Account, e: Answered, _ctx: Ctx) -> Decision[Account]:
        """Ask for another address where this one would never get the link."""
        if e.value == "yes":
            return then(replace(s, pec_ordinary="yes"))
        return then(replace(s, email=None, pec_ordinary=None), Say("company.pec_only", {"email": s.email}))
