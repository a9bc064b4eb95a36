"""Answers that the profile no longer has: a plan, an add-on, a payment method, a document, a language.

They are removed from the state as it is read, before any decision: open steps ask anew, with a word of why; placed
orders stay as they were sold.
"""

from collections.abc import Callable

from msgspec.structs import replace

from dialogs.kit import Word
from dialogs.order.cart_lines import chosen_term
from dialogs.order.products import product_word, program_word
from dialogs.order.terms import set_term
from dialogs.renewal.renewing import list_cart_products
from dialogs.state import Cart, ConversationState, Order, Reminder, Renewal
from values.consent import Acceptance
from values.seller import Seller

LANGUAGE = Word("kit.gone_language")
WORDS = Word("kit.words_changed")


def fit_case(case: ConversationState, seller: Seller, said: Callable[[str], bool]) -> ConversationState:
    """Return the case as this seller's dialogs can go on with it, the very same where nothing of it is lost.

    `said` tells whether the profile has a text of this key.
    """
    gone: list[Word] = []
    fit = _chosen(_unticked(_recorded(_renewed(case, seller, gone), seller), seller, gone), seller, gone)
    told = None if _unanswered(case, said) else fit.talk.told
    locale = case.talk.locale if case.talk.locale in seller.locales else seller.locales[0]
    if locale != case.talk.locale:
        gone.append(LANGUAGE)
    talk = fit.talk
    if gone or told != talk.told:
        fit = replace(fit, talk=replace(talk, locale=locale, told=told, gone=(*talk.gone, *map(_kept, gone))))
    return fit


def _kept(word: Word) -> tuple[str, str]:
    """Return the word as the talk stores it: its key and the product that it names."""
    return word.key, str(dict(word.params).get("product", ""))


def _unanswered(case: ConversationState, said: Callable[[str], bool]) -> bool:
    """Return whether the last answer was an entry that the FAQ no longer has."""
    told = case.talk.told
    return told is not None and told.startswith("faq:") and not said(told.replace(":", ".", 1))


# --- what is bought ---


def _chosen(case: ConversationState, seller: Seller, gone: list[Word]) -> ConversationState:
    """Return cart and order without products that aren't sold any more; a placed order keeps its lines."""
    order, cart = case.order, case.cart
    lost: list[Word] = []
    cart = _sold(cart, seller, lost)
    if order.id is None:
        order = _payable(_of_term(order, cart, seller), seller, lost)
        if lost or chosen_term(order) != chosen_term(case.order):
            order = replace(order, price=None, tax=None, pay=None)
        gone += lost
    return case if (cart, order) == (case.cart, case.order) else replace(case, cart=cart, order=order)


def _sold(cart: Cart, seller: Seller, lost: list[Word]) -> Cart:
    plans, addons = {plan.id for plan in seller.plans}, {addon.id for addon in seller.addons}
    if cart.plan is not None and cart.plan not in plans:
        lost.append(product_word(cart.plan, seller))
        cart = replace(cart, plan=None, closed=None, withdrawn=True)
    if cart.addon is not None and cart.addon not in addons:
        lost.append(product_word(cart.addon, seller))
        cart = replace(cart, addon=None, unsure=None)
    if unsold := [name for name, _ in cart.extra if name not in addons]:
        lost += (product_word(name, seller) for name in unsold)
        cart = replace(cart, extra=tuple(line for line in cart.extra if line[0] in addons), closed=None)
    return cart


def _of_term(order: Order, cart: Cart, seller: Seller) -> Order:
    """Return the order without the plan of an older state, or a term that the plan isn't sold for."""
    if order.plan is not None and order.plan not in {plan.id for plan in seller.plans}:
        order = replace(order, plan=None)
    chosen = cart.plan or order.plan or (seller.plans[0].id if seller.plans else "")
    if "renewal" in seller.dialogs or (term := chosen_term(order)) is None:
        return order
    return set_term(order, term if term in seller.terms_of(chosen) else None, seller)


def _payable(order: Order, seller: Seller, lost: list[Word]) -> Order:
    if order.method in (None, "other", *seller.methods):
        return order
    lost.append(Word(f"option.method.{order.method}"))
    return replace(order, method=None, instrument=None, way=None)


# --- what is renewed ---


def _renewed(case: ConversationState, seller: Seller, gone: list[Word]) -> ConversationState:
    """Return the renewal's cart and the reminder without programs that the seller no longer has."""
    known = {program.product for program in seller.programs}
    renewal, offer = case.renewal, case.reminder.offer
    lost = [name for name in list_cart_products(renewal) if name not in known]
    if case.order.id is None and renewal.begun and lost:
        gone += (program_word(name, seller) for name in lost)
        left = tuple(name for name in list_cart_products(renewal) if name in known)
        case = replace(case, renewal=Renewal(begun=True, seen=renewal.seen, picked=left) if known else Renewal())
    if offer is not None and offer.product not in known:
        case = replace(case, reminder=Reminder(reminded=case.reminder.reminded))
    return case


# --- what is agreed to ---


def _recorded(case: ConversationState, seller: Seller) -> ConversationState:
    """Return the state without consents and documents that the profile no longer asks for."""
    consents = {consent.id for consent in seller.consents}
    documents = {document.id for document in seller.documents}
    account = case.account
    ticked = tuple(name for name in account.ticked if name in consents)
    given = account.consents and tuple(name for name in account.consents if name in consents)
    fit = replace(
        case,
        account=replace(account, ticked=ticked, consents=given, accepted=_among(account.accepted, consents)),
        order=replace(case.order, accepted=_among(case.order.accepted, documents)),
        company=replace(case.company, accepted=_among(case.company.accepted, documents)),
        einvoice=replace(case.einvoice, accepted=_among(case.einvoice.accepted, documents)),
    )
    return case if fit == case else fit


def _unticked(case: ConversationState, seller: Seller, gone: list[Word]) -> ConversationState:
    """Return the state without ticks beside documents of an order whose words aren't those that were accepted."""
    order = case.order
    if order.id is not None or not order.accepted:
        return case
    standing = {one.id: one for one in order.accepted}
    given = (id for id, one in standing.items() if one.given and getattr(order, id, None))
    reworded = [id for id in given if not seller.document(id).is_still(standing[id])]
    if not reworded:
        return case
    gone.append(WORDS)
    return replace(case, order=replace(order, **dict.fromkeys(reworded), pay=None))


def _among(accepted: tuple[Acceptance, ...], known: set[str]) -> tuple[Acceptance, ...]:
    return tuple(one for one in accepted if one.id in known)
