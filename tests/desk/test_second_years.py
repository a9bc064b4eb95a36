"""A customer's second year with each shipped seller, on the running desk: tests/journeys/transcripts/second_year_*.txt.

Renewals, raised prices, ends and orders after them, told with what was e-mailed, paid and is on the seller's card.
"""

from pathlib import Path
from typing import Any

import pytest

from tests.desk.diary import standing_still
from tests.desk.years import LIVES, Years, seats, starter
from tests.journeys.teller import hold_to, profile, stored
from tests.nightly import portion

pytestmark = pytest.mark.usefixtures("asked_seldom")

OWN = {"starter": starter, "seats": seats}
#: By day each seller's first language; the words of the others are in the journeys' transcripts, too.
SPOKEN = [
    (seller, locale)
    for seller, locales in ((one, profile(one).seller.locales) for one in LIVES)
    for locale in portion(locales, len(locales))
] + [(own, locale) for own in OWN for locale in portion(("pl", "it", "en"), 3)]


async def lives(seller: str, locale: str, folder: Path, **settings: Any) -> str:
    """The transcript of that customer."""
    years = Years(folder, seller, locale, settings)
    with standing_still():
        try:
            await (LIVES | OWN)[seller](years)
        finally:
            await years.stack.aclose()
    return years.diary.transcript


@pytest.mark.parametrize(("seller", "locale"), SPOKEN)
async def test_the_transcripts_are_as_they_were_read(seller: str, locale: str, tmp_path: Path) -> None:
    hold_to(f"second_year_{seller}", locale, await lives(seller, locale, tmp_path))


@pytest.mark.parametrize("seller", LIVES)
async def test_it_is_the_same_on_postgresql(seller: str, tmp_path: Path, postgres: str) -> None:
    locale = profile(seller).seller.locales[0]
    told = await lives(seller, locale, tmp_path, database_url=postgres.replace("+psycopg", ""))

    assert told == stored(f"second_year_{seller}")[locale]
