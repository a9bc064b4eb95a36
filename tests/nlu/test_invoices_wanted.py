"""Whoever asks for their invoices means the zone's list, at any step; other words about invoices don't."""

import pytest

from nlu.commands import read_command
from nlu.languages.shipped import KNOWN, among
from tests.kit.rows import all_rows
from values.meaning import Press


@all_rows
def test_my_invoices_are_the_zones_list(lang: str, said: str) -> None:
    assert read_command(said, among(KNOWN, lang)) == Press("zone:invoices")


@pytest.mark.parametrize("said", ["nie pokazuj moich faktur", "moje faktury są złe", "potrzebuję faktury", "e-faktury"])
def test_other_words_about_invoices_are_none(said: str) -> None:
    assert read_command(said, among(KNOWN, "pl")) is None
