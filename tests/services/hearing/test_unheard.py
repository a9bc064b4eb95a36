"""Which transcripts are no words of the customer, and which are for all that they look like it."""

from hypothesis import given
from hypothesis import strategies as st

from services.hearing.transcriber import Transcript
from services.hearing.unheard import ANSWERS, FILLERS, find_unheard_reason
from tests.kit.rows import all_rows
from tests.table import table
from values.recording import MOST_SECONDS

PROMPT = "FakturaSmart, NIP, KSeF, e-faktura, subskrypcja, Kowalski i Synowie"


def judged(text: str, prompt: str = PROMPT, duration: float | None = 3.0) -> str | None:
    return find_unheard_reason(Transcript(text, duration), prompt)


@all_rows
def test_what_is_heard_is_the_customers_or_told_apart(text: str, found: str | None) -> None:
    assert judged(text) == found


@table("text", [text for texts in FILLERS.values() for text in texts])
def test_every_filler_is_one_however_it_is_written(text: str) -> None:
    assert {judged(text), judged(f" {text.upper()}!\n"), judged(f"{text}. {text}.")} == {"silence"}


@table("answer", sorted(ANSWERS))
def test_short_answers_are_words_even_where_the_prompt_has_them(answer: str) -> None:
    for prompt in ("", answer, f"{answer}, nie, KSeF"):
        assert judged(f"{answer.capitalize()}.", prompt) is None


def test_without_a_prompt_nothing_is_its_echo() -> None:
    assert judged("FakturaSmart NIP KSeF faktura", "") is None


def test_longer_than_is_taken() -> None:
    assert judged("Dzień dobry", duration=MOST_SECONDS + 1) == "too_long"
    assert judged("Dzień dobry", duration=MOST_SECONDS + 0.1) is None, "a recorder that stops after a minute"
    assert judged("", duration=3600) == "too_long"
    assert judged("Dzień dobry", duration=MOST_SECONDS) is None
    assert judged("Dzień dobry", duration=None) is None


@given(st.text(max_size=300), st.text(max_size=100))
def test_any_text_is_judged(text: str, prompt: str) -> None:
    assert judged(text, prompt) in {None, "silence", "noise", "prompt"}
