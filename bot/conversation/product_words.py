"""Products by their words: which a sentence names, and how a seller and what it sells are called."""

import re

from bot.conversation.render import Renderer
from dialogs.order.products import counted, product_word

_WORD = re.compile(r"\w+")
ALIKE = 4
"""So many letters at the beginning make two words alike, whatever their endings: "utente" and "utenti"."""


def products_named(text: str, renderer: Renderer, locale: str) -> tuple[str, ...]:
    """Return the ids of the plans and add-ons that a sentence names best, by the words of their titles.

    None where no title's own words are in the text.
    """
    seller, said = renderer.seller, _words_in(text)
    plans = {plan.id: product_word(plan.id, seller) for plan in seller.plans}
    titles = plans | {addon.id: counted(addon.id, 1, seller) for addon in seller.addons}
    words = {id: _words_in(renderer.words(word.key, dict(word.params), locale)) for id, word in titles.items()}
    # What every title says tells none from another; and a seller's name is no plan.
    common = set.intersection(*words.values()) if len(words) > 1 else set[str]()
    own = {id: of - common - _words_in(seller.name) for id, of in words.items()}
    found = {id: sum(any(_alike(word, one) for one in said) for word in of) / len(of) for id, of in own.items() if of}
    best = max(found.values(), default=0)
    return tuple(id for id, share in found.items() if share == best) if best else ()


def names(renderer: Renderer) -> tuple[str, ...]:
    """Return the seller's own name and those of its plans and add-ons, in any of the profile's languages."""
    seller = renderer.seller
    titles = (product_word(plan.id, seller) for plan in seller.plans)
    return (seller.name, *(said for word in titles for said in renderer.said(word)))


def _words_in(text: str) -> set[str]:
    return {word for word in _WORD.findall(text.casefold()) if not word.isdigit()}


def _alike(one: str, other: str) -> bool:
    shared = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return one == other or shared >= max(ALIKE, max(len(one), len(other)) - 3)
