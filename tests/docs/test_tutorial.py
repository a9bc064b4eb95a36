"""The first tutorial is played: `tests/first_sign_up.txt` is the page as a conversation, and has all that it says.

The page is about the web chat. What it draws by itself (links, ticks, the bank) is looked up among its texts.
"""

import asyncio
import re

from bot.profile import load
from bot.simulation.script import Mark, read_scripts
from bot.simulation.scripted import play_script
from tests.architecture.rooms import ROOT

PAGE = (ROOT / "docs/tutorial/first-sign-up.md").read_text("utf-8")
PLAYED = PAGE[PAGE.index("## The account") : PAGE.index("## What the seller sees")]
PROFILE = ROOT / "profiles/fakturasmart"
TEXTS = "\n".join(
    path.read_text("utf-8") for path in (ROOT / "bot/texts/pl/words.toml", ROOT / "bot/web/texts/pl.toml")
)

BUTTON = re.compile(r"\*\*([^*]+)\*\*")
QUOTE = re.compile(r'"([^"]+)"')
TYPED = re.compile(r"`([^`]+)`")
# Typed so or otherwise, as the page says itself.
OTHER_WAYS = {"+48 512-000-999", "chcę kupić", "1234563218"}

(SCRIPT,), PROBLEMS = read_scripts(ROOT / "tests/docs", load(PROFILE).seller)
LINES = "\n".join(line.written for line in SCRIPT.lines)


def test_the_page_is_played_to_its_end() -> None:
    assert PROBLEMS == []
    assert PLAYED.count("**") > 20, "buttons are bold"

    outcome = asyncio.run(play_script(PROFILE, SCRIPT))

    assert outcome.line is None, f"{outcome.line and outcome.line.written}: {outcome.why}"
    assert "zone.zone" in outcome.steps


def test_each_bold_word_is_a_button_that_is_pressed_or_drawn_by_the_page() -> None:
    buttons = {" ".join(found.split()) for found in BUTTON.findall(PLAYED)}
    drawn = {name for name in buttons if re.search(rf'= "{re.escape(name)}(?: \{{amount\}})?"', TEXTS)}
    pressed = {name for name in buttons if f"[{name}]" in LINES}

    assert buttons - pressed - drawn == set()


def test_each_quote_is_said_and_each_word_to_type_is_typed() -> None:
    spoken = "\n".join(line.words for line in SCRIPT.lines if line.mark is Mark.HEARS)
    typed = {line.words for line in SCRIPT.lines if line.mark is not Mark.HEARS}
    asked = {quote for quote in QUOTE.findall(PLAYED) if quote.endswith("?")}

    assert asked
    assert [quote for quote in asked if quote not in spoken] == []
    assert {word for word in TYPED.findall(PLAYED) if word not in typed} - OTHER_WAYS == set()
