"""`okienko nlu …`: what a customer may mean, by itself; how well it is read; what wasn't, and what becomes of it."""

import importlib
import sys
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli import refuse
from nlu.evaluation import INTENTS, Labelled, Measured, from_lines, from_table, measure
from nlu.intents.score import OUT_OF_SCOPE
from nlu.parse import parse_lines

SHOWN = 3
"""Sentences shown of each confusion."""
app = typer.Typer(help="Understanding: parse, measure, review, adopt, train.", no_args_is_help=True)


@app.command("parse")
def parse(
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object a line, in and out (the only form).")] = True,
    reasons: Annotated[
        bool, typer.Option("--why", help="Add what each is read by: clauses with their stance, values not given.")
    ] = False,
) -> None:
    """Lines {"text", "lang", "asked"?} on stdin → lines in the form of Rasa's /model/parse on stdout."""
    for stream, errors in ((sys.stdin, "replace"), (sys.stdout, "strict")):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=errors)
    for line in parse_lines(sys.stdin, reasons=reasons):
        # Each answer at once: the other end may be a program that waits for it.
        sys.stdout.write(line.rstrip("\n") + "\n")
        sys.stdout.flush()


@app.command("test")
def measure_reading(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Sentences with their intents: JSON lines, or .toml.")],
    at_least: Annotated[
        float, typer.Option(min=0, max=1, help="The share that must be read rightly; below it the exit code is 1.")
    ] = 0.0,
) -> None:
    """Read labelled sentences, and say how many rightly and what is taken for what.

    JSON lines are {"text", "lang", "intent", "asked"?}, as `okienko nlu review --labelled` prints them; a .toml file
    has a list of sentences for each intent in a table for each language.
    """
    found = measure(_sentences(file))
    _tell(found)
    if found.share < at_least:
        raise typer.Exit(1)


@app.command("review")
def review(
    profile: Annotated[Path | None, typer.Option(help="The seller's folder.")] = None,
    labelled: Annotated[bool, typer.Option("--labelled", help="Print those with a label instead.")] = False,
) -> None:
    """Print customers' sentences that weren't understood, or were wrongly read, as JSON lines without personal data.

    Each has the intent it is read as now, as `guess`. Agents say at /desk/overview what is right; `--labelled` prints
    that, in the form that `okienko nlu test` and `okienko nlu adopt` take.
    """
    # Imported for this command alone: `parse` starts in no time without a desk.
    lines: Any = importlib.import_module("bot.cli.nlu_review").lines
    for line in lines(profile, labelled=labelled):
        typer.echo(line)


@app.command("adopt")
def adopt(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The seller's folder.")],
    said: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Labels printed by `okienko nlu review --labelled`, not the database's."),
    ] = None,
) -> None:
    """Write what agents labelled as questions into the profile's FAQ: ways to ask, and new entries.

    They come at the end of each list and file of faq/LOCALE.toml; all else there stays as it is. What stands there
    already isn't written again. What would be a mistake in the profile changes nothing.
    """
    # Imported for this command alone, as a profile is.
    adopt_labels: Any = importlib.import_module("bot.cli.nlu_review").adopt_labels
    for line in adopt_labels(folder, said):
        typer.echo(line)


@app.command("gate")
def gate(
    file: Annotated[Path | None, typer.Option("--set", metavar="FILE", help="Another set: JSON lines.")] = None,
    take: Annotated[bool, typer.Option("--accept", help="Take the figures as the baseline from now on.")] = False,
) -> None:
    """Play messages and typed talks at desks of their own, and count what they come to, in order, by language.

    Without FILE the committed sets, some minutes; a figure that is worse than the committed baseline gives exit code 1.
    docs/dev/outcomes.md tells the form of a set and what each figure counts.
    """
    report: Any = importlib.import_module("bot.cli.nlu_gate").run  # a desk is loaded for this command alone
    bad: Any = importlib.import_module("bot.simulation.outcomes.wanted").BadSet
    last = "-"
    try:
        for last in report(file, take=take):
            typer.echo(last)
    except (bad, OSError) as error:
        refuse(str(error))
    if not last:
        raise typer.Exit(1)


@app.command("train")
def train(
    out: Annotated[
        Path, typer.Option(help="Where the numbers go. A desk reads nlu/weights.gz in its profile's folder.")
    ],
    also: Annotated[
        list[Path] | None, typer.Option(help="More labelled sentences, in the forms of `okienko nlu test`.")
    ] = None,
) -> None:
    """Train the reader of intents on the project's sentences, and on a desk's own.

    The same sentences give the same numbers. It takes about two minutes, and the extra `training`
    (docs/how-to/install.md).
    """
    more = [sentence for file in also or () for sentence in _sentences(file)]
    try:
        training: Any = importlib.import_module("nlu.training.fit")
    except ModuleNotFoundError as error:
        refuse(f"training needs {error.name}: install the extra `training` (docs/how-to/install.md)")
    number, content = training.train(more)
    out.write_bytes(content)
    typer.echo(f"{number} sentences, {len(content) // 1024} KiB: {out}")


def _sentences(file: Path) -> list[Labelled]:
    """Read a file of labelled sentences; an exit with the reason where that can't be."""
    try:
        sentences = list(_read(file))
    except OSError as error:
        refuse(f"{file}: {error.strerror}")
    except ValueError as error:
        refuse(f"{file}: {error}")
    if not sentences:
        refuse(f"{file}: there are no sentences in it")
    if unknown := sorted({one.intent for one in sentences} - {*INTENTS}):
        refuse(f"{file}: there is no intent {', '.join(unknown)}. There are: {', '.join(INTENTS)}")
    return sentences


def _read(file: Path) -> Iterator[Labelled]:
    text = file.read_text(encoding="utf-8")
    return from_table(text) if file.suffix == ".toml" else from_lines(text.splitlines())


def _tell(measured: Measured) -> None:
    sentences = [one.sentence for one in measured.readings]
    for lang in dict.fromkeys(one.lang for one in sentences):
        own = measured.of(lang=lang)
        right, number = sum(one.right for one in own.readings), len(own.readings)
        typer.echo(f"{lang}: {right} of {number} read rightly ({own.share:.1%}), macro-F1 {own.macro_f1:.2f}")
        outside = own.score(OUT_OF_SCOPE)
        if outside.recall or outside.precision:
            typer.echo(f"    out of scope: precision {outside.precision:.2f}, recall {outside.recall:.2f}")
        kinds = sorted({one.sentence.kind for one in own.readings} - {""})
        if kinds:
            typer.echo("    " + ", ".join(f"{kind} {own.of(kind=kind).share:.0%}" for kind in kinds))
    for meant, read_as, rows in measured.confusions:
        typer.echo(f"{len(rows)} × {meant} read as {read_as}")
        for one in rows[:SHOWN]:
            typer.echo(f"    {one.sentence.lang}: {one.sentence.text}")
