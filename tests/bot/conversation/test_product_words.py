"""A price question names a plan or an add-on by any of its words, in whatever ending."""

from pathlib import Path

from bot.conversation.product_words import products_named
from bot.profile import load
from tests.table import table

PROFILES = Path(__file__).parents[3] / "profiles"


@table(
    ("profile", "locale", "text", "named"),
    [
        ("kontorblatt", "de", "Was kostet Team?", ("team",)),
        ("kontorblatt", "en", "how much is Kanzlei?", ("kanzlei",)),
        ("kontorblatt", "en", "how much is it?", ()),
        ("certified_platform", "it", "quanto costa un utente in più?", ("users",)),
        ("certified_platform", "it", "quanto costano gli utenti esterni?", ("external_users",)),
        ("certified_platform", "pl", "ile kosztuje dodatkowe miejsce?", ("space",)),
        ("certified_platform", "it", "quanto costa?", ()),
    ],
)
def test_the_one_that_is_meant(profile: str, locale: str, text: str, named: tuple[str, ...]) -> None:
    assert products_named(text, load(PROFILES / profile).renderer(), locale) == named
