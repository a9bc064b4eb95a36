"""`okienko answers`: one table of what customers answered, in UTF-8, that no spreadsheet runs.

Messages to operators where a desk can't start, or its database can't be touched: why, and what next.
"""

import csv
import io
import os
import socket
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import BaseModel, ValidationError
from typer.testing import CliRunner, Result

from bot.app.doctor.settings_checks import tell_mistakes
from bot.cli import COMMANDS, answers, build, main
from services.questions import own_answers
from services.store import migrate
from services.store.sqlite_files import EngineLock
from services.store.tables.accounts import account
from tests.architecture.rooms import ROOT
from tests.kit.rows import each_row
from tests.sellers.sellers import profile_with
from tests.services.domain.people import NOW, buyer, placed, sign_up
from values.question import Keep

HEADER = ["customer_id", "email", "kept_with", "id", "question", "label", "answer"]
QUESTIONS = """
[[question]]
id = "{id}"
kind = "text"
after = "{after}"
keep = "{keep}"
show = [{show}]
"""
WORDS = """
[question.{id}]
ask = "?"
label = "Nazwa"
help = "Po co?"
called = "{id}"
change = "Zmień"
"""
ASKED = (
    ("listed", "account", "account", '"csv"'),
    ("shop", "company", "company", '"csv", "agent"'),
    ("wish", "order", "order", '"csv"'),
    ("secret", "account", "account", '"agent"'),
)


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> sa.Engine:
    """The database of a desk whose seller asks four questions, one of them not for the table."""
    folder = profile_with(
        tmp_path / "seller",
        "".join(QUESTIONS.format(id=id, after=after, keep=keep, show=show) for id, after, keep, show in ASKED),
    )
    for locale in ("pl", "it", "en"):
        (folder / "texts" / locale).mkdir(exist_ok=True)
        words = "".join(WORDS.format(id=one[0]) for one in ASKED)
        (folder / "texts" / locale / "asked.toml").write_text(words, "utf-8")
    url = f"sqlite:///{tmp_path}/desk.sqlite"
    migrate.upgrade(url)
    monkeypatch.setenv("OKIENKO_DATABASE_URL", url)
    monkeypatch.setenv("OKIENKO_PROFILE", str(folder))
    return sa.create_engine(url, poolclass=sa.NullPool)


def keep(connection: sa.Connection, question: str, words: str, keep: Keep = "account", holder: str = "a1") -> None:
    answer = own_answers.OwnAnswer(words or None, "Żółw", words or "brak odpowiedzi")
    owner = holder if keep == "account" else "a1"
    own_answers.keep(connection, keep=keep, holder=holder, account_id=owner, given={question: answer})


def table() -> list[list[str]]:
    """The rows that the command prints, its header first."""
    done = CliRunner().invoke(build("answers"), ["answers"])
    assert done.exit_code == 0, done.output
    return [*csv.reader(io.StringIO(done.stdout_bytes.decode("utf-8"), newline=""))]


def test_each_answer_stands_with_its_customer_and_what_it_is_kept_with(engine: sa.Engine) -> None:
    assert table() == [HEADER]
    with engine.begin() as connection:
        buyer(connection)
        number = placed(connection).number
        keep(connection, "listed", "")
        keep(connection, "secret", "never listed")
        keep(connection, "gone", "asked by an earlier profile")
        keep(connection, "shop", 'Kwiatki, "Ż"', "company", "f1")
        keep(connection, "wish", "na jutro", "order", "o1")
    customer = ["a1", "anna@example.com"]
    assert table() == [
        HEADER,
        [*customer, "account", "a1", "listed", "Żółw", ""],
        [*customer, "company", "f1", "shop", "Żółw", 'Kwiatki, "Ż"'],
        [*customer, "order", number, "wish", "Żółw", "na jutro"],
    ]


@pytest.mark.parametrize("words", ["=1+1", "+48 600", "-1", "@SUM(A1)", "＝1", '=HYPERLINK("x","y")'])
def test_no_cell_is_run_by_a_spreadsheet(engine: sa.Engine, words: str) -> None:
    with engine.begin() as connection:
        sign_up(connection, "a1", "=anna@example.com")
        keep(connection, "listed", words)
    row = table()[1]
    assert (row[1], row[-1]) == ("'=anna@example.com", f"'{words}")


def test_no_part_of_a_cell_is_run_where_semicolons_part_cells(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        sign_up(connection)
        keep(connection, "listed", "Znajomy;=1+1;\t@A1")
    assert table()[1][-1] == "Znajomy;'=1+1;'\t'@A1"


def test_the_erased_and_shadows_are_left_out(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        for n in (1, 2, 3):
            sign_up(connection, f"a{n}", f"anna{n}@example.com")
            keep(connection, "listed", "here", holder=f"a{n}")
        # Their answers are left standing here: the table doesn't rely on their having been emptied.
        connection.execute(sa.update(account).where(account.c.id == "a1").values(status="closed", closed_at=NOW))
        connection.execute(sa.update(account).where(account.c.id == "a2").values(taken=True))
    assert [row[0] for row in table()[1:]] == ["a3"]


@pytest.mark.parametrize("customers", [0, 1, 2, 3, 4, 5])
def test_each_customer_is_listed_once_however_the_pages_fall(
    engine: sa.Engine, monkeypatch: pytest.MonkeyPatch, customers: int
) -> None:
    monkeypatch.setattr(answers, "CUSTOMERS_A_PAGE", 2)
    ids = [f"a{n}" for n in range(customers)]
    with engine.begin() as connection:
        for id in ids:  # all at one moment: only the id tells where a page ends
            sign_up(connection, id, f"{id}@example.com")
        for id in ids[2:]:  # a page without answers isn't the last one
            keep(connection, "listed", "here", holder=id)
    assert [row[0] for row in table()[1:]] == ids[2:]


def test_the_table_is_utf_8_whatever_the_terminal_is(engine: sa.Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        sign_up(connection)
        keep(connection, "listed", "zażółć")
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", "answers"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.decode("utf-8").splitlines()[1].endswith(",listed,Żółw,zażółć")
    assert b"\r\r\n" not in done.stdout


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
    assert (beside.exit_code, migrate.current(url)) == (1, migrate.find_newest())
    assert "another desk" in beside.stderr
    unknown = okienko("db", "downgrade", "9999", "--yes")
    assert unknown.exit_code == 1
    assert f"there is no revision 9999: this release knows 0001 to {migrate.find_newest()}, and base" in unknown.stderr
    for revision, lost in (("base", "all that it holds"), ("0001", "what only the newer schema can hold")):
        unasked = okienko("db", "downgrade", revision)
        assert (unasked.exit_code, migrate.current(url)) == (1, migrate.find_newest())
        assert f"this deletes {lost}, and there is no terminal to ask at: say --yes" in unasked.stderr
    emptied = okienko("db", "downgrade", "base", "--yes")
    assert (emptied.exit_code, emptied.stdout) == (0, "the database is empty\n")
    assert migrate.current(url) is None


def test_a_profile_that_isnt_there(data: Path) -> None:
    done = process("bench", "--profile", "nowhere")
    assert done.returncode == 1
    assert done.stderr.startswith("okienko: nowhere/profile.toml: there is no such file")


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
