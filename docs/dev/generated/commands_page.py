"""docs/reference/commands.md, made from the command line itself: run `python -m docs.dev.generated.commands_page`."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

from typer import Context
from typer.core import TyperGroup
from typer.main import get_command

from bot.cli import COMMANDS, build

PAGE = Path("docs/reference/commands.md")

HEAD = Path(__file__).with_suffix(".txt").read_text("utf-8")


def page() -> str:
    """Return the page."""
    root = get_command(build(*COMMANDS))
    return HEAD + "".join(_section(context) for context in _commands(Context(root, info_name="okienko")))


def _commands(context: Context) -> Iterator[Context]:
    """Yield what can be typed, below a command and its groups."""
    if not isinstance(context.command, TyperGroup):
        yield context
        return
    for name, inner in context.command.commands.items():
        yield from _commands(Context(inner, info_name=name, parent=context))


def _section(context: Context) -> str:
    command = context.command
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    words = inspect.cleandoc(command.help or "").replace("\\[", "[")
    records = [record for parameter in command.params if (record := parameter.get_help_record(context)) is not None]
    rows = [f"| `{_cell(name)}` | {_cell(meaning)} |\n" for name, meaning in records]
    table = ["\n| | |\n|---|---|\n", *rows] if rows else []
    return f"\n## {context.command_path}\n\n    {usage}\n\n{words}\n" + "".join(table)


def _cell(text: str) -> str:
    """Return the text in one line of a table."""
    return re.sub(r"\s+", " ", text).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
