"""A walk that is read from its file is the one that was walked; another seller or other sources are walked anew."""

from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from dialogs.explorer import seller as explored
from dialogs.explorer.explore import SampleWorld, walk
from dialogs.explorer.watch import Walk
from dialogs.kit import Question
from tests import walks
from tests.shipped import profile

# The smallest of them.
SELLER = profile("konto_insert").seller
walk_anew = explored.walk_anew


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The languages of the sellers whose journey was walked for real, by few kinds of events."""
    found: list[str] = []

    def walking(world: SampleWorld[Any], **_how: object) -> Walk:
        found.append(",".join(world.books.seller.locales))
        return walk(
            replace(
                world,
                typed=lambda _step: (),
                happenings=lambda _case: (),
                once=lambda _case: (),
                varied=lambda _case: (),
            )
        )

    monkeypatch.setattr(explored, "walk", walking)
    return found


def told(question: Question) -> object:
    """All of it but its step's functions."""
    return (question.step.path, question.step.expects, *(getattr(question, n) for n in Question.__struct_fields__[1:]))


def test_what_is_read_is_what_was_walked(tmp_path: Path, made: list[str]) -> None:
    with walks.walks_kept(tmp_path):
        first, second = walk_anew(SELLER), walk_anew(SELLER)
    assert len(made) == 1
    for name in set(Walk.__struct_fields__) - {"journey", "asked"}:
        assert getattr(first, name) == getattr(second, name), name
    assert first.asked.keys() == second.asked.keys()
    one, other = ([told(asked) for asked in chain(*found.asked.values())] for found in (first, second))
    assert one == other
    assert [step.path for step in first.journey.steps] == [step.path for step in second.journey.steps]


def test_another_seller_or_other_sources_are_walked(
    tmp_path: Path, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with walks.walks_kept(tmp_path):
        walk_anew(SELLER)
        walk_anew(SELLER, straight=True)
        walk_anew(replace(SELLER, locales=("en",)))
        assert len(made) == 3
        monkeypatch.setattr(walks, "_sources", lambda: "others")
        walk_anew(SELLER)
    assert len(made) == 4
