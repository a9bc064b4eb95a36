"""Questions about the open step or the desk itself: told by their question words, in any step and language."""

from nlu.languages.shipped import KNOWN, among
from nlu.questions.side_questions import ABOUT_THE_STEP, SURE, read_side_question
from nlu.understand import understand
from tests.table import table
from values.locale import Locale, parse_locale
from values.meaning import Answer, Expected, Expects

ASKED = {
    "bot": {
        "pl": ["czy rozmawiam z żywą osobą?", "jest tam ktoś?", "Pan jest robotem?", "pisze człowiek czy program?"],
        "it": ["ma lei è un essere umano?", "c'è qualcuno in carne e ossa?", "sto scrivendo a una macchina?"],
        "en": ["are you real?", "anybody there?", "is this an AI?", "am i chatting with a bot", "r u human"],
    },
    "progress": {
        "pl": ["długo jeszcze?", "ile zostało kroków"],
        "it": ["quante domande ancora?", "manca tanto? quanto ancora?"],
        "en": ["how many more questions?", "are we done yet?"],
    },
    "ads": {
        "pl": ["a nie będziecie mi słać reklam?", "czy dostanę od was spam?"],
        "it": ["non è che mi riempite di pubblicità?", "poi mi arriva lo spam?"],
        "en": ["are you going to spam me?", "will I get marketing calls with ads?"],
    },
    "readers": {
        "pl": ["kto to zobaczy?", "sprzedajecie komuś te numery?"],
        "it": ["e chi li vede?", "passate i miei dati ad altri?"],
        "en": ["who's going to see that?", "do you sell my number?"],
    },
    "kept": {
        "pl": ["jak długo to trzymacie?", "kiedy to zniknie?"],
        "it": ["per quanto tempo li tenete?", "quando eliminate tutto?"],
        "en": ["how long do you keep it?", "when will all of this be deleted?"],
    },
    "pay_by": {
        "pl": ["do kiedy mogę zapłacić?", "jaki jest termin płatności?"],
        "it": ["fino a quando posso pagare?", "fino a quando vale l’ordine?"],
        "en": ["until when can I pay?", "how long do I have to pay?"],
    },
    "pay_later": {
        "pl": ["mogę zapłacić jutro?", "da się opłacić po wypłacie?"],
        "it": ["posso pagare domani?", "si può saldare a fine mese?"],
        "en": ["can I pay next week?", "do I have to pay straight away?"],
    },
    "currency": {
        "pl": ["w jakiej walucie płacę?"], "it": ["in quale valuta è il prezzo"], "en": ["is it in euros or dollars?"],
    },
    "later": {
        "pl": ["mogę dokończyć po pracy?"], "it": ["si può finire più tardi"], "en": ["could I finish this tonight"],
    },
    "safe": {
        "pl": ["czy ta strona jest bezpieczna?"], "it": ["ma questo sito è sicuro"], "en": ["is this page secure?"],
    },
    "restart": {
        "pl": ["co jeśli zrobię błąd?"], "it": ["e se commetto un errore"], "en": ["what if I make a mistake"],
    },
    "cancel": {
        "pl": ["a jak mi się nie spodoba, mogę zrezygnować?"], "it": ["se non mi piace posso disdire?"],
        "en": ["and if it is no good, can I cancel it?", "will I be able to send it back"],
    },
    "need": {
        "pl": ["czy to naprawdę potrzebne?", "muszę to podać?", "a co jeśli nie podam?", "to jest obowiązek?"],
        "it": ["è proprio necessario?", "è obbligatorio o posso non darlo", "devo per forza?", "e se non lo metto?"],
        "en": ["is that really needed?", "do I have to?", "can I skip that?", "what if I don't?"],
    },
    "step": {
        "pl": [
            "po co wam to?", "dlaczego chcecie mój adres?", "czym to się różni?", "a te dane to skąd?",
            "można to potem zmienić?",
        ],
        "it": [
            "a che vi serve?", "perché me lo chiedete?", "why devo confermarla?", "che cosa significa?",
            "dove lo trovo?", "quale è più veloce?",
        ],
        "en": [
            "whats the code for", "is it too late to change it?", "why do you ask", "what does that mean?",
            "where do I find that?",
        ],
    },
}  # fmt: skip
NOT_ASKED = {
    "pl": [
        "mogę porozmawiać z człowiekiem?", "polącz mnie z konsultantem", "ile to kosztuje?", "zapłacę jutro kartą",
        "nie działa kod", "zmień adres", "jak długo trzymacie faktury?", "co to za pogoda dzisiaj",
    ],
    "it": [
        "posso parlare con una persona?", "quanto costa ancora di più?", "vorrei pagare subito", "la fattura dov'è?",
        "cambia la via", "per quanto tempo conservate le fatture?",
    ],
    "en": [
        "can I talk to a human?", "I'd rather have a person", "how much is it?", "I want to pay right away, where?",
        "how long do you keep invoices?", "where is my invoice", "change the street",
        "is there a free version?", "is there an app?",
    ],
}  # fmt: skip


def asked(text: str, lang: str) -> str | None:
    locale = parse_locale(lang)
    assert locale is not None
    return read_side_question(text, among(KNOWN, locale), (*SURE, *ABOUT_THE_STEP))


@table(
    ("kind", "lang", "text"),
    [(kind, lang, text) for kind, of in ASKED.items() for lang, texts in of.items() for text in texts],
)
def test_what_is_asked(kind: str, lang: str, text: str) -> None:
    assert asked(text, lang) == kind


@table(("lang", "text"), [(lang, text) for lang, texts in NOT_ASKED.items() for text in texts])
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
