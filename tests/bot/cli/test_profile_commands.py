"""`okienko check`, `diagram` and `new`, as typed."""

import shutil
from functools import partial
from io import StringIO
from itertools import count as count_from
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from bot.cli import build
from bot.cli.new import TEMPLATE
from bot.cli.progress import shown_progress
from tests.architecture.rooms import ROOT
from tests.table import table

FAKTURASMART, VECTRA = (str(ROOT / f"profiles/{name}") for name in ("fakturasmart", "vectra"))


def okienko(*words: str) -> Result:
    return CliRunner().invoke(build("check", "diagram", "new"), list(words))


@pytest.fixture
def spoilt(tmp_path: Path) -> Path:
    folder = Path(shutil.copytree(TEMPLATE, tmp_path / "spoilt"))
    profile = folder / "profile.toml"
    profile.write_text(profile.read_text("utf-8").replace("vat_percent = 23", "vat_percent = 230"), "utf-8")
    return folder


def test_a_right_profile_is_told_so() -> None:
    told = okienko("check", FAKTURASMART)

    assert told.exit_code == 0, told.stderr
    assert "all is well" in told.stdout
    assert told.stderr == ""


@table(("terminal", "ci", "count"), [(True, "", "3/12"), (False, "", "3 of about 12, 60 s left"), (False, "CI", "")])
def test_a_walk_shows_how_far_it_is_of_what_the_last_one_came_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, terminal: bool, ci: str, count: str
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv(ci or "NO_CI", "1")
    written = StringIO()
    for last in (12, 3):
        now = partial(next, count_from(step=20))
        console = Console(file=written, force_terminal=terminal, width=90)
        with shown_progress("Playing", "mine", console=console, now=now) as heed:
            heed(last, 9)

    assert count in written.getvalue()
    assert bool(written.getvalue()) is bool(count)


def test_a_first_walk_has_an_end_and_its_share_never_falls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("CI", raising=False)
    written, now = StringIO(), partial(next, count_from(step=20))
    with shown_progress("Playing", "new", console=Console(file=written, width=90), now=now) as heed:
        for number, waiting in ((0, 1), (10, 5), (40, 60), (160, 0)):
            heed(number, waiting)

    ends = [int(line.split(" of about ")[1].split(",")[0]) for line in written.getvalue().splitlines()[1:]]
    assert ends == [50, 200, 160]


def test_a_mistake_is_told_with_its_place_and_the_command_fails(spoilt: Path) -> None:
    told = okienko("check", str(spoilt))

    assert told.exit_code == 1
    assert f"{spoilt / 'profile.toml'}:7: vat_percent" in told.stderr
    assert told.stderr.endswith("1 mistake.\n")
    assert "vat_percent" in okienko("diagram", str(spoilt)).stderr


def test_the_diagram_is_mermaid_and_nothing_else() -> None:
    told = okienko("diagram", FAKTURASMART, "--dialog", "payment")

    assert told.exit_code == 0
    assert told.stdout.startswith("flowchart TD\n")
    assert "subgraph payment" in told.stdout
    assert "subgraph account" not in told.stdout


def test_an_overview_speaks_the_profile_s_words_from_start_to_end() -> None:
    told = okienko("diagram", FAKTURASMART, "--overview").stdout

    assert told.startswith('flowchart TD\n  start((●))\n  subgraph way [" "]\n    account["<b>Konto</b><br/>')
    assert 'company -->|"Zgadza się"| order\n' in told
    assert "  payment --> einvoice\n" in told
    assert "account --> payment" not in told, "a shortcut of those who log in"
    assert told.endswith('  way <-.-> handoff["<b>Kontakt z konsultantem</b>"]\n')
    assert "account --> zone" in okienko("diagram", VECTRA, "--overview").stdout, "there no longer way leads on"
    assert "LoggedIn" not in told


@table(
    ("asked", "why"),
    [("--dialog=paymnet", "account, contact, company"), ("--overview --dialog=payment", "leave out --")],
)
def test_what_cant_be_drawn_is_refused(asked: str, why: str) -> None:
    told = okienko("diagram", FAKTURASMART, *asked.split())
    assert (told.exit_code, why in told.stderr) == (1, True)


def test_a_new_profile_is_written_once(tmp_path: Path) -> None:
    mine = str(tmp_path / "mine")

    assert okienko("new", mine).exit_code == 0
    assert (tmp_path / "mine/profile.toml").is_file()

    again = okienko("new", mine)
    assert again.exit_code == 1
    assert "isn't empty" in again.stderr
