"""Prints what it costs to look for facts in a message, beside understanding it: `python -m benchmarks.facts`."""

from timeit import repeat

from nlu.facts.stated import find_facts
from nlu.languages.shipped import KNOWN, order_langs
from nlu.understand import understand
from values.expected import Expected
from values.meaning import Expects

MESSAGES = {
    "a yes": "tak",
    "a question": "dzień dobry, jak to działa i co to właściwie jest",
    "a method": "zapłacę blikiem",
    "three facts": "chcę kupić, mój mail to ala@example.com, NIP 1234563218, tel 512 000 321",
    "a signature": (
        "Anna Nowak\nPracownia Bursztyn sp. z o.o.\nul. Długa 12/4, 80-831 Gdańsk\nNIP: 123-456-32-18"
        " | REGON 123456785\ntel. +48 58 301 23 45, kom. 512 000 321\nanna@bursztyn.example.com"
        "\nKonto: PL61 1090 1014 0000 0712 1981 2874"
    ),
}
STEP = Expected(Expects.choice, "account", country="PL", home="PL", discount_codes=("START20",))
LANGS = order_langs(KNOWN, "pl")
RUNS = 100


def main() -> None:
    """Time both over all messages."""
    print(f"{'message':14}{'facts, µs':>12}{'meaning, µs':>14}")
    for name, text in MESSAGES.items():
        found = min(repeat(lambda text=text: find_facts(text, STEP, LANGS), number=RUNS, repeat=5)) / RUNS
        meant = min(repeat(lambda text=text: understand(text, STEP, locale="pl"), number=RUNS, repeat=5)) / RUNS
        print(f"{name:14}{found * 1e6:12.0f}{meant * 1e6:14.0f}")


if __name__ == "__main__":
    main()
