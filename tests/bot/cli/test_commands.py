"""The list of commands."""

from importlib.metadata import version

import pytest
from typer.testing import CliRunner

from bot.cli import COMMANDS, build


def test_every_listed_command_is_there_and_says_what_it_does() -> None:
    shown = CliRunner().invoke(build(*COMMANDS), ["--help"])
    assert shown.exit_code == 0
    assert all(name in shown.output for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_stands_alone(name: str) -> None:
    shown = CliRunner().invoke(build(name), [name, "--help"])
    assert shown.exit_code == 0, shown.output
    assert name in shown.output


def test_it_says_which_release_it_is() -> None:
    said = CliRunner().invoke(build("check"), ["--version"])
    assert (said.exit_code, said.output) == (0, f"okienko {version('okienko')}\n")
