"""Names of products: plans, add-ons, programs, a free version, and those no longer sold; their terms and renewal.

Every text that names a product goes by these functions, so that none asks for words that no profile has.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from dialogs.kit import Params, Word
from values.account_view import OrderView
from values.money import Money
from values.offer import Addon
from values.seller import Plan, Seller
from values.term import Term, months_of, term_shown

UNLISTED = "word.unlisted"
"""What is called by its id: the profile has no name for it any more."""


def product_word(product: str, seller: Seller) -> Word:
    """Return the name of an order's line or a subscription, by the id that both keep."""
    if product in (*(plan.id for plan in seller.plans), seller.free_version, *seller.former):
        return Word(f"plan.{product}")
    if (addon := seller.known_addon(product)) is not None:
        return Word(f"addon.{product}.title", (("unit_net", Money(addon.net, seller.currency)),))
    return program_word(product, seller)


def program_word(product: str, seller: Seller) -> Word:
    """Return the name of a program that a customer owns."""
    return (
        Word(f"program.{product}") if seller.program(product) is not None else Word(UNLISTED, (("product", product),))
    )


def has_seats(product: str, quantity: int, seller: Seller) -> bool:
    """Return whether a quantity of it counts seats: of a plan sold by the seat, or one that was."""
    sold = seller.seats_of(product) is not None or quantity != 1
    return sold and seller.known_addon(product) is None


def word_quantity(product: str, quantity: int, seller: Seller) -> Word:
    """Return a quantity in words: packs of an add-on ("100 external users"), a plan with its seats, else its name."""
    if has_seats(product, quantity, seller):
        return Word("seats.of", (("product", product_word(product, seller)), ("seats", quantity)))
    addon = seller.known_addon(product)
    return product_word(product, seller) if addon is None else pieces(addon, quantity * addon.pack)


def line_word(product: str, quantity: int, seller: Seller, *, once: bool) -> Word:
    """Return an order's line in words, with a word of what is paid once."""
    words = word_quantity(product, quantity, seller)
    return Word("order.once", (("product", words),)) if once else words


def order_words(order: OrderView, seller: Seller) -> tuple[Word, ...]:
    """Return all lines of an order in words."""
    return tuple(line_word(product, n, seller, once=product in order.once) for product, n in order.items)


def pieces(addon: Addon, number: int) -> Word:
    """Return a number of pieces of an add-on in words, whether or not they fill packs."""
    return Word(f"addon.{addon.id}.count", (("quantity", addon.packs_for(number)), ("pieces", number)))


def terms_sold(plans: Sequence[Plan]) -> Params:
    """Return the terms for which plans are sold, and whether there are several, or others for each plan."""
    terms = sorted({term for plan in plans for term in plan.terms}, key=months_of)
    alike = len({frozenset(plan.terms) for plan in plans}) == 1
    several = "no" if len(terms) == 1 else "yes" if alike else "by_plan"
    return {"terms": tuple(Word("order.period", tuple(term_shown(term).items())) for term in terms), "several": several}


def renewal_sold(seller: Seller, term: Term) -> Params:
    """Return by what rule something of this term renews itself, how it is paid then, and what never renews."""
    sold = (*(plan.id for plan in seller.plans), *(addon.id for addon in seller.addons))
    never = tuple(product_word(one, seller) for one in sold if one in seller.never_renewed)
    rules = seller.renewal_rules.of_term(term)
    return {
        "mode": seller.auto_renewal if rules.collects else "none",
        "addons": any(addon.id not in seller.never_renewed for addon in seller.addons),
        "chargeable": bool(seller.chargeable),
        "charged": tuple(Word(f"option.method.{way}") for way in seller.chargeable) or None,
        "charge_days": rules.charge_days,
        "never": never or None,
    }


def seats_shown(product: str, quantity: int, unit_net: int, seller: Seller) -> Params:
    """Return a plan's seats for the texts, with the net price of one."""
    seats = quantity if has_seats(product, quantity, seller) else None
    return {"seats": seats, "seat_net": Money(unit_net, seller.currency)}


def left_shown(left: tuple[str, int, datetime | None] | None, seller: Seller) -> Params:
    """Return for the texts what a change leaves whose money is back, and from when; None of both: nothing went."""
    if left is None:
        return {"lowers": None, "left": None, "left_from": None}
    product, number, since = left
    lowers = "now" if since is None else "next"
    return {"lowers": lowers, "left": word_quantity(product, number, seller), "left_from": since}


def extra_shown(addons: Iterable[tuple[str, int, bool]], seller: Seller) -> Params:
    """Return add-ons for the texts, how many of each and whether it is paid once: those in a line of their own."""
    words: dict[bool, tuple[Word, ...]] = {}
    for name, number, is_once in addons:
        words[is_once] = (*words.get(is_once, ()), line_word(name, number, seller, once=is_once))
    return {"extra": words.get(False), "once": words.get(True)}


def in_packs(packs: int, pack: int) -> Word:
    """Return a number of packs in words: "2 packs of 50"."""
    return Word("cart.packs", (("quantity", packs), ("pack", pack)))
