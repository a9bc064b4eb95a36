"""What is found in a text, and the piece of it that is shown."""

from hypothesis import given
from hypothesis import strategies as st

from tests.kit.rows import all_rows
from tests.table import table
from values.search_terms import MOST_WORDS, SearchTerms, folded, parse_search, snippet


def hit(text: str, looked_for: str) -> bool:
    wanted = parse_search(looked_for)
    assert wanted is not None
    return all(needle in folded(text) for needle in wanted.needles)


@all_rows
def test_it_is_found(text: str, looked_for: str) -> None:
    assert hit(text, looked_for)


@all_rows
def test_it_isnt(text: str, looked_for: str) -> None:
    assert not hit(text, looked_for)


@table("nothing", ["", "  ", "%", "_", "?!…", "\\", "'\""])
def test_nothing_is_looked_for(nothing: str) -> None:
    assert parse_search(nothing) is None


def test_the_piece_around_the_hit() -> None:
    text = "słowo " * 40 + "tutaj ŻYRAFA stoi " + "słowo " * 60
    shown = snippet(text, SearchTerms(("zyraf",)))

    (start, end), *more = shown.hits
    assert (shown.text[start:end], more) == ("ŻYRAFA", [])
    assert shown.text.startswith("…")
    assert shown.text.endswith("…")
    assert len(shown.text) <= 202


def test_a_number_is_marked_whole() -> None:
    shown = snippet("mój NIP: 526-104-08-28.", SearchTerms((), "1040828"))

    assert [shown.text[a:b] for a, b in shown.hits] == ["526-104-08-28"]


@given(st.text(max_size=300), st.text(max_size=20))
def test_no_text_raises_and_hits_stand_in_the_piece(text: str, looked_for: str) -> None:
    if (wanted := parse_search(looked_for)) is not None:
        shown = snippet(text, wanted)
        assert all(0 <= a < b <= len(shown.text) for a, b in shown.hits)
        assert shown.text.strip("…") in text


@given(st.text(alphabet=st.characters(categories=["L", "Nd", "Zs", "Po"]), min_size=1, max_size=60))
def test_whatever_was_written_finds_itself(text: str) -> None:
    wanted = parse_search(text)
    if wanted is not None and len(wanted.words) < MOST_WORDS:
        assert all(needle in folded(text) for needle in wanted.needles)
