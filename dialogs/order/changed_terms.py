"""Changed terms: documents whose words have changed since their acceptance, asked for before a renewal.

Nothing is ordered or charged while one of them is missing. Not now is an answer: the zone goes on, and the desk asks
again on the next day on which it would have charged.
"""

from msgspec.structs import replace

from dialogs.kit import Answered, Chosen, Decision, Dialog, Option, Params, Say, Word, required, then
from dialogs.messages.account import AccountLeft, LoggedIn
from dialogs.messages.renewal import AcceptDocument, DocumentAccepted, RenewalToPay, RenewalWaits, SubscriptionLapsed
from dialogs.order import accepting
from dialogs.renewal import notices
from dialogs.state import ChangedTerms, Ctx
from values.consent import Consent
from values.meaning import BindingAct

dialog = Dialog("changed_terms", ChangedTerms, shown_as="renewal", outlives=lambda s: s)
_later = Option("changed_terms:later", "option.changed_terms.later")


def _ways(s: ChangedTerms, _ctx: Ctx) -> tuple[Option, ...]:
    asked = next(iter(s.documents), "terms")
    accept = "auto_renewal:yes" if asked == "auto_renewal" else f"{asked}:accept"
    return Option(accept, f"option.changed_terms.{asked}", binds=BindingAct.agree), _later


def _asked(s: ChangedTerms, ctx: Ctx) -> tuple[Consent, ...]:
    return accepting.documents(ctx, *s.documents[:1])


def _shown(s: ChangedTerms, _ctx: Ctx) -> Params:
    asked = next(iter(s.documents), None)
    return {"document": Word(f"consent.{asked}.text") if asked is not None else None, "ends": s.ends_at}


accept = dialog.choose(
    "changed_terms",
    _ways,
    when=lambda s, c: s.open and bool(s.documents) and c.case.account.id is not None,
    done=lambda _s, _c: False,
    params=_shown,
    intents={
        "affirm": ("terms:accept", "clauses:accept", "auto_renewal:yes"),
        "deny": "changed_terms:later",
        "renewal_on": "auto_renewal:yes",
    },
    bound_to=lambda s, c: accepting.bound(_asked(s, c), c),
    counted=False,
    patient=True,
)


@accept.on(Chosen)
def accepted(s: ChangedTerms, _e: Chosen, ctx: Ctx) -> Decision[ChangedTerms]:
    """Record the acceptance of the words that were shown."""
    return then(
        s, *(AcceptDocument(required(ctx.case.account.id), one) for one in accepting.accepted(_asked(s, ctx), ctx))
    )


@accept.on(Answered)
def put_off(s: ChangedTerms, _e: Answered, ctx: Ctx) -> Decision[ChangedTerms]:
    """Open the rest of the zone."""
    return then(replace(s, open=False), Say("changed_terms.later", _shown(s, ctx)))


@dialog.always(DocumentAccepted)
def on_record(s: ChangedTerms, e: DocumentAccepted, _ctx: Ctx) -> Decision[ChangedTerms]:
    """Ask for the next document, or go on with the renewal."""
    if e.left:
        return then(replace(s, documents=e.left))
    return then(ChangedTerms(), *(() if e.told else (Say("changed_terms.accepted"),)))


@dialog.always(RenewalWaits)
def waits(s: ChangedTerms, e: RenewalWaits, ctx: Ctx) -> Decision[ChangedTerms]:
    """Tell the renewal, its price, and the missing documents."""
    said = notices.say(e, ctx)
    if e.account_id != ctx.case.account.id:
        return then(s, Say("changed_terms.log_in", said.params))
    return then(ChangedTerms(e.documents, e.ends_at, open=True), said)


@dialog.always(SubscriptionLapsed, RenewalToPay, AccountLeft)
def over(_s: ChangedTerms, _e: object, _ctx: Ctx) -> Decision[ChangedTerms]:
    return then(ChangedTerms())


@dialog.always(LoggedIn)
def logged_in(_s: ChangedTerms, e: LoggedIn, _ctx: Ctx) -> Decision[ChangedTerms]:
    """Ask for the documents of a renewal of this account that waits."""
    waits = e.view.waits
    return then(ChangedTerms() if waits is None else ChangedTerms(waits.documents, waits.ends_at, open=True))
