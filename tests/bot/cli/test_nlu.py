"""`okienko nlu`: parsing as another program uses it, and how well labelled sentences are read."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import build
from nlu.evaluation import Labelled
from nlu.intents.classifier import read_classifier
from tests.kit.rows import each_row
from values.locale import Locale

ROOT = Path(__file__).resolve().parents[3]
COMMAND = [sys.executable, "-m", "bot.cli", "nlu", "parse", "--jsonl"]
# Another program may have set up any encoding; the lines are UTF-8 all the same.
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}


def test_one_line_in_one_line_out_whatever_it_is() -> None:
    lines = [
        json.dumps({"text": "mój NIP to 123-456-32-18", "lang": "pl"}, ensure_ascii=False).encode(),
        b"not json",
        b"\xff\xfe",
        json.dumps({"text": "\ud800", "lang": "it", "asked": "nip"}).encode(),
    ]
    done = subprocess.run(COMMAND, input=b"\n".join(lines) + b"\n", env=ENVIRONMENT, capture_output=True, check=True)
    answers = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert len(answers) == len(lines)
    assert answers[0]["entities"][0]["value"] == "1234563218"
    assert all({"text", "intent", "entities", "intent_ranking"} <= set(answer) for answer in answers)


def test_each_answer_comes_before_the_next_line_is_asked_for() -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen(COMMAND, stdin=pipe, stdout=pipe, env=ENVIRONMENT) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for text in ("pomoc", "wstecz"):
            process.stdin.write(json.dumps({"text": text, "lang": "pl"}).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["text"] == text
        process.stdin.close()
        assert process.wait(10) == 0


def typed(*command: str) -> Result:
    return CliRunner().invoke(build("nlu", "check"), ["nlu", *command])


def test_labelled_sentences_are_counted_and_what_is_taken_for_what_is_shown(tmp_path: Path) -> None:
    rows = [("ile to kosztuje?", "ask_price"), ("chcę konsultanta", "talk_to_agent"), ("żółw śpi", "pay")]
    told = [json.dumps({"text": text, "lang": "pl", "intent": intent}) for text, intent in rows]
    (tmp_path / "said.jsonl").write_text("\n".join(told))
    found = typed("test", str(tmp_path / "said.jsonl"))
    assert found.exit_code == 0
    wanted = ["pl: 2 of 3 read rightly (66.7%), macro-F1 0.67", "1 × pay read as out_of_scope", "    pl: żółw śpi"]
    assert found.stdout.splitlines() == wanted
    assert typed("test", str(tmp_path / "said.jsonl"), "--at-least", "0.6").exit_code == 0
    assert typed("test", str(tmp_path / "said.jsonl"), "--at-least", "0.7").exit_code == 1


def test_labels_that_lead_to_the_faq_are_examples_of_no_intent(tmp_path: Path) -> None:
    rows = [
        {"text": "ile to kosztuje?", "lang": "pl", "intent": "ask_price"},
        {"text": "płacicie w euro?", "lang": "pl", "faq": "euro"},
        {"faq": "euro", "entry": {"pl": {"title": "Euro", "answer": "Tak."}}},
    ]
    (tmp_path / "said.jsonl").write_text("\n".join(map(json.dumps, rows)))
    assert typed("test", str(tmp_path / "said.jsonl")).stdout.startswith("pl: 1 of 1 read rightly")


def test_a_table_of_languages_and_intents_does_as_well() -> None:
    found = typed("test", str(ROOT / "tests/nlu/held_out.toml"), "--at-least", "0.8")
    assert found.exit_code == 0
    heads = [line.partition(":")[0] for line in found.stdout.splitlines()]
    assert [head for head in heads if head in ("pl", "it", "en")] == ["pl", "it", "en"]


@each_row
def test_a_file_that_cant_be_read_is_named_with_its_line(tmp_path: Path, written: str, told: str) -> None:
    (tmp_path / "said.jsonl").write_text(written)
    found = typed("test", str(tmp_path / "said.jsonl"))
    assert found.exit_code == 1
    assert told in found.stderr


def test_a_desk_trains_its_own_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = [{"text": text, "lang": "pl", "intent": "pay"} for text in ("wpłacam bobry", "bobry lecą do was")]
    (tmp_path / "said.jsonl").write_text("\n".join(map(json.dumps, said)))
    monkeypatch.setattr("nlu.training.fit.shipped_examples", lambda: SENTENCES)
    for out in ("one.gz", "two.gz"):
        trained = typed("train", "--also", str(tmp_path / "said.jsonl"), "--out", str(tmp_path / out))
        assert trained.exit_code == 0, trained.stderr
        assert trained.stdout.startswith(f"{len(SENTENCES) + 2} sentences, ")
    assert (tmp_path / "one.gz").read_bytes() == (tmp_path / "two.gz").read_bytes()

    reader = read_classifier(tmp_path / "one.gz")
    odds = dict(zip(reader.labels, reader.probabilities("bobry wpłacam jutro", Locale("pl")), strict=True))
    assert max(odds, key=odds.__getitem__) == "pay"


def test_sentences_that_cant_be_trained_with_are_refused(tmp_path: Path) -> None:
    (tmp_path / "said.jsonl").write_text('{"text": "ile", "lang": "pl", "intent": "buy_all"}')
    refused = typed("train", "--also", str(tmp_path / "said.jsonl"), "--out", str(tmp_path / "own.gz"))
    assert refused.exit_code == 1
    assert "there is no intent buy_all" in refused.stderr
    assert not (tmp_path / "own.gz").exists()


SENTENCES = [
    *(Labelled(text, "pl", "pay") for text in ("chcę zapłacić", "płacę teraz", "dajcie link", "opłacam to", "zapłacę")),
    *(Labelled(text, "pl", "greet") for text in ("cześć", "dzień dobry", "hej wam", "witam serdecznie", "siema")),
    *(
        Labelled(text, "it", "thank")
        for text in ("grazie", "grazie mille", "vi ringrazio", "grazie tante", "grazie assai")
    ),
]
