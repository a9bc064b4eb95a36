"""Which transcripts are no words of the customer, and which are for all that they look like it."""

from hypothesis import given
from hypothesis import strategies as st

from services.hearing.transcriber import Transcript
from services.hearing.unheard import ANSWERS, FILLERS, unheard
from tests.table import table
from values.recording import MOST_SECONDS

PROMPT = "FakturaSmart, NIP, KSeF, e-faktura, subskrypcja, Kowalski i Synowie"


def judged(text: str, prompt: str = PROMPT, duration: float | None = 3.0) -> str | None:
    return unheard(Transcript(text, duration), prompt)


@table(
    "text",
    [
        "",
        " \n",
        "...",
        "…",
        "- - -",
        "🙂",
        "yyy",
        "Eee, yyy…",
        "Um.",
        "Ehm, ehm.",
        "You",
        "you you you",
        "Thank you for watching.",
        "Thanks for watching! Thanks for watching!",
        "Napisy stworzone przez społeczność Amara.org",
        "NAPISY STWORZONE PRZEZ SPOŁECZNOŚĆ AMARA.ORG",
        "Dziękuję za uwagę.",
        "Dziękuję za uwagę. Zapraszam do subskrypcji!",
        "Sottotitoli e revisione a cura di QTSS",
        "Sottotitoli creati dalla comunità Amara.org",
        "Subtitles by the Amara.org community",
        "Grazie a tutti.",
        "Grazie per l’attenzione",
        "[BLANK_AUDIO]",
        "[ Silence ]",
        "(cisza)",
        "[Muzyka] Thank you for watching!",
    ],
)
def test_what_is_written_for_silence(text: str) -> None:
    assert judged(text) == "silence"


@table("text", [text for texts in FILLERS.values() for text in texts])
def test_every_filler_is_one_however_it_is_written(text: str) -> None:
    assert {judged(text), judged(f" {text.upper()}!\n"), judged(f"{text}. {text}.")} == {"silence"}


@table(
    "text",
    [
        "[Music]",
        "(muzyka)",
        "*musica*",
        "♪",
        "♪♪",
        "♪ la la la ♪",
        "[ Applause ] [Laughter]",
        "[muzyka]\n[BLANK_AUDIO]",
    ],
)
def test_notes_of_what_else_is_heard(text: str) -> None:
    assert judged(text) == "noise"


@table(
    "text",
    [
        "FakturaSmart, NIP, KSeF, e-faktura, subskrypcja, Kowalski i Synowie",
        "fakturasmart nip ksef e faktura",
        "KSeF, KSeF, KSeF, KSeF, KSeF",
        "Subskrypcja Kowalski i Synowie.",
    ],
)
def test_an_echo_of_the_prompt(text: str) -> None:
    assert judged(text) == "prompt"


@table(
    "text",
    [
        "tak",
        "Tak.",
        "sì",
        "yes",
        "Dziękuję.",
        "Dziękuję bardzo!",
        "Grazie.",
        "Thank you.",
        "FakturaSmart",
        "KSeF, NIP",
        "Kowalski i Synowie.",
        "NIP 1234563218",
        "1234563218",
        "Kowalski",
        "[Muzyka] Dzień dobry",
        "(22) 123 45 67",
        "Dziękuję za uwagę, a teraz mój NIP to 1234563218",
        "Thank you for watching out for me",
        "Grazie a tutti voi, vorrei disdire",
        "Do you subscribe",
        "Subskrybuj",
        "Так",
        "ναι",
        "はい",
    ],
)
def test_what_is_the_customers(text: str) -> None:
    assert judged(text) is None


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
