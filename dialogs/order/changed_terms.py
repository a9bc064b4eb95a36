"""Changed terms: documents whose words have changed since their acceptance, asked for before a renewal.

Nothing is ordered or charged while one of them is missing. Not now is an answer: the zone goes on, and the desk asks
again on the next day on which it would have charged.
"""

from msgspec.structs import replace

from dialogs.kit import Answered, Chosen, Decision, Dialog, Option, Params, Say, Word, need_slot, then
from dialogs.messages.account import LoggedIn
from dialogs.messages.renewal import AcceptDocument, DocumentAccepted, RenewalWaits
from dialogs.order import accepting
from dialogs.renewal import notices
from dialogs.state import ChangedTerms, Ctx
from values.consent import Consent
from values.meaning import BindingAct

dialog = Dialog("changed_terms", ChangedTerms, shown_as="renewal", outlives=lambda s: s)
_later = Option("changed_terms:later", "option.changed_terms.later")


def _missing(ctx: Ctx) -> tuple[str, ...]:
    """Return the documents that the account's renewal waits for, as far as the profile still has them."""
    return () if ctx.books.waits is None else tuple(id for id in ctx.books.waits.documents if ctx.seller.accepts(id))


def _ways(_s: ChangedTerms, ctx: Ctx) -> tuple[Option, ...]:
    asked = next(iter(_missing(ctx)), "terms")
    accept = "auto_renewal:yes" if asked == "auto_renewal" else f"{asked}:accept"
    return Option(accept, f"option.changed_terms.{asked}", binds=BindingAct.agree), _later


def _asked(ctx: Ctx) -> tuple[Consent, ...]:
    return accepting.documents(ctx, *_missing(ctx)[:1])


def _shown(_s: ChangedTerms, ctx: Ctx) -> Params:
    asked, waits = next(iter(_missing(ctx)), None), ctx.books.waits
    document = Word(f"consent.{asked}.text") if asked is not None else None
    return {"document": document, "ends": waits.ends_at if waits is not None else None}


accept = dialog.choose(
    "changed_terms",
    _ways,
    when=lambda s, c: s.open and bool(_missing(c)),
    done=lambda _s, _c: False,
    params=_shown,
    intents={
        "affirm": ("terms:accept", "clauses:accept", "auto_renewal:yes"),
        "deny": "changed_terms:later",
        "renewal_on": "auto_renewal:yes",
    },
    bound_to=lambda _s, c: accepting.bind_documents(_asked(c), c),
    counted=False,
    patient=True,
)


@accept.on(Chosen)
def record_acceptance(s: ChangedTerms, _e: Chosen, ctx: Ctx) -> Decision[ChangedTerms]:
    """Record the acceptance of the words that were shown."""
    return then(
        s, *(AcceptDocument(need_slot(ctx.case.account.id), one) for one in accepting.accept_terms(_asked(ctx), ctx))
    )


@accept.on(Answered)
def put_off_acceptance(s: ChangedTerms, _e: Answered, ctx: Ctx) -> Decision[ChangedTerms]:
    """Open the rest of the zone."""
    return then(replace(s, open=False), Say("changed_terms.later", _shown(s, ctx)))


@dialog.always(DocumentAccepted)
def continue_after_acceptance(s: ChangedTerms, e: DocumentAccepted, _ctx: Ctx) -> Decision[ChangedTerms]:
    """Ask for the next document, or go on with the renewal."""
    if e.left:
        return then(s)
    return then(ChangedTerms(), *(() if e.told else (Say("changed_terms.accepted"),)))


@dialog.always(RenewalWaits)
def tell_waiting_renewal(s: ChangedTerms, e: RenewalWaits, ctx: Ctx) -> Decision[ChangedTerms]:
    """Tell the renewal, its price, and the missing documents."""
    said = notices.say(e, ctx)
    if e.account_id != ctx.case.account.id:
        return then(s, Say("changed_terms.log_in", said.params))
    return then(ChangedTerms(open=True), said)


@dialog.always(LoggedIn)
def open_waiting_documents(_s: ChangedTerms, e: LoggedIn, _ctx: Ctx) -> Decision[ChangedTerms]:
    """Ask for the documents of a renewal of this account that waits."""
    return then(ChangedTerms(open=e.view.waits is not None))
