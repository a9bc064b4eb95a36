"""Placeholders are filled in one pass, deceptive characters become marks."""

import csv
import io
import re
from functools import cache
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.architecture.rooms import shown, sources
from tests.kit.narrow import present
from tests.kit.rows import all_rows
from tests.table import table
from values import patterns
from values.csv_table import inert_cell, write_rows
from values.incoming_text import Filled, fill_placeholders, placeholder_mistakes, visible
from values.patterns import compile_waiting, keep_waiting, regex
from values.search_terms import MOST_WORDS, SearchTerms, fold_search_terms, parse_search, snippet
from values.sms import bound_to, is_one_part


def test_values_come_into_their_places() -> None:
    filled = fill_placeholders(
        "Dzień dobry, {customer}: {order}, {{nie}} {order}.", {"customer": "Anna", "order": "FS/1"}
    )

    assert filled == Filled("Dzień dobry, Anna: FS/1, {nie} FS/1.")


def test_what_isnt_known_stays_and_is_named_once() -> None:
    filled = fill_placeholders("{order} {agent} {order}", {"order": ""})

    assert filled == Filled("{order} {agent} {order}", ("order", "agent"))


def test_a_value_is_never_read_as_a_text() -> None:
    nasty = "{password} {{ {0.__class__} %s {agent}"

    assert fill_placeholders("{customer}|{agent}", {"customer": nasty, "agent": "Ewa"}).text == f"{nasty}|Ewa"


def test_formats_and_attributes_are_no_places() -> None:
    assert placeholder_mistakes("{customer} {{x}}", {"customer"}) == ()
    assert placeholder_mistakes("{customer} {klient} {", {"customer"}) == ("klient", "{")
    assert "}" in placeholder_mistakes("{customer.x}", {"customer"})


@given(st.text(max_size=80), st.dictionaries(st.sampled_from(["customer", "order"]), st.text(max_size=20)))
def test_no_text_and_no_value_raises(text: str, values: dict[str, str]) -> None:
    filled = fill_placeholders(text, values)

    assert all(f"{{{name}}}" in text for name in filled.missing)
    if "{" not in text and "}" not in text:
        assert filled.text == text


@all_rows
def test_signs_are_seen(text: str, seen: str) -> None:
    assert visible(text) == seen
    assert visible(seen) == seen


# No part of a written table is run by a spreadsheet, whatever sign it takes for the end of a cell.

SIGNS = "=+-@＝＋－＠"
PARTS = ";,\t|"
texts = st.text(alphabet=f"{SIGNS}{PARTS}\"'\r\n \u00a0\u3000aż1(&", max_size=30)


def written(rows: list[list[str]]) -> str:
    to = io.StringIO(newline="")
    write_rows(to, rows)
    return to.getvalue()


@all_rows
def test_a_cell_begins_no_formula_anywhere(text: str, cell: str) -> None:
    assert inert_cell(text) == cell
    assert inert_cell(cell) == cell


@given(st.lists(st.lists(texts, min_size=1, max_size=3), min_size=1, max_size=3))
def test_no_spreadsheet_finds_a_formula(rows: list[list[str]]) -> None:
    told = written(rows)
    readers = (csv.reader(io.StringIO(told, newline=""), delimiter=part) for part in PARTS)
    cells = chain(chain.from_iterable(chain.from_iterable(readers)), re.split(rf'[{PARTS}"\r\n]', told))
    assert not [cell for cell in cells if cell.strip().startswith(tuple(SIGNS))]


@given(st.lists(st.lists(texts, min_size=2, max_size=3), min_size=1, max_size=3))
def test_whoever_takes_the_apostrophes_out_has_what_was_written(rows: list[list[str]]) -> None:
    read = [*csv.reader(io.StringIO(written(rows), newline=""))]
    assert [[c.replace("'", "") for c in row] for row in read] == [[c.replace("'", "") for c in row] for row in rows]


def test_there_is_one_writer_of_tables() -> None:
    writers = {shown(path) for path in sources() if re.search(r"csv\.\w*[wW]riter|from csv", path.read_text("utf-8"))}
    assert writers == {"values/csv_table.py"}


