"""The customer's own name put right in free words, and other people's names that put nothing right."""

from nlu.understand import understand
from tests.table import table
from values.meaning import Correction, Expected, Expects

GIVEN = {"person_name": "Irena Lipinsky"}
MAIL = Expected(
    Expects.email,
    "email",
    home="PL",
    correctable={"person_name": Expects.person_name, "company_name": Expects.company_name},
    given=GIVEN,
)


@table(
    ("locale", "text", "name"),
    [
        ("pl", "literówka w nazwisku, Irena Lipińska a nie Lipinsky", "Irena Lipińska"),
        ("pl", "oj, uciekła mi końcówka, ja jestem Irena Lipińska", "Irena Lipińska"),
        ("pl", "irena lipińska, nie lipinsky", "irena lipińska"),
        ("pl", "to dane siostry! moje to Olga Maj", "Olga Maj"),
        ("pl", "złe nazwisko podałam, powinno być Olga Maj", "Olga Maj"),
        ("it", "ho scritto male il cognome, quello giusto è Irena Lipinski con la i", "Irena Lipinski"),
        ("it", "mi scusi tanto... è Irena Lipinski", "Irena Lipinski"),
        ("it", "errore mio, quella è mia sorella, mi chiamo Olga Maj", "Olga Maj"),
        ("en", "I made mistake in the name, it is Irena Lipinski, not Lipinsky", "Irena Lipinski"),
        ("en", "sorry, autocorrect. I'm Irena Lipinski", "Irena Lipinski"),
        ("en", "wrong person! mine is Olga Maj", "Olga Maj"),
    ],
)
def test_a_name_put_right(locale: str, text: str, name: str) -> None:
    assert understand(text, MAIL, locale=locale) == Correction("person_name", name)


@table(
    ("locale", "text"),
    [
        ("pl", "przepraszam, dzwonił do mnie Jan Lipinsky"),
        ("pl", "Irena Lipińska to moja ciotka, ona nie zamawia"),
        ("pl", "czy Irena Lipińska byłoby lepiej?"),
        ("it", "scusate il ritardo, mi ha chiamato Luca Bianchi"),
        ("en", "my sister Olga Maj also made a mistake with you"),
        ("en", "sorry, Irena Lipinsky is fine"),
    ],
)
def test_other_peoples_names_and_the_same_one_put_nothing_right(locale: str, text: str) -> None:
    assert not isinstance(understand(text, MAIL, locale=locale), Correction)
