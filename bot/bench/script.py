"""The benchmark's conversation: twelve turns that decide, digress and correct, and cause nothing outside."""

TURNS: tuple[str, ...] = (
    "/start",
    "start:buy",
    "account:new",
    "jan.{n}@example.com",
    "ile to kosztuje?",
    "START20",
    "gdzie jestem",
    "jakie są metody płatności?",
    "pomyłka, mój e-mail to anna.{n}@example.com",
    "pomoc",
    "in italiano",
    "po polsku",
)


def turns(n: int) -> list[str]:
    """Return the words of the n-th customer."""
    return [turn.replace("{n}", str(n)) for turn in TURNS]
