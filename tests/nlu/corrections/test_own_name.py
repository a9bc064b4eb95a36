"""The customer's own name put right in free words, and other people's names that put nothing right."""

from nlu.understand import understand
from tests.kit.rows import all_rows
from values.meaning import Correction, Expected, Expects

GIVEN = {"person_name": "Irena Lipinsky"}
MAIL = Expected(
    Expects.email,
    "email",
    home="PL",
    correctable={"person_name": Expects.person_name, "company_name": Expects.company_name},
    given=GIVEN,
)


@all_rows
def test_a_name_put_right(locale: str, text: str, name: str) -> None:
    assert understand(text, MAIL, locale=locale) == Correction("person_name", name)


@all_rows
def test_other_peoples_names_and_the_same_one_put_nothing_right(locale: str, text: str) -> None:
    assert not isinstance(understand(text, MAIL, locale=locale), Correction)
