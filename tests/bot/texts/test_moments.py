"""Days and hours: as the language writes them, with the articles that fit them."""

from datetime import UTC, datetime

from bot.texts.catalogue import Catalogue
from bot.texts.moments import elided, moment, moment_this_year
from bot.texts.text import parse
from tests.kit.cases import cases
from tests.table import table

AT = datetime(2026, 11, 24, 16, 5, tzinfo=UTC)


@table(
    ("locale", "said"),
    [
        ("pl", "24 listopada 2026, 16:05"),
        ("it", "24 novembre 2026, ore 16:05"),
        ("en", "24 November 2026, 16:05"),
        ("de", "24. November 2026, 16:05"),
    ],
)
def test_hours_run_to_24(locale: str, said: str) -> None:
    assert moment(AT, locale) == said
    assert moment_this_year(AT, locale) == said.replace(" 2026", "")


@table(("written", "said"), cases(__file__, "moments.articles"))
def test_italian_articles_are_elided_before_a_vowel(written: str, said: str) -> None:
    assert elided(written, "it") == said
    assert elided(written, "pl") == written


def test_a_name_that_ends_with_a_stop_ends_the_sentence() -> None:
    catalogue = Catalogue({"pl": {"saved": parse("Zapisane: {name}. Dalej?")}}, {})
    assert catalogue.fill("saved", {"name": "Bursztyn sp. z o.o."}, "pl") == "Zapisane: Bursztyn sp. z o.o. Dalej?"
