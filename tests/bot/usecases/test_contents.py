"""The two tables of what a conversation can cause: nothing that a dialog can say is left without somebody to do it."""

import pytest

from bot.usecases import commands, jobs
from dialogs.explorer import outcomes
from dialogs.kit import Command, Effect, Job
from dialogs.messages import MODULES


def said(kind: type[Effect]) -> set[type[Effect]]:
    """All effects of a kind in the dialogs' words."""
    named = (thing for module in MODULES for thing in vars(module).values() if isinstance(thing, type))
    return {thing for thing in named if issubclass(thing, kind) and thing.__module__.startswith("dialogs.messages.")}


@pytest.mark.parametrize(
    ("kind", "table", "file"),
    [
        (Command, commands.TABLE, "bot/usecases/commands.py"),
        (Job, jobs.TABLE, "bot/usecases/jobs.py"),
        (Command, outcomes.COMMANDS, "dialogs/explorer/outcomes.py"),
    ],
)
def test_each_has_one_row(kind: type[Effect], table: dict[type[Effect], object], file: str) -> None:
    assert said(kind) == set(table), file
    assert len(table) > 20
