"""Messages to operators where a desk can't start, or its database can't be touched: why, and what next."""

import os
import socket
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError
from typer.testing import CliRunner, Result

from bot.app.doctor.settings_checks import tell_mistakes
from bot.cli import COMMANDS, build, main
from services.store import migrate
from services.store.sqlite_files import EngineLock
from tests.kit.rows import each_row


def okienko(*words: str) -> Result:
    return CliRunner().invoke(build(words[0]), words)


def process(*words: str) -> "subprocess.CompletedProcess[str]":
    """Run what takes signals or the log over, in a process of its own."""
    command = [sys.executable, "-m", "bot.cli", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a desk's data."""
    folder = tmp_path / "data"
    for name in [one for one in os.environ if one.startswith("OKIENKO_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("OKIENKO_DATA_DIR", str(folder))
    return folder


@each_row
def test_an_address_without_a_database(data: Path, monkeypatch: pytest.MonkeyPatch, url: str, told: str) -> None:
    monkeypatch.setenv("OKIENKO_DATABASE_URL", url)
    done = process("run")
    assert done.returncode == 1
    assert done.stderr.startswith(f"okienko: {told}")
    assert "canary" not in done.stdout + done.stderr


def test_a_folder_that_cant_be_made(data: Path) -> None:
    data.write_text("a file")
    done = process("run")
    assert (done.returncode, done.stderr) == (
        1,
        f"okienko: the folder {data} can't be made: File exists. Give the desk the right to it, or name another by "
        "OKIENKO_DATA_DIR\n",
    )


def test_a_file_that_is_no_database(data: Path) -> None:
    data.mkdir()
    (data / "okienko.sqlite").write_bytes(b"no database" * 100)
    for done in (process("run"), okienko("agent", "list")):
        assert f"the database {data}/okienko.sqlite can't be opened: file is not a database" in done.stderr


def test_a_port_that_is_taken(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = process("run", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert "Stop the program that has it, or choose another by OKIENKO_PORT" in done.stderr


def test_a_database_is_taken_back_only_without_a_desk_at_work_and_to_a_known_revision(data: Path) -> None:
    data.mkdir()
    url = f"sqlite:///{data}/okienko.sqlite"
    migrate.upgrade(url)
    lock = EngineLock(data / "okienko.sqlite")
    beside = okienko("db", "downgrade", "base", "--yes")
    lock.free()
    assert (beside.exit_code, migrate.current(url)) == (1, migrate.newest())
    assert "another desk" in beside.stderr
    unknown = okienko("db", "downgrade", "9999", "--yes")
    assert unknown.exit_code == 1
    assert f"there is no revision 9999: this release knows 0001 to {migrate.newest()}, and base" in unknown.stderr
    for revision, lost in (("base", "all that it holds"), ("0001", "what only the newer schema can hold")):
        unasked = okienko("db", "downgrade", revision)
        assert (unasked.exit_code, migrate.current(url)) == (1, migrate.newest())
        assert f"this deletes {lost}, and there is no terminal to ask at: say --yes" in unasked.stderr
    emptied = okienko("db", "downgrade", "base", "--yes")
    assert (emptied.exit_code, emptied.stdout) == (0, "the database is empty\n")
    assert migrate.current(url) is None


def test_a_profile_that_isnt_there(data: Path) -> None:
    done = process("bench", "--profile", "nowhere")
    assert (done.returncode, done.stderr.startswith("okienko: nowhere/profile.toml: there is no such file")) == (
        1,
        True,
    )


@each_row
def test_it_is_told_by_its_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str, told: str
) -> None:
    monkeypatch.setenv(f"OKIENKO_{name}", value)
    monkeypatch.setattr(sys, "argv", ["okienko", "agent", "list"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("okienko: ")
    assert told in line
    assert value not in line


def test_other_mistakes_are_left_as_they_are() -> None:
    class Other(BaseModel):
        n: int

    with pytest.raises(ValidationError) as wrong:
        Other.model_validate({"n": "x"})
    with pytest.raises(ValidationError):
        list(tell_mistakes(wrong.value))


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
