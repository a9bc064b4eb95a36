"""The profile that `okienko new` writes, as most tests sell by it: for one year alone, so that no term is asked."""

import re
from pathlib import Path

import pytest

from bot.cli.new import begin
from bot.profile import ProfileErrors, ProfileProblem, load
from sandbox.testing.customer import WAYS

TRIAL = """
terms = ["1 month"]

[plan.net]
"1 month" = "49.00"

[plan.trial]
days = 14
method = "{}"
"""
BY_YEAR = 'net = "100.00"                     # for one year, without VAT\nyears = [1]\n'
BY_SEAT = '[plan.seats]\nmin = 2\nmax = 50\n\n[[document]]\nid = "terms"'
SEAT_WAYS = ("auto_renewal:yes", "term:1m", *WAYS)
"""What a buyer presses there."""


def sold_by_year(folder: Path) -> Path:
    """Write the profile into a new folder."""
    begin(folder)
    file = folder / "profile.toml"
    text, changed = re.subn(r"^terms = .*?(?=\n\[\[document)", BY_YEAR, file.read_text("utf-8"), flags=re.M | re.S)
    assert changed == 1
    file.write_text(text, "utf-8")
    return folder


def by_seat(folder: Path, *changes: tuple[str, str]) -> Path:
    """Write the profile with a plan by the seat, and with these changes."""
    sold_by_year(folder)
    spoil(folder, "profile.toml", '[[document]]\nid = "terms"', BY_SEAT)
    for old, new in changes:
        spoil(folder, "profile.toml", old, new)
    return folder


SEATS = "[plan.seats]\nmin = 2\nmax = 50\n"
PRO = '\n[[plan]]\nid = "pro"\nnet = "250.00"\nyears = [1]\n\n[plan.seats]\nmin = 4\nmax = 50\n'
KEPT = ("chargeable = []", 'chargeable = ["card"]')
"""A card is kept, and charged."""


def by_two_plans(folder: Path, *changes: tuple[str, str]) -> Path:
    """Write the same profile with a second plan, for four at least."""
    by_seat(folder, (SEATS, f"{SEATS}{PRO}"), *changes)
    for locale, name in (("pl", "Plan Pro"), ("it", "Piano Pro"), ("en", "Pro plan")):
        spoil(folder, f"texts/{locale}.toml", "[plan]\n", f'[plan]\npro = "{name}"\n')
    return folder


def sold_behind_trial(folder: Path, method: str) -> Path:
    """Write the profile with a plan by the month behind a trial, for which a way to pay is kept, or none."""
    sold_by_year(folder)
    spoil(folder, "profile.toml", BY_YEAR, TRIAL.format(method))
    spoil(folder, "profile.toml", 'email = "after_payment"', "")
    spoil(folder, "profile.toml", "announce_days = 14", "announce_days = 0")
    spoil(folder, "profile.toml", "chargeable = []", 'chargeable = ["card"]')
    if method == "none":
        spoil(folder, "profile.toml", 'auto_renewal = "offer"', 'auto_renewal = "none"')
    return folder


def spoil(folder: Path, file: str, old: str, new: str) -> None:
    """Put other words in the place of the first such ones of a file."""
    text = (folder / file).read_text("utf-8")
    assert old in text, f"{old!r} isn't in {file}"
    (folder / file).write_text(text.replace(old, new, 1), "utf-8")


def mistakes(folder: Path) -> list[ProfileProblem]:
    """Return what is told of a profile that can't be loaded."""
    with pytest.raises(ProfileErrors) as raised:
        load(folder)
    return list(raised.value.problems)


def line_at(folder: Path, file: str, start: str) -> int:
    """Return the number of the first line that starts so."""
    lines = (folder / file).read_text("utf-8").splitlines()
    return next(number for number, text in enumerate(lines, 1) if text.startswith(start))
