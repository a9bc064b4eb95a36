"""Secrets go, numbers of ours stay."""

import random
import time

from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.it import iva
from stdnum.pl import nip

from tests.kit.rows import all_rows
from tests.table import table
from values.meaning import Expects
from values.redaction import redact

WORDS = {
    "pl": "zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć".split(),
    "it": "zero uno due tre quattro cinque sei sette otto nove".split(),
    "en": "zero one two three four five six seven eight nine".split(),
}
PREFIXES = (
    *(("4", 16), ("4", 13)),
    ("51", 16),
    ("55", 16),
    ("2221", 16),
    ("34", 15),
    ("37", 15),
    ("36", 14),
    ("6011", 16),
    ("3530", 16),
)


def pan(rnd: random.Random) -> str:
    prefix, length = rnd.choice(PREFIXES)
    body = prefix + "".join(rnd.choice("0123456789") for _ in range(length - len(prefix) - 1))
    return body + luhn.calc_check_digit(body)


def fours(digits: str, between: str) -> str:
    return between.join(digits[i : i + 4] for i in range(0, len(digits), 4))


SPELLINGS = {
    "plain": lambda d: d,
    "spaces": lambda d: fours(d, " "),
    "hyphens": lambda d: fours(d, "-"),
    "dots": lambda d: fours(d, "."),
    "nbsp": lambda d: fours(d, "\u00a0"),
    "line break": lambda d: d[:8] + "\n" + d[8:],
    "single": " ".join,
    "full width": lambda d: "".join(chr(0xFF10 + int(c)) for c in d),
    "keycaps": lambda d: "".join(c + "\ufe0f\u20e3" for c in d),
    "arabic": lambda d: "".join(chr(0x660 + int(c)) for c in d),
    "zero width": "\u200b".join,
    "pl": lambda d: " ".join(WORDS["pl"][int(c)] for c in d),
    "it": lambda d: ", ".join(WORDS["it"][int(c)] for c in d),
    "en": lambda d: " ".join(WORDS["en"][int(c)] for c in d),
    "with expiry and code": lambda d: fours(d, " ") + " 12/29 123",
}


@table("spelling", SPELLINGS)
def test_five_hundred_cards_are_gone(spelling: str) -> None:
    rnd = random.Random(spelling)
    for _ in range(500):
        digits = pan(rnd)
        written = SPELLINGS[spelling](digits)
        outcome = redact(f"karta: {written} ok")
        assert "card" in outcome.kinds, written
        assert written not in outcome.text
        assert outcome.text == f"karta: [card removed …{digits[-4:]}] ok"


def test_ten_thousand_numbers_of_ours_are_left_alone() -> None:
    rnd = random.Random(7)
    digits = lambda n: "".join(rnd.choice("0123456789") for _ in range(n))  # noqa: E731

    def checked(valid: object, n: int) -> str:
        return next(d for d in iter(lambda: digits(n), "") if valid(d))  # type: ignore[operator]

    touched = []
    for _ in range(1000):
        tax, iva_number = checked(nip.is_valid, 10), checked(iva.is_valid, 11)
        samples = [
            tax, f"{tax[:3]}-{tax[3:6]}-{tax[6:8]}-{tax[8:]}", iva_number, f"{tax} {checked(nip.is_valid, 10)}",
            f"5{digits(8)}", f"+48 5{digits(8)}", f"+39 3{digits(9)}", digits(8), f"FS/2026/{digits(6)}",
            "PL61 1090 1014 0000 0712 1981 2874",
        ]  # fmt: skip
        touched += [s for s in samples if redact(s).kinds]
    assert len(touched) <= 10, touched[:5]


@all_rows
def test_announced_secrets_are_gone(text: str, kind: str) -> None:
    outcome = redact(text)
    assert outcome.kinds == (kind,)
    assert f"[removed: {kind}]" in outcome.text


@all_rows
def test_talk_about_secrets_is_left_alone(text: str) -> None:
    assert redact(text).kinds == ()
    assert redact(text).text == text


def test_six_digits_are_what_the_step_says() -> None:
    assert redact("123456", Expects.payment).kinds == ("blik",)
    assert redact("blik 123456", Expects.contact_code).kinds == ()
    assert redact("RSSMRA85T10A562S", Expects.tax_number).kinds == ()


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=300))
def test_redaction_never_raises_and_is_final(text: str) -> None:
    outcome = redact(text)
    assert outcome.text == text or outcome.kinds


@table(
    "piece",
    ["4 ", "4242 ", "hasło ", "pin ", "eyJa.", "☃", "cztery ", "token ", "IT60 ", "-----BEGIN PRIVATE KEY-----"],
)
def test_time_is_linear(piece: str) -> None:
    def cost(size: int) -> float:
        text = (piece * size)[:size]
        best = 9.0
        for _ in range(2):
            began = time.process_time()
            redact(text)
            best = min(best, time.process_time() - began)
        return best

    assert cost(32_000) <= 16 * cost(4_000) + 0.1


def test_the_shortest_of_all_tokens_is_found() -> None:
    shortest = "xoxb-" + "1234567890"
    assert redact(shortest).kinds == ("token",)
    assert redact(shortest[:-1]).kinds == ()
