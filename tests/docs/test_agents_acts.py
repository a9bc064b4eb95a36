"""docs/dev/agents-acts.md says of every act of agents what it rests on: a new one without a row fails."""

import inspect
import re

from bot.handlers.telegram_group.members import COMMANDS
from bot.usecases.agents.acts import AgentActs
from tests.architecture.rooms import ROOT

ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs/dev/agents-acts.md").read_text("utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| act ")
]
GROUNDS = ("**here**", "**theirs**", "**their yes**", "**proof**", "**desk**", "proven", "role", "supervisor")


def in_column(number: int) -> set[str]:
    return {name for row in ROWS for name in re.findall(r"`([^`]+)`", row[number])}


def test_each_act_has_a_row() -> None:
    acts = {name for name, _ in inspect.getmembers(AgentActs, inspect.iscoroutinefunction) if name[0] != "_"}
    assert {name for name in in_column(0) if name.isidentifier()} == acts


def test_each_form_of_the_console_has_a_row() -> None:
    """`docs/reference/access.md` has all routes: tests/desk/test_roles_and_routes.py holds it to the desk."""
    page = (ROOT / "docs/reference/access.md").read_text("utf-8")
    forms = set(re.findall(r"^\| POST \| `(/desk[^`]*)`", page, re.MULTILINE))
    assert {name for name in in_column(1) if name.startswith("/desk")} == forms


def test_each_command_of_the_telegram_group_has_a_row() -> None:
    assert {*COMMANDS, "note"} <= in_column(1)


def test_each_row_says_what_it_rests_on() -> None:
    assert all(len(row) == 4 and all(row) for row in ROWS)
    assert [row[0] for row in ROWS if not any(ground in row[3] for ground in GROUNDS)] == []
