"""Corrections by form, slot and step: each is taken, or its value is offered or named, and none turns into another."""

import asyncio
import tomllib
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from bot.simulation.outcomes.judge import Verdict, judge_message
from bot.simulation.outcomes.trial import try_items
from bot.simulation.outcomes.wanted import Correct
from tests.architecture.rooms import ROOT
from tests.nightly import portion
from values.meaning import Press

GRID: dict[str, Any] = tomllib.loads(Path(__file__).with_name("grid.toml").read_text(encoding="utf-8"))


def cells(lang: str) -> Iterator[Correct]:
    """Yield each correction in a language."""
    for form, slot, step in product(GRID["forms"][lang], GRID["slots"], GRID["steps"]):
        new, old, wanted = slot["said"]
        named = "{noun}" in form or not (slot["slot"] in GRID["by_noun"] or new == "14")
        text = (form if named else f"{{noun}}: {form}").format(noun=slot["nouns"][lang], new=new, old=old)
        yield Correct(lang=lang, at=step, text=text, want={slot["slot"]: wanted})


@pytest.mark.parametrize("lang", GRID["forms"])
def test_a_correction_is_taken_in_any_form_at_any_step(lang: str) -> None:
    items = portion(cells(lang), 29)
    found = [judge_message(*one) for one in asyncio.run(try_items(ROOT / "profiles" / "fakturasmart", lang, items))]
    missed = {one.item.text: one.verdict for one in found if one.verdict is not Verdict.RIGHT}

    assert len(found) == len(items)
    assert Verdict.WRONG not in missed.values(), missed
    assert not {text for text in missed if not any(part in text for part in GRID["asked_back"])}


SENDING = {"pl": "faktury na {new}", "en": "invoices to {new}", "it": "manda le fatture a {new}"}
SEEING = {"pl": "faktury", "en": "invoices", "it": "fatture"}


@pytest.mark.parametrize("lang", SENDING)
def test_an_address_for_invoices_shows_none_and_their_name_alone_does(lang: str) -> None:
    want = {"invoice_email": "biuro@fala.example"}
    sends, sees = SENDING[lang].format(new=want["invoice_email"]), SEEING[lang]
    items = [Correct(lang=lang, at="zone", text=text, want=want) for text in (sends, sees)]
    found = [judge_message(*one) for one in asyncio.run(try_items(ROOT / "profiles" / "fakturasmart", lang, items))]
    right = [one.item.text for one in found if one.verdict is Verdict.RIGHT]
    seen = [one.item.text for one in found if one.trial.said.meaning == Press("zone:invoices")]

    assert (right, seen) == ([sends], [sees])
