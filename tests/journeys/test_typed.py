"""Customers who only type come to their ends, and what isn't an answer is handled: but for the known gaps.

The table: `python -m tests.journeys.typed`. A gap that is closed is taken off the list: `… --keep-gaps`.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk.quick_starts import in_place, made_once
from tests.journeys.typed.customer import changed, unlike
from tests.journeys.typed.going import go
from tests.journeys.typed.told import journeys, known_gaps

JOURNEYS = journeys()


@pytest.fixture(scope="module", autouse=True)
def _made_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with in_place(made_once(tmp_path_factory.mktemp("schema") / "desk.sqlite")):
        yield


@pytest.mark.parametrize("name", JOURNEYS)
async def test_a_typed_journey(name: str, tmp_path: Path) -> None:
    found = await go(name, JOURNEYS[name], tmp_path)
    gaps, known = set(found.kinds), set(known_gaps().get(name, []))
    assert gaps - known == set(), "\n".join(found.trail)
    assert known - gaps == set(), "closed: take them off the list, with --keep-gaps"


def test_gaps_are_of_journeys_there_are() -> None:
    assert set(known_gaps()) <= set(JOURNEYS)


def test_nineteen_journeys_a_language_at_every_seller_with_two_to_four_interruptions_each() -> None:
    assert len({told.profile for told in JOURNEYS.values()}) == 5
    for language in ("pl", "it", "en"):
        of_it = [told for told in JOURNEYS.values() if told.locale == language]
        assert len(of_it) == 19
        assert len({told.profile for told in of_it}) == 5
    assert all(2 <= len(told.interruption) <= 4 for told in JOURNEYS.values())


METHOD, NUMBER, EMAIL = "order.method", "company.tax_number", "account.email"


@pytest.mark.parametrize(
    ("wanted", "before", "now", "right"),
    [
        ({METHOD: "card"}, {METHOD: "blik"}, {METHOD: "card"}, True),
        ({METHOD: "card"}, {METHOD: "blik"}, {METHOD: "paypal"}, False),
        ({METHOD: "card"}, {METHOD: "blik"}, {METHOD: "blik"}, False),
        ({METHOD: "card"}, {METHOD: "blik", "order.years": 1}, {METHOD: "card"}, False),
        ({NUMBER: "2"}, {NUMBER: "1", "company.confirmed": "yes"}, {NUMBER: "2"}, True),
        ({EMAIL: "b@x.pl"}, {EMAIL: "a@x.pl"}, {EMAIL: "a@x.pl", "account.asked_email": "b@x.pl"}, True),
    ],
)
def test_only_what_was_to_change_may_have_changed(
    wanted: dict[str, str], before: dict[str, object], now: dict[str, object], *, right: bool
) -> None:
    assert (unlike(wanted, changed(before, now)) == "") is right
