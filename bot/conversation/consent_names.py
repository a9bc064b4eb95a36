"""The profile's consents as customers may name them, in any of its languages."""

from bot.conversation.render import Renderer
from dialogs.kit import Word
from nlu.named.consent_names import EINVOICE, RENEWAL
from values.consent import VOICE, Consent
from values.meaning import ConsentName


def consent_names(renderer: Renderer) -> tuple[ConsentName, ...]:
    """Return the consents that may be given or taken back in words.

    Those of an account, those to being heard and to e-invoices, and that to renewal where nothing is sold without it.
    """
    seller = renderer.seller
    einvoice = (seller.document(EINVOICE),) if seller.accepts(EINVOICE) else ()
    demanded = seller.auto_renewal == "obligatory" and seller.accepts(RENEWAL)
    renewal = (seller.document(RENEWAL),) if demanded else ()
    voice = (seller.document(VOICE),) if seller.accepts(VOICE) else ()
    return tuple(_name(one, renderer) for one in (*seller.consents, *voice, *einvoice, *renewal))


def _name(consent: Consent, renderer: Renderer) -> ConsentName:
    obligatory = consent.obligatory and consent.id not in (EINVOICE, VOICE)
    titles = (*_said(consent, "title", renderer), *_called(consent, renderer))
    return ConsentName(consent.id, obligatory, titles, _said(consent, "text", renderer))


def _called(consent: Consent, renderer: Renderer) -> tuple[str, ...]:
    """Return each of the further names that the texts give, between commas."""
    every = (form.strip() for said in _said(consent, "called", renderer) for form in said.split(","))
    return tuple(form for form in every if form)


def _said(consent: Consent, part: str, renderer: Renderer) -> tuple[str, ...]:
    key = f"consent.{consent.id}.{part}"
    return renderer.said(Word(key)) if renderer.has(key, renderer.seller.locales[0]) else ()
