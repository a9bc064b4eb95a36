"""Labelled questions written into a profile's FAQ: what stood there stays, and nothing is written twice."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.cli import build
from bot.cli.new import TEMPLATE
from bot.cli.nlu_review import NotWritable, quote_text, with_entry, with_questions
from bot.profile import load
from tests.kit.rows import each_row

EURO = {
    "pl": {"title": "Płatność w euro", "answer": "Tak, napisz na {support}."},
    "it": {"title": "Pagare in euro", "answer": "Sì, scriva a {support}."},
    "en": {"title": "Paying in euro", "answer": 'Yes.\nWrite to {support}, and say "euro" \\ €.'},
}


def way(text: str, faq: str = "support_hours", lang: str = "en") -> dict[str, Any]:
    return {"text": text, "lang": lang, "faq": faq}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TEMPLATE, tmp_path / "seller"))


def adopted(folder: Path, *rows: dict[str, Any]) -> Result:
    said = folder.parent / "said.jsonl"
    said.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    return CliRunner().invoke(build("nlu", "check"), ["nlu", "adopt", str(folder), "--said", str(said)])


def files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_ways_to_ask_and_entries_are_written_once(folder: Path) -> None:
    rows = [
        {"faq": "euro", "entry": EURO},
        way("are you there at night?"),
        way("Are you there at night"),
        way("When is support open?"),
        way("do you take euro?", "euro"),
        {"text": "ok", "lang": "en", "intent": "affirm"},
    ]
    before, told = (folder / "faq/en.toml").read_text("utf-8"), adopted(folder, *rows)
    assert told.exit_code == 0, told.stderr
    assert f"{folder / 'faq/en.toml'}: new ways to ask 1, new entries 1" in told.stdout

    known = {one.id: one for one in load(folder).faq["en"]}
    assert known["support_hours"].questions[2:] == ("are you there at night?",)
    assert known["euro"].questions == ("Paying in euro", "do you take euro?")
    assert known["euro"].answer == EURO["en"]["answer"]
    assert [one.id for one in load(folder).faq["it"]][-1] == "euro"
    assert (folder / "faq/en.toml").read_text("utf-8").startswith(before.split("questions")[0])

    once = files(folder)
    assert adopted(folder, *rows).stdout == "There is nothing to write.\n"
    assert files(folder) == once


def test_what_cant_be_written_is_named(folder: Path) -> None:
    rows = [
        {"faq": "euro", "entry": {"en": EURO["en"]}},
        way("do you take euro?", "euro"),
        way("do you take yen?", "yen"),
        way("nehmt ihr Euro?", lang="de"),
    ]
    before = files(folder)
    assert adopted(folder, *rows).stdout.splitlines() == [
        "left out: euro: it has no words in pl, it",
        "left out: “do you take euro?”: there is no entry euro",
        "left out: “do you take yen?”: there is no entry yen",
        "left out: “nehmt ihr Euro?”: the profile doesn’t speak de",
        "There is nothing to write.",
    ]
    assert files(folder) == before


def test_a_mistake_leaves_the_profile_as_it_was(folder: Path) -> None:
    before = files(folder)
    wrong = EURO | {"en": {"title": "T" * 41, "answer": "Yes."}}
    for rows in ([{"faq": "euro", "entry": wrong}], [{"faq": "No Id", "entry": EURO}]):
        refused = adopted(folder, *rows, way("are you there at night?"))
        assert refused.exit_code == 1
        assert "nothing was written" in refused.stderr
        assert files(folder) == before
    said = folder.parent / "said.jsonl"
    said.write_text('{"faq": 3}\n', "utf-8")
    refused = CliRunner().invoke(build("nlu", "check"), ["nlu", "adopt", str(folder), "--said", str(said)])
    assert (refused.exit_code, "line 1: " in refused.stderr) == (1, True)


@each_row
def test_a_list_is_added_to_in_the_form_that_it_has(written: str, becomes: str) -> None:
    def source(questions: str) -> str:
        return f'\ufeff[[entry]] # first\nid = "x"\n{questions}\nanswer = "…" # stays\n'

    assert with_questions(source(written), 0, ["b", "c"]) == source(becomes)


def test_a_list_that_is_written_otherwise_is_left_alone() -> None:
    inline = 'entry = [{id = "x", questions = ["a"]}, {id = "y", questions = ["a"]}]'
    for source, entry in ((inline, 1), ("[[entry]]\nquestions = []\n", 0)):
        with pytest.raises(NotWritable):
            with_questions(source, entry, ["b"])


def test_an_entry_comes_at_the_end_of_the_file() -> None:
    entry = '[[entry]]\nid = "x"\ntitle = "X"\nquestions = [\n    "a?",\n]\nanswer = "b"\n'
    for before, gap in (("", ""), ("# only a comment", "\n\n"), ("\ufeff", "")):
        assert with_entry(before, "x", "X", ["a?"], "b") == f"{before}{gap}{entry}"
    assert quote_text('a"\\\n\x7f') == r'"a\"\\\n\u007f"'
