"""`okienko test`: a seller's own conversations, read, played and told apart from what the desk says."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import build
from bot.cli.new import begin
from bot.cli.test import as_shown
from bot.profile import load
from bot.simulation.script import read_scripts
from bot.simulation.scripted import play_script
from dialogs.journey import journey_of
from tests.architecture.rooms import ROOT
from tests.kit.rows import each_row
from tests.sellers.sellers import asking_seller
from tests.walks import walk_of_the_day

PROFILES = sorted(path.name for path in (ROOT / "profiles").iterdir() if (path / "profile.toml").is_file())
GREETING = "# Greeting\nlanguage: en\n> /start\n"


pytestmark = pytest.mark.usefixtures("kept_logging")


@pytest.fixture(autouse=True)
def _walked_as_on_other_days(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line about what was asked is of the walk that other tests make, too: by day straight ahead."""
    monkeypatch.setattr("bot.cli.test.walk_anew", lambda seller, _heed: walk_of_the_day(seller))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    begin(tmp_path / "seller")
    for file in (tmp_path / "seller" / "tests").iterdir():
        file.unlink()
    return tmp_path / "seller"


def typed(folder: Path, *written: str, options: tuple[str, ...] = ()) -> Result:
    (folder / "tests" / "own.txt").write_text("\n".join(written), "utf-8")
    return CliRunner().invoke(build("check", "test"), ["test", str(folder), *options])


async def why_not(folder: Path, *written: str) -> str:
    """Play the conversation alone; return why it isn't as written, nothing where it is."""
    (folder / "tests" / "own.txt").write_text("\n".join(written), "utf-8")
    scripts, problems = read_scripts(folder, load(folder).seller)
    assert problems == []
    return (await play_script(folder, scripts[0])).why


@pytest.mark.parametrize("name", PROFILES)
async def test_every_shipped_profile_has_conversations_and_they_are_as_written(name: str) -> None:
    profile = ROOT / "profiles" / name
    scripts, problems = read_scripts(profile, load(profile).seller)
    assert scripts
    assert problems == []

    for script in scripts:
        outcome = await play_script(profile, script)
        assert outcome.line is None, f"{script.file}:{outcome.line.number}: {outcome.why}"


def test_a_new_profile_has_tests_that_pass(tmp_path: Path) -> None:
    begin(tmp_path / "seller")

    told = CliRunner().invoke(build("check", "test"), ["test", str(tmp_path / "seller")])

    assert told.exit_code == 0, told.output
    assert "6 as written, 0 not." in told.output


def test_an_own_question_counts_as_asked_where_it_stands(tmp_path: Path) -> None:
    asking = journey_of(load(asking_seller(tmp_path / "asking")).seller)
    paths = ("own.staff", "own.branch", "own.start_day", "company.edit", "company.city")
    assert [as_shown(p, asking).partition(".")[0] for p in paths] == ["company", "order", "order", "company", "company"]


def test_other_words_are_told_with_their_line_and_what_was_said(folder: Path) -> None:
    told = typed(folder, GREETING + "< Good evening")

    assert told.exit_code == 1
    assert f"{folder / 'tests' / 'own.txt'}:4: Greeting" in told.output
    assert "< Good evening" in told.output
    assert "What can I do for you? [Buy now]" in told.output


async def test_words_are_looked_for_in_their_order(folder: Path) -> None:
    assert await why_not(folder, GREETING + "< Hello … What can I do\n< [Buy now]") == ""
    assert "the desk said" in await why_not(folder, GREETING + "< [Buy now]\n< Hello")


@each_row
async def test_what_isnt_so_is_told(folder: Path, line: str, why: str) -> None:
    assert why in await why_not(folder, GREETING + line)


async def test_time_passes_and_a_provider_fails_where_it_is_written(folder: Path) -> None:
    sms = ["> [Buy now]", "> [New account]", "> anna@example.com", "* page password=Zielony7Parasol!"]
    why = await why_not(
        folder,
        *GREETING.splitlines(),
        *sms,
        "* fails smsapi error",
        "> +48 512 000 111",
        "* waits 2 minutes",
        "* code",
        "@ company.tax_number",
    )

    assert why == ""


@each_row
def test_mistakes_are_told_before_anything_is_played(folder: Path, written: str, place: int, what: str) -> None:
    told = typed(folder, written)

    assert told.exit_code == 1
    assert f"own.txt:{place}: {what}" in told.stderr
    assert "as written" not in told.output


def test_a_file_that_is_no_text_is_named_with_its_line(folder: Path) -> None:
    (folder / "tests" / "own.txt").write_bytes(b"# a\n> Zam\xf3wienie\n")
    (folder / "tests" / "other.txt").mkdir()
    done = CliRunner().invoke(build("check", "test"), ["test", str(folder)])

    assert (done.exit_code, done.stdout) == (1, "")
    assert "own.txt:2: a character isn't written in UTF-8. Save the file as UTF-8." in done.stderr
    assert "other.txt:1: it can't be read" in done.stderr


def test_the_steps_that_nobody_comes_to_are_told_and_may_fail_it(folder: Path) -> None:
    told = typed(folder, GREETING, "> [Buy now]", options=("--fail-under", "50"))

    assert told.exit_code == 1
    assert "1 as written, 0 not." in told.output
    assert "steps asked" in told.output
    assert "company.tax_number" in told.output.partition("Never: ")[2]
    assert "account.start" not in told.output.partition("Never: ")[2]


def test_those_that_are_named_are_played_alone(folder: Path) -> None:
    written = GREETING, "# Farewell\nlanguage: en\n> /start\n< nothing of the kind"

    greeted = typed(folder, *written, options=("-k", "greet"))
    assert (greeted.exit_code, greeted.stdout.splitlines()[-1]) == (0, "1 as written, 0 not.")
    assert typed(folder, *written, options=("-k", "fare")).exit_code == 1
    assert "there is no conversation to play" in typed(folder, *written, options=("-k", "other")).stderr
