"""Texts of one part, and the line by which a browser enters their code."""

from values.sms import bound_to, is_one_part

WORDS = "FakturaSmart: Twoj kod to 123456. Wpisz go w rozmowie, dziala 10 minut."


def test_the_last_line_binds_the_code_to_the_desks_pages() -> None:
    assert bound_to("desk.example.com", "123456", WORDS).splitlines()[-1] == "@desk.example.com #123456"


def test_a_text_that_would_need_another_part_stays_as_it_is() -> None:
    long = WORDS.ljust(150, ".")

    assert is_one_part(long)
    assert bound_to("desk.example.com", "123456", long) == long
