"""Nothing that a dialog can say is left without somebody to do it, and without a sample of what comes of it."""

from typing import TypeVar

from bot.usecases import commands, jobs
from dialogs.explorer import outcomes
from dialogs.kit import Command, Effect, Job
from dialogs.messages import MODULES
from tests.table import table

E = TypeVar("E", bound=Effect)


def said(kind: type[E]) -> set[type[E]]:
    """All effects of a kind in the dialogs' words."""
    named = (thing for module in MODULES for thing in vars(module).values() if isinstance(thing, type))
    return {thing for thing in named if issubclass(thing, kind) and thing.__module__.startswith("dialogs.messages.")}


@table(
    ("kind", "table", "where"),
    [
        (Command, commands.HANDLERS, "a function with `handles` in a module of bot/usecases/commands.py"),
        (Job, jobs.JOBS, "a function with `does` in a module of bot/usecases/jobs.py"),
    ],
)
def test_each_is_done(kind: type[Effect], table: dict[type[Effect], object], where: str) -> None:
    assert said(kind) == set(table), where
    assert len(table) > 20


def test_each_command_has_its_outcomes() -> None:
    named = {command for command in said(Command) if command.outcome is not None}
    assert said(Command) == {*outcomes.COMMANDS, *named}, "`outcome` of the class, or dialogs/explorer/outcomes.py"
    assert not named & {*outcomes.COMMANDS}
