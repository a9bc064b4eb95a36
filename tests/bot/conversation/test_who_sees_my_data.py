"""The question who sees one's data: the desk answers it, or an entry that lists it; never one that is only near."""

from nlu.questions.faq import FaqIndex, FaqText
from nlu.understand import understand
from tests.bot.conversation.test_words_that_bind import SELLERS
from tests.journeys.teller import hearing, profile
from tests.table import table
from values.meaning import Expected, Expects, Faq, Intent, Meaning

ASKED = {
    "pl": ("Kto widzi moje dane?", "kto może zobaczyć moje dane?", "kto ma dostęp do moich danych"),
    "it": ("Chi vede i miei dati?", "chi può vedere i miei dati?", "chi legge i miei dati"),
    "en": ("Who sees my data?", "who can see my data?", "who has access to my data?"),
}
AT_START = Expected(Expects.choice, "start")


def meant(text: str, locale: str, faq: FaqIndex | None, seller: str = "fakturasmart") -> Meaning:
    return understand(text, AT_START, locale=locale, faq=faq, known=hearing(seller).known)


@table("seller", SELLERS)
def test_the_desk_says_who_sees_it(seller: str) -> None:
    asked = [(text, lang) for lang in profile(seller).seller.locales for text in ASKED.get(lang, ())]
    told = {text: meant(text, lang, hearing(seller).faq, seller) for text, lang in asked}
    assert {
        text for text, said in told.items() if not (isinstance(said, Intent) and said.name == "ask_readers")
    } == set()


def test_an_entry_answers_where_it_lists_that_question_itself() -> None:
    near = FaqText("data_security", "it", ("I miei dati sono al sicuro?", "Chi vede la mia password?"), "Sì.")
    own = FaqText("who_sees", "it", ("Chi può vedere i miei dati?",), "Solo noi.")
    assert isinstance(meant("Chi vede i miei dati?", "it", FaqIndex([near])), Intent)

    told = meant("Chi può vedere i miei dati?", "it", FaqIndex([near, own]))
    assert isinstance(told, Faq)
    assert told.id == "who_sees"
