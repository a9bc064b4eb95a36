"""What the house's figures count, on samples that a reader can count."""

from pathlib import Path
from types import CodeType

import pytest

from benchmarks.calls import BESIDE_TURNS, CallCounter, exceeded, flat
from tests.architecture.later import arrows_to_later, later_files, loaded_by_bare_desk, unmatched_patterns
from tests.architecture.rooms import ROOT
from tests.architecture.syntax import files_of_places, paid_comparisons, personless_docstrings

PAID = """
from bot.handlers.payment_webhooks import MONEY
OWN = ("paid", "failed")
SORTED = frozenset(OWN)
if status == "paid" or status in ("open", "paid"):
    ...
if status in MONEY or status in SORTED or "paid" != other.status:
    ...
match status:
    case "paid":
        ...
label, other = "paid", {"paid": status == "open"}
"""
FIGURES = {"calls_per_turn": 100.0, "by_phase": {"read": 60.0, "decide": 40.0}, "tasks_per_turn": 3.0, "turns": 120}


def test_comparisons_with_paid_are_found_by_syntax_also_by_a_constant(monkeypatch: pytest.MonkeyPatch) -> None:
    sample, read = ROOT / "bot" / "sample_of_comparisons.py", Path.read_text
    monkeypatch.setattr(Path, "read_text", lambda of, *a, **k: PAID if of == sample else read(of, *a, **k))
    found = paid_comparisons([sample])
    assert [int(place.rpartition(":")[2]) for place in found] == [5, 5, 7, 7, 7, 10]
    assert files_of_places(found) == ("bot/sample_of_comparisons.py",)


def test_vague_docstrings_are_found() -> None:
    said = {"a": "Return what the desk owes.", "b": "Keep it for whoever asks.", "c": "Return the sum owed."}
    assert personless_docstrings(said.items()) == ("a", "b")


def test_each_pattern_of_what_came_later_names_a_file_and_a_sign_up_needs_none_of_them() -> None:
    assert not unmatched_patterns()
    assert "dialogs/order/order.py" not in later_files()
    assert "dialogs/account/account.py dialogs.lapsed (terms)" in arrows_to_later()


def test_a_live_desk_loads_no_stand_in_of_a_provider() -> None:
    assert not {"sandbox/app.py", "sandbox/smtp.py", "bot/app/sandboxed.py"} & {*loaded_by_bare_desk()}


def test_a_rise_names_its_phase_and_what_swings_passes() -> None:
    limits = {**flat(FIGURES), "phase read": 55.0, "phase decide": 38.0}
    assert [line.partition(":")[0] for line in exceeded(FIGURES, limits)] == ["phase read"]


def test_a_call_counts_to_the_innermost_phase() -> None:
    counter = CallCounter()
    load, ours, theirs = (
        code("bot/conversation/loading.py", "ConversationLoader.load"),
        code("dialogs/state.py", "Account.id"),
        (lambda: None).__code__,
    )
    assert counter.part_of(load, "request") == ("load", True)
    assert counter.part_of(ours, "load") == ("load", True)
    assert counter.part_of(theirs, "load") == ("load", False)
    assert counter.part_of(code("services/jobs/worker.py", "Worker.run"), "") == (BESIDE_TURNS, True)


def code(place: str, name: str) -> CodeType:
    return (lambda: None).__code__.replace(co_filename=str(ROOT / place), co_qualname=name)
