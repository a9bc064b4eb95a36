"""The accent is the profile's; that one can read what stands on it is ours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web.colours import by_day, by_night, contrast, is_colour, stylesheet
from tests.table import table

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_contrast_is_wcag_s() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@given(COLOURS)
def test_whatever_the_accent_texts_stay_readable(accent: str) -> None:
    day, night = by_day(accent), by_night(accent)
    for tints in (day, night):
        assert contrast(tints.text, tints.soft) >= 4.5
        assert contrast(tints.on_fill, tints.fill) >= 4.5
    assert contrast("#17203a", day.soft) >= 4.5  # ink on the customer's slip
    assert contrast("#565f74", day.soft) >= 4.5  # and the time below it
    assert contrast("#efeade", night.soft) >= 4.5
    assert contrast("#aab3c7", night.soft) >= 4.5
    assert contrast(night.text, "#182440") >= 4.5
    assert contrast(day.text, "#fffdf8") >= 4.5


@table("text", ["#f0a63", "red", "#f0a63a;}", "", "#F0A63Z", "f0a63a"])
def test_only_plain_colours_are_taken(text: str) -> None:
    assert not is_colour(text)


def test_the_stylesheet_has_both_lights() -> None:
    sheet = stylesheet("#f0a63a")
    assert "--accent:#f0a63a" in sheet
    assert "prefers-color-scheme:dark" in sheet
