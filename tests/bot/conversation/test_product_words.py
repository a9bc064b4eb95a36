"""A price question names a plan or an add-on by any of its words, in whatever ending."""

from pathlib import Path

from bot.conversation.product_words import products_named
from bot.profile import load
from tests.kit.rows import all_rows

PROFILES = Path(__file__).parents[3] / "profiles"


@all_rows
def test_the_one_that_is_meant(profile: str, locale: str, text: str, named: tuple[str, ...]) -> None:
    assert products_named(text, load(PROFILES / profile).renderer(), locale) == named
