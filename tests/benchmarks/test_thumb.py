"""What `benchmarks/thumb.py` counts, on texts that a reader can count."""

import json
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from benchmarks.thumb import measure_all
from benchmarks.thumbs import limits, telegram
from benchmarks.thumbs.journeys import GOALS, JOURNEYS, TELEGRAM, Journey
from benchmarks.thumbs.limits import NAMES, SWING, above, limited, lower
from benchmarks.thumbs.report import COLUMNS, Goal, table
from benchmarks.thumbs.screen import View
from benchmarks.thumbs.tally import Counts, Tally, unquoted, words


def test_a_word_has_a_letter_or_a_digit() -> None:
    found = words("Razem 367,77\N{NO-BREAK SPACE}zł · NIP 123-456-32-18 – ok?")
    assert found == [*("Razem", "367,77", "zł", "NIP", "123-456-32-18", "ok?")]


def test_a_message_that_changes_in_place_counts_only_what_it_gained() -> None:
    tally = Tally()
    for message in ("1", "order", "order"):
        tally.hear(message)
    assert tally.counts().messages == 2, "one is counted once, however often it is heard"
    tally.read([("order", "Metoda"), ("order", "brakuje: metoda, regulamin")])
    assert tally.counts().words == 4
    tally.read([("order", "Metoda BLIK"), ("order", "brakuje: regulamin")])
    assert tally.counts().words == 5
    tally.read([("order", "BLIK BLIK")])
    assert tally.counts().words == 6, "a word that stands there twice now"


def test_the_same_words_in_another_message_are_read_again() -> None:
    tally = Tally()
    tally.read([("1", "Zgadza się?")])
    tally.read([("1", "Zgadza się?"), ("2", "Zgadza się?")])
    assert (tally.counts().words, tally.counts().chat_words) == (4, 4)


def test_each_text_of_a_page_counts_once_and_not_as_the_chat_s() -> None:
    tally = Tally()
    tally.read_page("password", ["Hasło", "Powtórz hasło", "Zapisz hasło"])
    tally.read_page("password", ["Hasło", "Gotowe"])
    assert (tally.counts().words, tally.counts().chat_words) == (6, 0)


def test_a_guide_s_sentence_is_shown_but_not_the_desk_s_own() -> None:
    sentence = "Prosimy o dokładną weryfikację danych."
    found = words(unquoted("NIP.\n\nProsimy o\ndokładną weryfikację danych. Zgadza się?", [sentence]))
    assert found == [*("NIP.", "Zgadza", "się?")]
    tally = Tally((sentence,))
    tally.read([("1", sentence), ("1", "Zgadza się?")])
    assert (tally.counts().words, tally.counts().own_words) == (7, 2)


def test_a_part_of_a_journey_is_the_difference() -> None:
    tally = Tally(taps=3, keys=10)
    tally.read([("1", "jeden dwa")])
    begun = tally.counts()
    tally.taps += 2
    tally.read([("2", "trzy")])
    assert tally.counts() - begun == Counts(taps=2, words=1, chat_words=1, own_words=1)


def test_the_model_is_that_of_the_first_trial() -> None:
    """33 taps by hand, 87 keys, 758 words, 18 answers, an SMS, a letter, the bank: 209 s skimmed, 345 s read."""
    trial = Counts(taps=29, keys=87, decisions=18, sms=1, letters=1, banks=1, words=758)
    assert trial.seconds(500) == pytest.approx(209, abs=2)
    assert trial.seconds(200) == pytest.approx(345, abs=2)


def test_by_hand_each_line_is_sent_each_message_gone_to_and_a_tap_costs_its_time_whatever_it_is_for() -> None:
    assert Counts(taps=10, lines=3, keyboards=1, sms=1, letters=1).hand_taps == 10 + 3 + 1 + 4
    for by_hand in (Counts(taps=90, lines=10), Counts(taps=90, keyboards=10)):
        assert by_hand.seconds(500) == Counts(taps=100).seconds(500)


def test_the_table_shows_what_is_missed() -> None:
    before, now = Counts(taps=20, words=1000).figures(), Counts(taps=14, words=900, keys=90).figures()
    first, second = table({"a": now, "b": now}, {"a": before}, {"b": Goal({"taps": 13})}).splitlines()[2:]
    cells = dict(zip(COLUMNS, (cell.strip() for cell in first.split("|")[2:-1]), strict=True))
    assert (cells["hand_taps"], cells["skim_s"], cells["taps"]) == ("14 ≤ 14", "150 **> 99**", "14")
    assert "| 14 **> 13**" in second


def test_what_an_order_binds_to_is_looked_for_on_its_own_card() -> None:
    lines = [{"id": 2, "card": {"kind": "offer"}}, {"id": 4, "card": {"kind": "order"}}, {"id": 6}]
    shown = [
        ("2", "Razem 367,77 zł"),
        ("4", "299,00\N{NO-BREAK SPACE}zł\nnetto"),
        ("", "Zamawiam"),
        ("6", "Poprawione."),
    ]
    assert View(lines, None, shown, [], busy=False, first={}).order == "299,00 zł netto Zamawiam"


def test_goals_are_those_of_journeys_whose_names_are_told_apart() -> None:
    assert GOALS.keys() <= NAMES.keys()
    assert len(NAMES) == len((*JOURNEYS, *TELEGRAM))


@pytest.mark.alone
@pytest.mark.parametrize("journey", [*JOURNEYS, *TELEGRAM], ids=lambda journey: journey.name)
async def test_a_journey_takes_no_more_than_its_limits(journey: Journey, chromium_path: str) -> None:
    if journey in TELEGRAM:
        taken = telegram.figures(await telegram.measure(journey, chromium_path, None))
    else:
        async with async_playwright() as playwright:
            taken = limited((await measure_all(playwright, chromium_path, [journey], None))[journey.name])
    assert above("thumb", {journey.name: taken}) == []


def test_a_limit_only_falls_and_what_is_above_one_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "KEPT", tmp_path / "limits.json")
    monkeypatch.setattr(limits, "PAGE", tmp_path / "page.md")
    limits.PAGE.write_text(f"How\n{limits.TABLE}", "utf-8")
    few, many = (dict.fromkeys(COLUMNS, number) for number in (7, 20))
    limits.KEPT.write_text(json.dumps({"thumb": {"vectra": few, "r2platnik": few}, "baseline": {}}), "utf-8")
    assert lower("thumb", {"vectra": many}) == above("thumb", {"vectra": many}) != []
    assert all(f" {column} 20, at most 7" in " ".join(above("thumb", {"vectra": many})) for column in COLUMNS)
    assert lower("thumb", {"vectra": few | {"requests": 7 + SWING["requests"], "taps": 6}, "konto_insert": many}) == []
    assert limits.read()["thumb"] == {"konto_insert": many, "r2platnik": few, "vectra": few | {"taps": 6}}
    assert limits.PAGE.read_text("utf-8") == limits.page()


def test_a_transcripts_messages_are_told_apart_and_the_law_s_rows_aren_t_counted() -> None:
    card = "    │ Zamówienie\n    │ Odnawianie: nie (kolejny rok:\n    │   367,77 zł)\n    │ Metoda: BLIK\n"
    asked = "    Jak płacisz?\n    [Karta] [BLIK]\n\n"
    scene = f"> Kupuję\n\n{card}{asked}> nie wiem\n\n{asked}    Kod?\n\n> jak to?\n\n    Tak.\n"
    assert [*limits.turns(scene, "pl")] == [("order", 7), ("again", 4), ("question", 1), ("answer", 1)]
