"""Names of products: plans, add-ons, programs, a free version, and those no longer sold.

Every text that names a product goes by these functions, so that none asks for words that no profile has.
"""

from dialogs.kit import Word
from values.money import Money
from values.offer import Addon
from values.seller import Seller

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


def counted(product: str, quantity: int, seller: Seller) -> Word:
    """Return a quantity in words ("100 external users"): packs of an add-on, else the product's name."""
    addon = seller.known_addon(product)
    return product_word(product, seller) if addon is None else pieces(addon, quantity * addon.pack)


def pieces(addon: Addon, number: int) -> Word:
    """Return a number of pieces of an add-on in words, whether or not they fill packs."""
    return Word(f"addon.{addon.id}.count", (("quantity", addon.packs_for(number)), ("pieces", number)))
