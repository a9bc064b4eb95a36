"""Automatic renewal turned on and off in words, where another row of the order's card is asked for."""

from nlu.understand import understand
from tests.table import table
from values.expected import Expected, OptionWords
from values.meaning import BindingAct, Correction, Expects, Meaning, Press

TITLES = ("Odnawiaj automatycznie", "Rinnovo automatico", "Renew automatically")
ROW = (
    OptionWords("auto_renewal:yes", TITLES, beside=True),
    OptionWords("auto_renewal:no", ("Bez odnawiania",), beside=True),
)
ON = {
    "pl": "włącz automatyczne odnawianie|włącz odnawianie|odnawiaj automatycznie|chcę automatyczne odnawianie"
    "|tak, odnawiaj|niech się odnawia samo|akceptuję i włącz odnawianie",
    "it": "attiva il rinnovo automatico|voglio il rinnovo automatico|rinnova automaticamente|rinnovo automatico sì",
    "en": "turn on auto-renewal|turn on automatic renewal|I want auto-renewal|renew it automatically"
    "|yes, renew automatically",
}
OFF = {
    "pl": "nie odnawiaj|nie chcę odnawiania|wyłącz odnawianie|bez odnawiania|jednak bez automatycznego odnawiania"
    "|nie chcę, żeby się odnawiało|nie chce zeby sie samo odnawiało|zamawiam bez odnawiania"
    "|akceptuję, ale nie odnawiaj|rezygnuję z odnawiania",
    "it": "non rinnovare|disattiva il rinnovo|senza rinnovo|non voglio il rinnovo automatico|niente rinnovo automatico"
    "|ordino senza rinnovo",
    "en": "don't renew|do not renew automatically|turn off auto-renewal|no auto-renewal|order without auto-renewal"
    "|I accept but don't renew",
}
NEITHER = {
    "pl": "odnawiam abonament|przedłużam licencję|kiedy się odnowi|włączyć odnawianie?|tak|zamawiam"
    "|może włącz odnawianie",
    "it": "rinnovo l'abbonamento|quando si rinnova|sì|ordino|forse attiva il rinnovo",
    "en": "I renew my subscription|when does it renew|turn on auto-renewal?|yes|order|maybe turn on renewal",
}


def at(step: str, act: BindingAct, text: str, locale: str) -> Meaning:
    own = OptionWords(f"{step}:{'now' if step == 'pay' else 'accept'}", ("Zgoda",), binds=act)
    given = {"auto_renewal": Expects.choice, "method": Expects.choice}
    return understand(
        text, Expected(Expects.choice, step, (own, *ROW), correctable=given, rows=frozenset(given)), locale=locale
    )


@table(("table", "value"), [(ON, "yes"), (OFF, "no")])
@table("locale", ["pl", "it", "en"])
def test_it_is_set_by_words_at_each_binding_row_and_answers_none_of_them(
    locale: str, table: dict[str, str], value: str
) -> None:
    for text in table[locale].split("|"):
        for step, act in (("terms", BindingAct.agree), ("pay", BindingAct.order)):
            assert at(step, act, text, locale) == Correction("auto_renewal", value), (step, text)


@table("locale", ["pl", "it", "en"])
def test_questions_doubts_and_other_wishes_set_nothing(locale: str) -> None:
    for text in NEITHER[locale].split("|"):
        meaning = at("terms", BindingAct.agree, text, locale)
        assert not isinstance(meaning, Correction), text
        assert not (isinstance(meaning, Press) and meaning.payload.startswith("auto_renewal")), text


def test_a_row_that_is_answered_is_set_anew() -> None:
    own = OptionWords("terms:accept", ("Zgoda",), binds=BindingAct.agree)
    set_before = Expected(
        Expects.choice, "terms", (own,), correctable={"auto_renewal": Expects.choice}, rows=frozenset({"auto_renewal"})
    )
    assert understand("nie odnawiaj", set_before, locale="pl") == Correction("auto_renewal", "no")


def test_without_its_row_on_the_card_nothing_is_corrected() -> None:
    own = OptionWords("einvoice:activate", ("Aktywuj",), binds=BindingAct.activate)
    behind = Expected(Expects.choice, "einvoice", (own,), correctable={"auto_renewal": Expects.choice})
    assert not isinstance(understand("włącz odnawianie", behind, locale="pl"), Correction)
