"""`okienko nlu parse --jsonl` as another program uses it."""

import json
import os
import subprocess
import sys
from pathlib import Path

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
