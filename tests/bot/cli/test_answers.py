"""`okienko answers`: one table of what customers answered, in UTF-8, that no spreadsheet runs."""

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from bot.cli import answers, build
from services.questions import own_answers
from services.questions.own_answers import OwnAnswer
from services.store import migrate
from services.store.tables.accounts import account
from tests.architecture.rooms import ROOT
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
    answer = OwnAnswer(words or None, "Żółw", words or "brak odpowiedzi")
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
