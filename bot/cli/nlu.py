"""`okienko nlu …`: what a customer may mean, by itself."""

import sys
from io import TextIOWrapper
from typing import Annotated

import typer

from nlu.parse import parse_lines

app = typer.Typer(help="Understanding, without a desk.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps `parse` a command of its own, also while it is the only one."""


@app.command("parse")
def parse(
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object a line, in and out (the only form).")] = True,
) -> None:
    """Lines {"text", "lang", "asked"?} on stdin → lines in the form of Rasa's /model/parse on stdout."""
    for stream, errors in ((sys.stdin, "replace"), (sys.stdout, "strict")):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=errors)
    for line in parse_lines(sys.stdin):
        # Each answer at once: the other end may be a program that waits for it.
        sys.stdout.write(line.rstrip("\n") + "\n")
        sys.stdout.flush()
