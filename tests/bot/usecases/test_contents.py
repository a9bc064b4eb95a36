"""The two tables of what a conversation can cause: nothing that a dialog can say is left without somebody to do it."""

import importlib
import pkgutil

import pytest

import dialogs.messages
from bot.usecases import commands, jobs
from dialogs.kit import Command, Effect, Job


def said(kind: type[Effect]) -> set[type[Effect]]:
    """All effects of a kind in the dialogs' words."""
    modules = [
        importlib.import_module(f"dialogs.messages.{found.name}")
        for found in pkgutil.iter_modules(dialogs.messages.__path__)
    ]
    named = [thing for module in modules for thing in vars(module).values() if isinstance(thing, type)]
    return {thing for thing in named if issubclass(thing, kind) and thing is not kind}


@pytest.mark.parametrize(("kind", "table"), [(Command, commands.TABLE), (Job, jobs.TABLE)])
def test_each_has_one_row(kind: type[Effect], table: dict[type[Effect], object]) -> None:
    assert said(kind) == set(table)
    assert len(table) > 20
