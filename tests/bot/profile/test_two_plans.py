"""A profile with a cart and two plans, made from the one that `okienko new` writes: what most sellers have."""

from pathlib import Path

import pytest

from bot.cli.check import rehearse
from bot.cli.new import begin
from bot.profile import load
from bot.simulation.script import read_scripts
from bot.simulation.scripted import play_script

WORDS = {
    "pl": (
        "Plan Pro",
        "Plan Standard: {net} netto za rok ({gross} z VAT)",
        "Plan Pro: {net} netto za rok ({gross} z VAT)",
    ),
    "it": (
        "Piano Pro",
        "Piano Standard: {net} all’anno, {gross} con IVA",
        "Piano Pro: {net} all’anno, {gross} con IVA",
    ),
    "en": ("Pro plan", "Standard plan: {net} a year, {gross} with VAT", "Pro plan: {net} a year, {gross} with VAT"),
}

PRO = '[[plan]]\nid = "pro"\nterms = ["1 year", "1 month"]\nnet = { "1 year" = "250.00", "1 month" = "25.00" }\n\n'


def two_plans(folder: Path) -> Path:
    """The tutorial's way: the dialog `cart`, a second plan, and three texts in each language."""
    begin(folder)
    profile = folder / "profile.toml"
    text = profile.read_text("utf-8").replace('dialogs = ["account"', 'dialogs = ["cart", "account"')
    text = text.replace("[[document]]", f"{PRO}[[document]]", 1)
    profile.write_text(text, "utf-8")
    for locale, (pro, *offers) in WORDS.items():
        texts = folder / f"texts/{locale}.toml"
        said = texts.read_text("utf-8").replace("[plan]\n", f'[plan]\npro = "{pro}"\n')
        said += f'\n[offer]\nstandard = "{offers[0]}"\npro = "{offers[1]}"\n'
        texts.write_text(said, "utf-8")
    return folder


def test_a_cart_with_two_plans_passes_the_check(tmp_path: Path) -> None:
    assert rehearse(load(two_plans(tmp_path / "new"))).problems == ()


@pytest.mark.parametrize("locale", sorted(WORDS))
async def test_the_conversations_that_the_starter_brings_go_on_as_written(tmp_path: Path, locale: str) -> None:
    folder = two_plans(tmp_path / "new")
    scripts, problems = read_scripts(folder, load(folder).seller)
    mine = [script for script in scripts if script.file.stem == locale]
    assert mine
    assert not problems
    for script in mine:
        outcome = await play_script(folder, script)
        assert outcome.line is None, f"{script.title}: {outcome.why}"
