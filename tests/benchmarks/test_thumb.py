"""What `benchmarks/thumb.py` counts, on texts that a reader can count."""

import pytest

from benchmarks.thumbs.journeys import GOALS, JOURNEYS
from benchmarks.thumbs.report import COLUMNS, Goal, table
from benchmarks.thumbs.screen import View
from benchmarks.thumbs.tally import Counts, Tally, unquoted, words


def test_a_word_has_a_letter_or_a_digit() -> None:
    assert words("Razem 367,77\N{NO-BREAK SPACE}zł · NIP 123-456-32-18 – ok?") == [
        *("Razem", "367,77", "zł", "NIP", "123-456-32-18", "ok?")
    ]


def test_a_message_that_changes_in_place_counts_only_what_it_gained() -> None:
    tally = Tally()
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
    assert words(unquoted("NIP.\n\nProsimy o\ndokładną weryfikację danych. Zgadza się?", [sentence])) == [
        *("NIP.", "Zgadza", "się?")
    ]
    tally = Tally((sentence,))
    tally.read([("1", sentence), ("1", "Zgadza się?")])
    assert (tally.counts().words, tally.counts().own_words) == (7, 2)


def test_a_message_heard_twice_counts_once() -> None:
    tally = Tally()
    for message in ("1", "order/order", "order/order", "2"):
        tally.hear(message)
    assert tally.counts().messages == 3


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


def test_by_hand_each_line_is_sent_and_each_message_gone_to() -> None:
    assert Counts(taps=10, lines=3, keyboards=1, sms=1, letters=1).hand_taps == 10 + 3 + 1 + 4


def test_the_seconds_are_those_of_taps_by_hand() -> None:
    """A tap more by hand costs a tap's time, whatever it is for."""
    plain = Counts(taps=100)
    for by_hand in (Counts(taps=90, lines=10), Counts(taps=90, keyboards=10)):
        assert by_hand.seconds(500) == plain.seconds(500)


def test_the_table_shows_what_was_and_what_is_missed() -> None:
    before = Counts(taps=20, words=1000, keys=100).figures()
    now = Counts(taps=14, words=900, keys=90).figures()
    first, second = table({"a": now, "b": now}, {"a": before}, {"b": Goal({"taps": 13})}).splitlines()[2:]
    cells = dict(zip(COLUMNS, (cell.strip() for cell in first.split("|")[2:-1]), strict=True))
    assert (cells["hand_taps"], cells["skim_s"]) == ("14 (20) ≤ 14", "150 (172) **> 120**")
    assert (cells["taps"], cells["words"]) == ("14 (20)", "900 (1000)")
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


def test_goals_are_those_of_journeys() -> None:
    assert GOALS.keys() <= {journey.name for journey in JOURNEYS}


def test_names_of_journeys_are_told_apart() -> None:
    assert len({journey.name for journey in JOURNEYS}) == len(JOURNEYS)