# What is found in a text, and the piece of it that is shown.


def hit(text: str, looked_for: str) -> bool:
    wanted = present(parse_search(looked_for))
    return all(needle in fold_search_terms(text) for needle in wanted.needles)


@all_rows
def test_it_is_found_or_not(text: str, looked_for: str, is_there: bool) -> None:
    assert hit(text, looked_for) is is_there


@table("nothing", ["", "  ", "%", "_", "?!…", "\\", "'\""])
def test_nothing_is_looked_for(nothing: str) -> None:
    assert parse_search(nothing) is None


def test_the_piece_around_the_hit() -> None:
    shown = snippet("słowo " * 40 + "tutaj ŻYRAFA stoi " + "słowo " * 60, SearchTerms(("zyraf",)))

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
        assert all(needle in fold_search_terms(text) for needle in wanted.needles)


# Patterns that are compiled when they are first asked.


def test_a_pattern_answers_as_a_compiled_one_does() -> None:
    waiting, compiled = regex(r"(?P<word>b\w+)", re.I), re.compile(r"(?P<word>b\w+)", re.I)
    assert waiting.pattern == compiled.pattern
    for _ in range(2):
        assert waiting.sub("-", "a Bee") == compiled.sub("-", "a Bee")
        assert [found["word"] for found in waiting.finditer("bee BAT")] == ["bee", "BAT"]
        assert waiting.fullmatch("cat") is None
    assert (waiting.flags, waiting.groupindex) == (compiled.flags, compiled.groupindex)


def test_what_is_no_pattern_is_found_when_it_is_asked_not_when_it_is_written() -> None:
    broken = regex("(")
    with pytest.raises(re.error):
        broken.search("")
    with pytest.raises(re.error):
        compile_waiting()


def test_asked_for_what_no_pattern_has() -> None:
    with pytest.raises(AttributeError):
        getattr(regex("a"), "strange")  # noqa: B009


sre_compile = re._compiler.compile  # type: ignore[attr-defined]
SAID = ("A Bee, x", "ĄbC 12", "a\nb", "\ud801")
KEPT = [(r"(?P<word>b\w+)|(x)", re.I), (r"(?i:ą)[^\W\d_]{2,}", 0), (r"^a.b$", re.S), ("[\ud800-\udfff]", 0)]


@pytest.mark.parametrize("broken", [None, b"", b"\xff", b"{0"])
def test_what_is_kept_for_the_next_start_finds_the_same(
    broken: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compile_waiting()
    monkeypatch.setattr(patterns, "_KEPT", tmp_path / "patterns.kept")
    monkeypatch.setattr(patterns, "_programs", cache(patterns._programs.__wrapped__))
    waiting = [regex(*one) for one in KEPT]
    keep_waiting()
    if broken is None:
        monkeypatch.setattr(patterns.re, "compile", lambda *_: pytest.fail("translated anew"))
    else:
        (tmp_path / "patterns.kept").write_bytes(broken)
    for one, (pattern, flags) in zip(waiting, KEPT, strict=True):
        fresh = sre_compile(pattern, flags)
        assert (one.flags, one.groups, one.groupindex) == (fresh.flags, fresh.groups, fresh.groupindex)
        found = [[(each.span(), each.lastgroup) for each in one.finditer(said)] for said in SAID]
        assert found == [[(each.span(), each.lastgroup) for each in fresh.finditer(said)] for said in SAID]


def test_all_that_wait_are_compiled_once_nobody_waits() -> None:
    compile_waiting()
    late = regex("b+")
    compile_waiting()
    assert late.search("abb") is not None


# Texts of one part, and the line by which a browser enters their code.

WORDS = "FakturaSmart: Twoj kod to 123456. Wpisz go w rozmowie, dziala 10 minut."


def test_the_last_line_binds_the_code_to_the_desks_pages() -> None:
    assert bound_to("desk.example.com", "123456", WORDS).splitlines()[-1] == "@desk.example.com #123456"


def test_a_text_that_would_need_another_part_stays_as_it_is() -> None:
    long = WORDS.ljust(150, ".")

    assert is_one_part(long)
    assert bound_to("desk.example.com", "123456", long) == long
