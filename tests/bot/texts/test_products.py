"""What products are called: every id that an order or a subscription may keep has words, in every language."""

from msgspec.structs import replace

from bot.profile.load import load
from bot.texts.catalogue import Catalogue
from dialogs.order.products import counted, product_word, program_word
from tests.architecture.rooms import ROOT
from tests.table import table
from values.seller import Seller

PROFILES = ROOT / "profiles"
SHIPPED = sorted(path.parent.name for path in PROFILES.glob("*/profile.toml"))


def said(catalogue: Catalogue, seller: Seller, product: str) -> list[str]:
    words = (product_word(product, seller), program_word(product, seller), counted(product, 2, seller))
    return [catalogue.fill(w.key, dict(w.params), locale) for w in words for locale in seller.locales]


@table("name", SHIPPED)
def test_whatever_is_sold_or_owned_has_a_name(name: str) -> None:
    profile = load(PROFILES / name)
    seller = profile.seller
    ids = {plan.id for plan in seller.plans} | {addon.id for addon in seller.addons}
    ids |= {program.product for program in seller.programs} | {seller.free_version or "free", "never_heard_of"}
    assert all(words for product in ids for words in said(profile.catalogue, seller, product))


def test_a_plan_that_is_not_sold_any_more_keeps_the_name_that_its_texts_give() -> None:
    seller = replace(load(PROFILES / "fakturasmart").seller, plans=(), former=("standard",))
    assert product_word("standard", seller).key == "plan.standard"
    assert product_word("standard", replace(seller, former=())).key == "word.unlisted"


def test_an_add_on_is_counted_in_pieces_and_a_plan_is_only_named() -> None:
    seller = load(PROFILES / "certified_platform").seller
    assert counted("space", 2, seller).params == (("quantity", 2), ("pieces", 10))
    assert counted("base", 1, seller).key == "plan.base"
