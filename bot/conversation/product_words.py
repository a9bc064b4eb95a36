"""Products and consents by their words: which a sentence names, and how a seller and what it sells are called."""

import re
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from bot.conversation.render import Renderer
from dialogs.kit import Word
from dialogs.order.products import product_word, word_quantity
from nlu.facts.named_choices import FoundFact
from nlu.languages.language import Languages
from nlu.named.consent_names import EINVOICE, RENEWAL
from nlu.named.restated import named_length
from nlu.phrase_lines import Forms
from nlu.questions.asking import asks
from nlu.reading import Reading
from values.account_view import CompanyView
from values.consent import VOICE, Consent
from values.expected import ConsentName, Expected, Nameable
from values.meaning import Fact
from values.parsing import fold_words
from values.term import short_form

_TRIALS, _ONCE = Forms("trials"), Forms("once")
_CLAUSES, _LONGEST = re.compile(r"(?<=[,;.!?])"), 400
_WORD = re.compile(r"\w+")
SEAT_WORDS = ("user", "users", "utenti", "użytkownik", "stanowisko", "stanowiska", "seat", "seats", "Lizenz")
_LEAST_NAME, _FORMS = 3, frozenset("srl spa gmbh ltd spółka firma company usługi services".split())
ALIKE = 4
"""So many letters at the beginning make two words alike, whatever their endings: "utente" and "utenti"."""


def products_named(text: str, renderer: Renderer, locale: str) -> tuple[str, ...]:
    """Return the ids of the plans and add-ons that a sentence names best, by the words of their titles.

    None where no title's own words are in the text, unless it speaks of a set-up fee: of all that is paid once.
    """
    seller, said = renderer.seller, _words_in(text)
    plans = {plan.id: product_word(plan.id, seller) for plan in seller.plans}
    titles = plans | {addon.id: word_quantity(addon.id, 1, seller) for addon in seller.addons}
    words = {id: _words_in(renderer.words(word.key, dict(word.params), locale)) for id, word in titles.items()}
    # What every title says tells none from another; and a seller's name is no plan.
    common = set.intersection(*words.values()) if len(words) > 1 else set[str]()
    own = {id: of - common - _words_in(seller.name) for id, of in words.items()}
    found = {id: sum(any(_alike(word, one) for one in said) for word in of) / len(of) for id, of in own.items() if of}
    named = _find_best(found)
    once = tuple(addon.id for addon in seller.addons if addon.once) if _ONCE.fee.search(fold_words(text)) else ()
    return tuple(id for id in named if id in once) or once or named


def companies_named(text: str, known: Sequence[CompanyView]) -> tuple[str, ...]:
    """Return the ids of the companies, of several, that a message names best: by words of their own, or by number."""
    said, digits = _words_in(text), re.sub(r"\D", "", text)
    if named := tuple(one.id for one in known if one.tax_number and re.sub(r"\D", "", one.tax_number) in digits):
        return named
    words = {one.id: {word for word in _words_in(one.name) if len(word) >= _LEAST_NAME} for one in known}
    common = set.intersection(*words.values()) if len(words) > 1 else set[str]()
    own = {id: of - common - _FORMS for id, of in words.items()}
    return _find_best({id: sum(any(_alike(word, one) for one in said) for word in of) for id, of in own.items()})


def asks_fee(text: str, renderer: Renderer) -> bool:
    """Return whether a message asks what is to be paid once: for the set-up, whatever the seller calls it."""
    said = fold_words(text)
    sold = any(addon.once for addon in renderer.seller.addons)
    return sold and _ONCE.fee.search(said) is not None and _ONCE.priced.search(said) is not None


def with_term(
    reading: Reading, expected: Expected, nameable: Sequence[Nameable], seats: Sequence[str], langs: Languages
) -> Reading:
    """Return a reading of seats with the term that the message names beside their number."""
    term = None if "?" in reading.text else named_length(reading.text, langs, seats)[0]
    if term is None or not any(choice.step == "term" for choice in nameable):
        return reading
    fact = Fact("term", short_form(term), corrects="term" in expected.correctable)
    return replace(reading, facts=(*(one for one in reading.facts if one.fact.kind != "term"), FoundFact(fact)))


def trial_told(text: str, langs: Languages, *, declined: bool) -> tuple[str, str] | None:
    """Return whether a message declines a trial, or, `declined` before, wants it again; and what else it says."""
    parts = _CLAUSES.split(text[:_LONGEST])
    for i, part in enumerate(parts):
        said = fold_words(part)
        if asks(part, langs) and not _TRIALS.may.search(said):
            continue
        if (found := _TRIALS.declined.search(said)) is None:
            if declined and _TRIALS.wanted.search(said):
                return "want_trial", ""
        elif not (found["undone"] and _TRIALS.kept.search(said[: found.start()].rstrip())):
            rest = f"{said[: found.start()]} {said[found.end() :]}"
            return "decline_trial", "".join((*parts[:i], rest, *parts[i + 1 :])).strip(" ,;.!")
    return None


def names(renderer: Renderer) -> tuple[str, ...]:
    """Return the seller's own name and those of its plans and add-ons, in any of the profile's languages."""
    seller = renderer.seller
    titles = (product_word(plan.id, seller) for plan in seller.plans)
    seats = SEAT_WORDS if any(plan.seats for plan in seller.plans) else ()
    return (seller.name, *(said for word in titles for said in renderer.said(word)), *seats)


def _words_in(text: str) -> set[str]:
    return {word for word in _WORD.findall(text.casefold()) if not word.isdigit()}


def _find_best(found: Mapping[str, float]) -> tuple[str, ...]:
    best = max(found.values(), default=0)
    return tuple(id for id, score in found.items() if score == best) if best else ()


def _alike(one: str, other: str) -> bool:
    shared = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return one == other or shared >= max(ALIKE, max(len(one), len(other)) - 3)


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
