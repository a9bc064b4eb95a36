"""Whoever has an order and asks for its papers, its state, a correction, help or the way out begins no other one.

Questions about the talk itself and what was given in it are answered by the value, and nothing that looks alike is.
"""

from pathlib import Path

import pytest

from bot.simulation.outcomes.trial import TriedMessage, try_items
from bot.simulation.outcomes.wanted import Near
from tests.kit.rows import rows_beside
from values.meaning import Intent, NavigationCommand, Press

ROOT = Path(__file__).parents[3]
ROWS = rows_beside(__file__)
LINES = [(lang, at, kind, text) for lang, at, kind, texts in ROWS["_ORDERS"].rows for text in texts.split(" | ")]
ANSWERED = {"zone:invoices": "zone.no_invoices", "order_problem": "kit.for_a_person", "my_order": "payment.status"}


def meant(trial: TriedMessage) -> str:
    if trial.before.order.id is not None and trial.after.account.id is not None and trial.after.order.id is None:
        return "begins"
    match trial.said.meaning:
        case Intent(name) | NavigationCommand(name):
            return name
        case Press(payload):
            return payload
        case other:
            return type(other).__name__


@pytest.mark.parametrize("lang", ["pl", "it", "en"])
async def test_the_noun_order_is_no_wish_to_buy(lang: str) -> None:
    wanted = {(at, text): kind for code, at, kind, text in LINES if code == lang}
    assert len([kind for kind in wanted.values() if kind != "begins"]) >= 25
    found = await try_items(
        ROOT / "profiles" / "fakturasmart", lang, [Near(lang=lang, at=at, text=t) for at, t in wanted]
    )
    assert [(item.text, meant(trial)) for item, trial in found if meant(trial) != wanted[item.at, item.text]] == []
    for item, trial in found:
        key = ANSWERED.get(wanted[item.at, item.text])
        assert key is None or key in [say.key for say in trial.says], item.text


@pytest.mark.parametrize("lang", ["pl", "it", "en"])
async def test_a_question_about_the_talk_is_told_the_value(lang: str) -> None:
    nth = ["pl", "it", "en"].index(lang)
    wanted: dict[tuple[str, str], tuple[str, str]] = {}
    for name, places, *texts in ROWS["_ASKED"].rows:
        for at, value in (place.split("=") for place in places.split()):
            wanted[at, texts[nth]] = name, value
    items = [Near(lang=lang, at=at, text=text) for at, text in wanted]
    for item, trial in await try_items(ROOT / "profiles" / "fakturasmart", lang, items):
        name, value = wanted[item.at, item.text]
        assert (meant(trial) == name) is (name != "alike"), item
        assert name != "alike" or all(row[0] != meant(trial) for row in ROWS["_ASKED"].rows), item
        assert any(one in trial.text for one in value.split("/" if "E-" in value else " ")), (item, trial.text)
