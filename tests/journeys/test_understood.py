"""Customers who only write, as transcripts that a person can read: tests/journeys/transcripts/understood.txt."""

import tomllib
from pathlib import Path

import msgspec
import pytest

from tests.architecture.rooms import ROOT
from tests.desk.diary import Diary, standing_still
from tests.desk.running import running_desk
from tests.journeys.teller import hold_to
from tests.journeys.understood_scenes import RETURNING, WARSAW, Understood, Words

WRITTEN = Path(__file__).with_name("understood.toml")
WORDS = msgspec.convert(tomllib.loads(WRITTEN.read_text("utf-8")), dict[str, Words])


@pytest.mark.parametrize("locale", sorted(WORDS))
async def test_free_words_are_enough(locale: str, tmp_path: Path) -> None:
    words = WORDS[locale]
    with standing_still():
        async with running_desk(tmp_path, profile=ROOT / "profiles/fakturasmart", secret_key="k" * 32) as desk:
            diary = Diary(desk, WARSAW, [f"What is understood: fakturasmart ({locale})"])
            told = Understood(desk, locale, words, diary)
            await told.free_words()
            await told.same_again()
            first, second = await desk.card(words.email), await desk.card(RETURNING)

    assert [order["status"] for order in first["orders"]] == ["paid"]
    assert first["einvoice"]["status"] == "active"
    assert first["companies"][0]["tax_number"] in ("1234563218", "PL1234563218")
    assert [(order["status"], order["method"]) for order in second["orders"]] == [("paid", "blik"), ("paid", "card")]
    hold_to("understood", locale, diary.transcript)
