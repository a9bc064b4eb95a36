"""Two copies of a record, changed apart."""

from itertools import product

from msgspec import Struct

from values.three_way import merge_changes


class Pair(Struct, frozen=True):
    one: str
    other: str


SEEN = Pair("a", "b")
ALL = [Pair(one, other) for one, other in product("axy", "bxy")]


def test_what_each_has_changed_stands_and_nobodys_change_is_lost() -> None:
    for mine, now in product(ALL, ALL):
        merged = merge_changes(SEEN, mine, now)
        for name in ("one", "other"):
            was, ours, theirs = (getattr(of, name) for of in (SEEN, mine, now))
            if merged is None:
                continue
            assert getattr(merged, name) == (ours if ours != was else theirs)
            assert theirs in (was, getattr(merged, name)), "another's change is never undone"
        twice = any(len({getattr(of, name) for of in (SEEN, mine, now)}) == 3 for name in ("one", "other"))
        assert (merged is None) == twice, (mine, now)


def test_nothing_seen_is_nothing_known() -> None:
    assert merge_changes(None, SEEN, SEEN) == SEEN
    assert merge_changes(None, Pair("a", "x"), SEEN) is None
