"""Questions about the open step or the desk itself: told by their question words, in any step and language."""

from nlu.languages.shipped import KNOWN, among
from nlu.questions.side_questions import ABOUT_THE_STEP, SURE, read_side_question
from nlu.understand import understand
from tests.kit.rows import all_rows
from tests.table import table
from values.locale import Locale, parse_locale
from values.meaning import Answer, Expected, Expects


def asked(text: str, lang: str) -> str | None:
    locale = parse_locale(lang)
    assert locale is not None
    return read_side_question(text, among(KNOWN, locale), (*SURE, *ABOUT_THE_STEP))


@all_rows
def test_what_is_asked(kind: str, lang: str, text: str) -> None:
    assert asked(text, lang) == kind


@all_rows
def test_what_is_no_such_question(lang: str, text: str) -> None:
    assert asked(text, lang) is None


@table("text", ["Po Co Przepłacać sp. z o.o.", "Why Wait Limited"])
def test_a_company_may_be_called_by_a_question(text: str) -> None:
    meaning = understand(text, Expected(Expects.company_name, "company_name"), locale=Locale("pl"))
    assert meaning == Answer(text)


@table("text", ["a imię wam do czego?", "il nome è proprio obbligatorio?", "do you know any jokes?"])
def test_a_question_is_nobodys_name(text: str) -> None:
    meaning = understand(text, Expected(Expects.person_name, "person_name"), locale=Locale("pl"))
    assert not isinstance(meaning, Answer)
