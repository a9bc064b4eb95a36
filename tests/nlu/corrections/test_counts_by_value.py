"""The one number or day that was given is corrected by its value, wherever that can be nothing else."""

from nlu.understand import understand
from tests.kit.rows import all_rows
from tests.table import table
from values.expected import Expected, OptionWords
from values.meaning import Correction, Expects, Meaning

SIZE = {"number": Expects.number, "company_size": Expects.number}
OPTIONS = tuple(OptionWords(f"plan:{name}", (name,)) for name in ("Solo", "Team", "Pro"))


def said(lang: str, text: str, kind: Expects = Expects.email, **more: object) -> Meaning:
    given = {"correctable": SIZE, **more}
    return understand(text, Expected(kind, "asked", **given), locale=lang)  # type: ignore[arg-type]


@all_rows
def test_a_number_is_corrected_by_its_value(lang: str, text: str, value: str) -> None:
    assert said(lang, text) == Correction("company_size", value)
    assert said(lang, text, Expects.choice, options=()) == Correction("company_size", value)


@table(
    ("lang", "text", "value"),
    [
        *(("pl", "nie, 3 maja", "3 maja"), ("pl", "zmień na 3 maja 2027", "3 maja 2027")),
        *(("it", "scusi, il 3 maggio", "il 3 maggio"), ("en", "sorry, May 3rd", "May 3rd")),
    ],
)
def test_a_day_is_corrected_by_its_value(lang: str, text: str, value: str) -> None:
    assert said(lang, text, correctable={"date": Expects.date, "starts": Expects.date}) == Correction("starts", value)


@table(
    ("kind", "text", "more"),
    [
        (Expects.email, "nie, 12?", {}),
        (Expects.email, "nie, 10-20", {}),
        (Expects.email, "nie, 12", {"correctable": {}}),
        (Expects.email, "nie, 12", {"correctable": {**SIZE, "branches": Expects.number}}),
        (Expects.contact_code, "nie, 12345", {}),
        (Expects.phone, "nie, 512 000", {}),
        (Expects.email_link, "nie, 12345", {}),
        (Expects.email, "nie, 123456", {}),
        (Expects.quantity, "nie, 12", {}),
        (Expects.number, "nie, 12", {"correctable": {**SIZE}}),
        (Expects.choice, "nie, 2", {"options": OPTIONS}),
        (Expects.email, "nie, to jednak za drogo o jakieś 12", {}),
        (Expects.email, "zmień plan na 2 lata", {}),
    ],
)
def test_other_numbers_correct_nothing(kind: Expects, text: str, more: dict[str, object]) -> None:
    found = said("pl", text, kind, **more)
    assert not (isinstance(found, Correction) and found.what == "company_size")
