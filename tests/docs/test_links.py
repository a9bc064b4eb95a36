"""The documentation points at what is there, from files to make targets, and the Python written out in it runs."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command

from bot.app.settings import Settings
from bot.cli import COMMANDS, build
from tests.table import table

ROOT = Path(__file__).parents[2]
WINGS = "sandbox bot/bench bot/simulation bot/handlers/telegram_group bot/handlers/chatwoot benchmarks".split()
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / wing / "README.md" for wing in WINGS)])
KNOWN = get_command(build(*COMMANDS))
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.M | re.S)
COMMAND = re.compile(r"(?<![\w/])okienko ((?:[a-z]+(?:-[a-z]+)* ?){1,2})")
MAKE = re.compile(r"(?<![\w-])make ([a-z]+)")
OPTION = re.compile(r"(?<!\S)--[a-z]+(?:-[a-z]+)*")
SETTING = re.compile(r"OKIENKO_[A-Z0-9_]*[A-Z0-9]")
ROOMS = ("bot", "dialogs", "nlu", "services", "values", "sandbox", "profiles", "tests", "docs", "requirements")
PATH = re.compile(rf"(?<![\w/.-])(?:{'|'.join(ROOMS)})/[\w/.-]*\w/?")
# Names that stand for what a reader fills in.
OF_THE_READER = re.compile(r"[A-Z]{3,}")
WHERE = ROOT / "docs/dev/where-things-go.md"


def code_of(page: Path) -> Iterator[str]:
    for found in CODE.finditer(page.read_text("utf-8")):
        yield found[0]


def headings(page: Path) -> set[str]:
    """The anchors that a page's headings have on GitHub."""
    found = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in found}


@table("page", PAGES)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    broken: list[str] = []
    for target in LINK.findall(CODE.sub("", page.read_text("utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        if not there.exists() or (anchor and anchor not in headings(there)):
            broken.append(target)
    assert broken == []


@table("page", PAGES)
def test_every_named_command_exists(page: Path) -> None:
    unknown: list[str] = []
    for code in code_of(page):
        for words in COMMAND.findall(code):
            first, *rest = words.split()
            command = KNOWN.commands.get(first)  # type: ignore[attr-defined]
            inside = getattr(command, "commands", None)
            if command is None or (inside is not None and rest and rest[0] not in inside):
                unknown.append(words.strip())
        if code.startswith("`okienko ") and (words := code.strip("`").split()) and len(words) > 1:
            unknown += [o for o in OPTION.findall(code) if o not in options(KNOWN, words[1:])]
    assert unknown == []


def options(known: object, words: list[str]) -> set[str]:
    """The options of the command that the words name, those of its subcommand too; those of `okienko` itself."""
    found: set[str] = {"--help"}.union(*(param.opts for param in getattr(known, "params", ())))
    here: object = known
    for word in words:
        here = getattr(here, "commands", {}).get(word)
        if here is None:
            break
        found |= {option for param in getattr(here, "params", ()) for option in param.opts}
    return found


@table("page", PAGES)
def test_every_named_setting_exists(page: Path) -> None:
    known = {f"OKIENKO_{field.upper()}" for field in Settings.model_fields}
    families = {prefix for setting in known for prefix in (setting.rsplit("_", 1)[0],)}
    assert set(SETTING.findall(page.read_text("utf-8"))) - known - families == set()


@table("page", PAGES)
def test_every_named_make_target_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    assert {target for code in code_of(page) for target in MAKE.findall(code)} <= targets


@table("page", PAGES)
def test_every_named_file_of_the_house_exists(page: Path) -> None:
    missing: list[str] = []
    for code in code_of(page):
        for path in PATH.findall(code):
            if OF_THE_READER.search(path) or "NAME" in path:
                continue
            if not (ROOT / path).exists() and not list(ROOT.glob(f"{path.rstrip('/')}*")):
                missing.append(path)
    assert missing == []


def test_where_things_go_names_files_that_are_there() -> None:
    """Also those that are named by a folder before them in their row, and those whose folder is the reader's choice."""
    missing: list[str] = []
    for row in (line for line in WHERE.read_text("utf-8").splitlines() if line.startswith("|")):
        folders = [ROOT]
        for named in re.findall(r"`([\w/.]+(?:/|\.py|\.toml))`", row):
            path = OF_THE_READER.sub("*", named).rstrip("/")
            found = [one for folder in folders for one in folder.glob(path)]
            folders += [one if one.is_dir() else one.parent for one in found]
            missing += [] if found else [named]
    assert missing == []


BLOCK = re.compile(r"^```python\n(.*?)^```", re.M | re.S)
EXAMPLES = [page for page in PAGES if BLOCK.search(page.read_text("utf-8"))]


def test_there_is_an_example() -> None:
    assert ROOT / "docs" / "dev" / "the-kit.md" in EXAMPLES


@pytest.mark.parametrize("page", EXAMPLES, ids=lambda page: page.stem)
def test_its_blocks_run_one_after_the_other(page: Path) -> None:
    blocks = BLOCK.findall(page.read_text("utf-8"))
    exec(compile("\n".join(blocks), page.name, "exec"), {"__name__": page.stem})
