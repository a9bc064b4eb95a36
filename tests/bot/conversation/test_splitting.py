"""Long texts in parts."""

from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.splitting import split, units


@given(st.text(st.characters(codec="utf-8") | st.sampled_from("  \n\n.ą🎉👍🏽"), max_size=400), st.integers(20, 60))
def test_no_part_is_too_long_and_no_word_is_lost(text: str, longest: int) -> None:
    parts = split(text, longest)
    assert all(0 < units(part) <= longest for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_a_text_that_fits_is_left_alone() -> None:
    assert split("  Dzień dobry.\n\nCo robimy?\n", 40) == ["Dzień dobry.\n\nCo robimy?"]
    assert split("", 1) == []
    assert split("🎉" * 20, 40) == ["🎉" * 20]
    assert len(split("🎉" * 21, 40)) == 2


def test_it_is_cut_between_paragraphs_then_lines_then_sentences_then_words() -> None:
    assert split("aaaa aaaa\n\nbbbb bbbb", 12) == ["aaaa aaaa", "bbbb bbbb"]
    assert split("aaaa aaaa\nbbbb bbbb", 12) == ["aaaa aaaa", "bbbb bbbb"]
    assert split("aaaa a. bbbb bbbb", 12) == ["aaaa a.", "bbbb bbbb"]
    assert split("aaaa aaaa bbbb bbbb", 12) == ["aaaa aaaa", "bbbb bbbb"]


def test_an_emoji_made_of_several_signs_is_not_parted() -> None:
    family = "👨‍👩‍👧"
    assert all(part.count("\u200d") % 2 == 0 for part in split(family * 10, 21))
