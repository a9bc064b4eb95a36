"""docs/reference/diagrams.md has every shipped seller with its dialogs in their order, and each dialog once.

That its arrows are those of today costs a walk of every seller: `python -m bot.reference.diagrams_page` draws it anew.
"""

import re

from bot.profile import load
from bot.reference.diagrams_page import HEAD, PAGE, PROFILES
from dialogs.journey import ALL, journey
from tests.architecture.rooms import ROOT

DRAWN = (ROOT / PAGE).read_text("utf-8")
SELLERS = {path.parent.name: path.parent for path in sorted((ROOT / PROFILES).glob("*/profile.toml"))}


def test_each_seller_has_its_overview_with_its_dialogs_in_their_order() -> None:
    assert DRAWN.startswith(HEAD)
    for name, folder in SELLERS.items():
        order = " → ".join(f"`{dialog}`" for dialog in journey(load(folder).seller.dialogs).dialogs)
        assert f"\n## {name}\n\n{order}\n\n```mermaid\nflowchart TD\n" in DRAWN, (
            "run python -m bot.reference.diagrams_page"
        )


def test_each_dialog_is_drawn_once_with_steps_that_there_are() -> None:
    drawn = re.findall(r"^### (\w+)$", DRAWN, re.M)
    assert len(drawn) == len(set(drawn))
    assert set(drawn) <= set(ALL)
    steps = {f"{name}__{step.name}" for name, dialog in ALL.items() for step in dialog.steps}
    named = set(re.findall(r"^ +(\w+__\w+)[\[(]", DRAWN, re.M))
    assert named <= steps, "run python -m bot.reference.diagrams_page"
