"""Titles of the desk's own pages, typed wherever the customer is: the press, or what an entry of that name tells."""

import tomllib
from itertools import product
from pathlib import Path

import pytest

from bot.simulation.outcomes.trial import try_items
from bot.simulation.outcomes.wanted import Near
from values.meaning import Faq, Press

ROOT = Path(__file__).parents[3]
PLACES = ("code", "tax_number", "confirm", "pay", "payment")
NOT_HERE = frozenset(
    "change change_plan end withdraw free_version companies add_company to_pay payment invoices reminders".split()
)
"""What this seller, or this customer by then, has no button for."""


@pytest.mark.parametrize("lang", ["pl", "it", "en"])
async def test_a_title_is_pressed_and_never_guessed_from(lang: str) -> None:
    texts = tomllib.loads((ROOT / "bot" / "texts" / lang / "zone.toml").read_text(encoding="utf-8"))
    pages = {name: title for name, title in texts["option"]["zone"].items() if name not in NOT_HERE}
    assert len(pages) > 14
    asked = [Near(lang=lang, at=at, text=written) for at, title in product(PLACES, pages.values())
             for written in (title, f"{title.upper()}!")]  # fmt: skip
    by_title = {written: name for name, title in pages.items() for written in (title, f"{title.upper()}!")}
    for item, trial in await try_items(ROOT / "profiles" / "fakturasmart", lang, asked):
        name, acts = by_title[item.text], [type(one).__name__ for one in trial.commands]
        with_it = f"{item.text} at {item.at}: {trial.said.meaning}, {acts}"
        if name == "log_out_everywhere":  # read as any wish to log out is
            assert acts == ["EndLogIns"], with_it
            continue
        assert isinstance(trial.said.meaning, Press | Faq), with_it
        if isinstance(trial.said.meaning, Press):
            assert trial.said.meaning.payload == f"zone:{name}", with_it
        expected = {"log_out": ["LogOut"], "export": ["OpenOwnPage"], "log_ins": ["ListLogIns"]}
        assert acts in ([], expected.get(name, [])), with_it


async def test_deleting_takes_its_verb_and_a_yes_of_its_own() -> None:
    nouns = ["mio account", "il mio account per favore", "questo account", "account mio", "i miei dati personali"]
    verbs = ["elimina il mio account", "voglio cancellare il mio account", "rimuovete il mio account"]
    asked = [Near(lang="it", at=at, text=text) for at in ("pay", "zone") for text in (*nouns, *verbs)]
    for item, trial in await try_items(ROOT / "profiles" / "fakturasmart", "it", asked):
        assert (trial.after.own_data.page == "erase") is (item.text in verbs), item.text
