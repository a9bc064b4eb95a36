"""A day without an hour, as each language writes it."""

from bot.texts.catalogue import Catalogue
from bot.texts.text import parse
from tests.table import table
from values.day import Day


@table(
    ("locale", "said"),
    [("pl", "8 maja 2027"), ("it", "8 maggio 2027"), ("en", "8 May 2027"), ("de", "8. Mai 2027")],
)
def test_a_day_is_written_as_the_language_writes_it(locale: str, said: str) -> None:
    catalogue = Catalogue({locale: {"until": parse("… {latest}")}}, {})

    assert catalogue.fill("until", {"latest": Day("2027-05-08")}, locale) == f"… {said}"


def test_italian_elides_the_article_before_it() -> None:
    catalogue = Catalogue({"it": {"until": parse("Fino al {latest}.")}}, {})

    assert catalogue.fill("until", {"latest": Day("2027-05-08")}, "it") == "Fino all’8 maggio 2027."
