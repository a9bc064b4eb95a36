"""Whether something helped, typed: what says so, and what is the open step's own yes or no."""

from nlu.questions.helpful import is_no_reason, read_helpful
from tests.table import table


@table(
    "text",
    ["Tak, pomogło!", "pomogło", "to było pomocne", "bardzo pomocne, dzięki", "sì, utile", "Utile", "è stato utile",
     "mi ha aiutato, grazie", "helpful", "yes, it helped", "very useful, thanks", "that was helpful"],
)  # fmt: skip
def test_it_helped(text: str) -> None:
    assert read_helpful(text) is True


@table(
    "text",
    ["nie pomogło", "Nie, nie pomogło", "nie pomogło mi", "to nie było pomocne", "nieprzydatne", "non utile",
     "No, non è stato utile", "non mi ha aiutato", "inutile", "not helpful", "no, that didn't help",
     "it wasn’t helpful", "not very useful"],
)  # fmt: skip
def test_it_did_not(text: str) -> None:
    assert read_helpful(text) is False


@table(
    "text",
    ["tak", "nie", "sì", "no", "yes", "", "pomoc", "help", "can you help me", "nie pomogło mi to hasło, zmień je",
     "pomogło " * 40, "czy to pomocne?  jak?", "usługa utile dla firmy"],
)  # fmt: skip
def test_anything_else_is_for_the_open_step(text: str) -> None:
    assert read_helpful(text) is None


def test_no_reason_is_given() -> None:
    assert all(map(is_no_reason, ("Pomiń", "salta", "Skip", "nie wiem", "non lo so", "I don't know")))
    assert not any(map(is_no_reason, ("nie wiem, gdzie jest NIP", "nie", "skip the NIP")))
