"""The term of years that is wished for, not one that something has lasted."""

from nlu.languages.shipped import KNOWN, among
from nlu.named.terms_of_years import meant_term
from tests.table import table


@table(
    ("locale", "text", "years", "wished", "changes"),
    [
        ("pl", "na dwa lata poproszę", "2", True, False),
        ("pl", "przepraszam, miały być dwa lata, nie rok", "2", False, True),
        ("pl", "jednak na rok, nie na dwa", "1", True, True),
        ("it", "per 24 mesi", "2", True, False),
        ("it", "ho sbagliato, gli anni sono due", "2", False, True),
        ("en", "2 years, card please", "2", False, False),
        ("en", "sorry, two years rather than one", "2", False, True),
        ("pl", "trzy lata to dla nas za długo, weźmy jeden", "1", True, True),
        ("pl", "nie dam rady opłacić dwóch lat, zróbmy rok", "1", True, True),
        ("it", "il capo dice che due anni sono troppi, facciamone uno solo", "1", True, True),
        ("it", "un anno è troppo poco, meglio due anni", "2", True, True),
        ("en", "three years is overkill, one will do", "1", True, True),
        ("en", "two years? too long, one year please", "1", False, True),
        ("it", "no, due anni!", "2", True, True),
        ("pl", "nie, jednak dwa lata", "2", True, True),
        ("it", "due anni no, uno", "1", True, True),
        ("en", "not one year but two", "2", True, True),
        ("pl", "chcę przejść na 2 lata", "2", True, True),
        ("en", "switch it to two years", "2", True, True),
        ("it", "rinnovare per altri 2 anni", "2", True, False),
        ("en", "renew it for another two years", "2", True, True),
    ],
)
def test_the_term_that_is_meant(locale: str, text: str, years: str, *, wished: bool, changes: bool) -> None:
    meant = meant_term(text, among(KNOWN, locale))
    assert meant is not None
    assert (meant.value, meant.wished, meant.changes) == (years, wished, changes)


@table(
    ("locale", "text"),
    [
        ("pl", "prowadzę firmę od dwóch lat"),
        ("pl", "czy na dwa lata jest taniej?"),
        ("it", "l'ho aperta due anni fa"),
        ("en", "for one year or for two years"),
        ("en", "I've been looking for this for two years, all of them wrong"),
        ("pl", "już dwa lata szukam, wszystkie złe"),
        ("it", "due anni sono tanti, e poi?"),
        ("en", "two years is too long"),
        ("it", "non due anni"),
        ("pl", "oby nie dwa lata"),
        ("en", "don't give me two years"),
        ("it", "un anno e mezzo"),
        ("en", "a year and a half"),
        ("pl", "rok, a może dwa"),
        ("pl", "dwa lata temu był rok"),
        ("it", "due anni fa ho preso un anno"),
        ("en", "two years is a lot"),
        ("pl", "jeden pan mówił, że dwa lata to za długo"),
    ],
)
def test_how_long_it_has_lasted_and_a_question_are_no_wish(locale: str, text: str) -> None:
    assert meant_term(text, among(KNOWN, locale)) is None
