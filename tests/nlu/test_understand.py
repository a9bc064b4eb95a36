"""The order of understanding, at each kind of step."""

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from nlu.questions.faq import FaqHit, FaqIndex, FaqText
from nlu.understand import understand
from tests.kit.narrow import a
from tests.kit.rows import all_rows
from tests.table import table
from values import meaning as meanings
from values.expected import Expected, OptionWords
from values.kinds import specimens
from values.kinds.samples import GARBAGE
from values.locale import SHIPPED

METHODS = (
    OptionWords("method:card", ("Karta", "Carta", "Card")),
    OptionWords("method:paypal", ("PayPal",)),
    OptionWords("method:przelewy24", ("Przelewy24",)),
    OptionWords("method:blik", ("BLIK",)),
)
RENEWAL = (
    OptionWords("auto_renewal:yes", ("Odnawiaj", "Rinnova", "Renew")),
    OptionWords("auto_renewal:no", ("Bez odnawiania", "Senza rinnovo", "No renewal")),
)
CONFIRM = (
    OptionWords("confirm:yes", ("Zgadza się",)),
    OptionWords("confirm:edit", ("Chcę zmienić",)),
)
CONSENTS = (
    OptionWords("consents:required", ("Tylko obowiązkowe",), meanings.BindingAct.agree),
    OptionWords("consents:all", ("Wszystkie",), meanings.BindingAct.agree),
    OptionWords("consents:done", ("Gotowe",), meanings.BindingAct.agree),
)
PAY = (
    OptionWords("pay:now", ("Zamawiam z obowiązkiem zapłaty",), meanings.BindingAct.order),
    OptionWords("method:card", ("Karta",)),
)
FAQ = FaqIndex(
    [
        FaqText("start_time", "pl", ("Kiedy ruszy usługa po zapłaceniu?", "Ile trwa aktywacja?"), "Po kilku minutach."),
        FaqText("foreign", "pl", ("Czy wystawię fakturę zagranicznemu klientowi?",), "Tak, w każdej walucie."),
        FaqText("start_time", "it", ("Quando parte il servizio dopo il pagamento?",), "Dopo pochi minuti."),
        FaqText("storage", "en", ("How long are invoices stored?",), "Ten years."),
    ]
)
ANSWERED = {
    **{name: meanings.Expects(name) for name in ("email", "phone", "street", "city", "company_name", "tax_number")},
    "method": meanings.Expects.choice,
}


def at(kind: str, text: str, lang: str = "pl", **more: object) -> meanings.Meaning:
    step = str(more.pop("step", kind))
    return understand(text, Expected(meanings.Expects(kind), step, **more), locale=lang, faq=FAQ)  # type: ignore[arg-type]


@all_rows
def test_payloads_and_commands_come_first(text: str, meaning: meanings.Meaning | None) -> None:
    found = at("choice", text, options=METHODS, step="method")
    assert found == meaning if meaning is not None else not isinstance(found, meanings.NavigationCommand)


@table("text", ["nip:1234563218", "tel:512000111", "kod:123456", "12:30", "https://example.com"])
def test_a_label_with_a_number_is_no_payload(text: str) -> None:
    assert not isinstance(at("tax_number", text), meanings.Press)


@all_rows
def test_a_sentence_corrects_another_answer(lang: str, text: str, meaning: meanings.Meaning) -> None:
    assert at("quantity", text, lang, correctable=ANSWERED) == meaning


@table("text", ["źle, mój e-mail to ola@example.com", "zmień e-mail na ola@example.com"])
def test_what_was_never_answered_is_not_corrected(text: str) -> None:
    assert not isinstance(at("quantity", text, correctable={"phone": meanings.Expects.phone}), meanings.Correction)


def test_the_open_steps_own_answer_is_no_correction() -> None:
    found = at("phone", "źle, telefon to 512 000 111", correctable={"email": meanings.Expects.email})
    assert found == meanings.Answer("źle, telefon to 512 000 111", "512000111")


@table("kind", ["choice", "tax_number", "company_name", "email", "contact_code", "discount_code"])
@table("text", ["START20", "start 20", "start dwadzieścia", "mam kod START20", "kod rabatowy: start20"])
def test_a_known_code_is_taken_at_any_step(kind: str, text: str) -> None:
    assert at(kind, text, discount_codes=("START20", "STARY")) == meanings.Discount("START20")


@all_rows
def test_a_closed_form_is_read_out_of_the_message(kind: str, lang: str, text: str, value: str | None) -> None:
    assert at(kind, text, lang, country="IT" if lang == "it" else "PL") == meanings.Answer(text, value)


@table(
    ("options", "lang", "text", "meaning"),
    [
        (METHODS, "pl", "blikiem", meanings.Press("method:blik")),
        (METHODS, "pl", "nie kartą, tylko blik", meanings.Press("method:blik")),
        (METHODS, "pl", "poproszę kartą kredytową", meanings.Press("method:card")),
        (METHODS, "pl", "druga", meanings.Press("method:paypal")),
        (METHODS, "it", "la prima", meanings.Press("method:card")),
        (METHODS, "en", "3", meanings.Press("method:przelewy24")),
        (METHODS, "pl", "paypal albo blik", meanings.Unclear(("method:paypal", "method:blik"), "paypal albo blik")),
        (RENEWAL, "pl", "tak", meanings.Press("auto_renewal:yes")),
        (RENEWAL, "pl", "raczej nie", meanings.Press("auto_renewal:no")),
        (RENEWAL, "it", "senza rinnovo", meanings.Press("auto_renewal:no")),
        (RENEWAL, "en", "let it renew automatically", meanings.Press("auto_renewal:yes")),
        (CONFIRM, "pl", "wszystko się zgadza", meanings.Press("confirm:yes")),
        (CONFIRM, "pl", "nie, coś tu jest błędne", meanings.Press("confirm:edit")),
        (CONSENTS, "pl", "wszystkie", meanings.Press("consents:all")),
        (CONSENTS, "pl", "tylko te obowiązkowe", meanings.Press("consents:required")),
        (
            CONSENTS,
            "pl",
            "zgadzam się",
            meanings.Unclear(("consents:required", "consents:all", "consents:done"), "zgadzam się"),
        ),
        (PAY, "pl", "zamawiam z obowiązkiem zapłaty", meanings.Press("pay:now")),
        (PAY, "pl", "tak, zamawiam", meanings.Press("pay:now")),
    ],
)
def test_words_press_the_button_they_name(
    options: tuple[OptionWords, ...], lang: str, text: str, meaning: meanings.Meaning
) -> None:
    assert at("choice", text, lang, options=options, step=options[0].payload.partition(":")[0]) == meaning


@table(
    ("options", "text"),
    [(METHODS, "czy mogę zapłacić kartą?"), (RENEWAL, "nie wiem"), (RENEWAL, "czy to się odnawia?")],
)
def test_questions_doubts_and_half_words_press_nothing(options: tuple[OptionWords, ...], text: str) -> None:
    assert isinstance(at("choice", text, options=options), meanings.Intent | meanings.Faq)


@table("text", ["pomiń", "nie mam kodu", "salta", "skip it", "non ce l'ho"])
def test_an_optional_step_can_be_passed(text: str) -> None:
    assert at("discount_code", text, optional=True) == meanings.Press("discount_code:skip")


@all_rows
def test_requests_at_a_closed_step(lang: str, text: str, intent: str) -> None:
    assert a(meanings.Intent, at("contact_code", text, lang)).name == intent


@all_rows
def test_what_now_asks_for_no_entry_of_the_faq(lang: str, question: str, text: str) -> None:
    assert FaqIndex([FaqText("no_number", lang, (question,))]).find(question, lang)
    assert FaqIndex([FaqText("no_number", lang, (question,))]).find(text, lang) == []


def test_an_entry_answers_for_a_subject_by_its_cues_and_their_weight() -> None:
    about = ("decoder*", "add employee* =0.9")
    faq = FaqIndex([FaqText("subject", "en", ("Who knows it?",), "They do.", about), FaqText("x", "en", ("Hm?",))])
    assert faq.find("My decoders blink", "en")[0] == FaqHit("subject", 0.55, named=True)
    assert faq.find("how do I add an employee", "en")[0].confidence == 0.9
    assert faq.find("how do I add a friend", "en") == []


def test_an_entry_of_the_faq_answers_its_question_in_its_language() -> None:
    assert a(meanings.Faq, at("email", "kiedy ruszy ta usługa?")).id == "start_time"
    assert a(meanings.Faq, at("email", "how long do you store the invoices?", "en")).id == "storage"
    assert not isinstance(at("email", "kiedy urodził się Chopin?"), meanings.Faq)


@table("text", ["Pomoc Drogowa Kowalski", "Faktura sp. z o.o.", "ul. Kodowa 5", "Tak Nieruchomości", "Bursztyn"])
def test_a_free_text_is_taken_as_it_is(text: str) -> None:
    assert at("company_name", text, free_text=True) == meanings.Answer(text)


def test_a_question_interrupts_a_free_text() -> None:
    assert a(meanings.Intent, at("company_name", "Ile to kosztuje?", free_text=True)).name == "ask_price"


def test_secrets_empty_and_endless_messages() -> None:
    assert at("choice", "4242 4242 4242 4242") == meanings.SecretTyped(("card",))
    assert at("payment", "123456", options=PAY) == meanings.SecretTyped(("blik",))
    assert at("email", " \u200b ") == meanings.Empty()
    assert at("email", "x" * 1_000_000) == meanings.TooLong()


EXPECTATIONS = st.sampled_from(list(meanings.Expects))
NASTY = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=()), max_size=300),
    st.lists(
        st.sampled_from(
            [*"/:@+?0159", "nie", "zmień", "mail", "małpa", "kropka", "kod", "to", "tak", "\u202e", "🙂", " "]
        )
    ).map(" ".join),
    st.sampled_from([*GARBAGE, "\ud800" * 50, "ا" * 200]),
)


@settings(max_examples=200)
@given(
    EXPECTATIONS,
    NASTY,
    st.sampled_from([*SHIPPED, "xx"]),
    st.sampled_from(["PL", "IT", "EU", "FR", "", "zz"]),
    st.booleans(),
)
def test_no_message_at_any_step_makes_it_raise(
    kind: meanings.Expects, text: str, lang: str, country: str, flag: bool
) -> None:
    expected = Expected(kind, str(kind), METHODS + RENEWAL, country, ("START20",), ANSWERED, flag, flag)
    assert understand(text, expected, locale=lang, faq=FAQ) is not None


@table("kind", list(meanings.Expects))
def test_valid_specimens_are_answers_at_their_step(kind: meanings.Expects) -> None:
    for text in specimens(kind).valid:
        found = at(str(kind), text, code=kind is meanings.Expects.email_link)
        assert isinstance(found, meanings.Answer), (text, found)


@table("text", ["123456", "kod to 123 456", "codice 123-456", "12345", "jeden dwa trzy cztery pięć sześć"])
def test_a_letters_code_is_an_answer_where_it_may_be_typed(text: str) -> None:
    assert isinstance(at("email_link", text, code=True), meanings.Answer)
    assert not isinstance(at("email_link", text), meanings.Answer), "a letter that holds none"


@table("text", ["czy to 123456?", "anna123456@example", "512 000 111", "kod nie przyszedł", "ile to 5?"])
def test_other_words_are_no_code_of_a_letter(text: str) -> None:
    assert at("email_link", text, code=True) == at("email_link", text)


@table("piece", ["nie ", "zmień ", "kod ", "a ", "5 ", "@ ", "start20 ", "małpa kropka ", "hasło to ", "moja ", "ż"])
def test_time_is_linear(piece: str) -> None:
    assert_linear("", piece, meanings.Expects.tax_number)


@table("piece", [".", " .", ", ", " \n"])
def test_the_time_of_what_a_reason_may_follow_is_linear(piece: str) -> None:
    assert_linear("tak", piece, meanings.Expects.choice)


def assert_linear(start: str, piece: str, kind: meanings.Expects) -> None:
    expected = Expected(kind, str(kind), METHODS, "PL", ("START20",), ANSWERED)

    def cost(size: int) -> float:
        text, began = start + (piece * size)[:size] + "~", time.process_time()
        understand(text, expected, locale="pl", faq=FAQ)
        return time.process_time() - began

    cost(100)
    assert min(cost(4_000) for _ in range(3)) <= 16 * max(cost(500) for _ in range(3)) + 0.3


ZONE = (
    OptionWords("zone:my_account", ("Moje konto", "Il mio account", "My account")),
    OptionWords("zone:my_data", ("Moje dane", "I miei dati", "My details")),
    OptionWords("zone:erase", ("Usuń konto", "Cancella account", "Delete account")),
)


@all_rows
def test_deletion_is_no_page_that_the_same_words_name(said: str, locale: str) -> None:
    expected = Expected(meanings.Expects.nothing, "zone", options=ZONE)
    assert a(meanings.Intent, understand(said, expected, locale=locale)).name == "delete_my_data"
    assert understand("moje dane", expected, locale=locale) == meanings.Press("zone:my_data", words="moje dane")
    assert understand("Usuń konto", expected, locale=locale) == meanings.Press("zone:erase", words="Usuń konto")


@table("kind", ["choice", "phone", "tax_number", "email"])
@table("text", ["mam kod rabatowy ABC999", "ho un codice sconto ABC999", "I have a discount code ABC999"])
def test_an_unknown_discount_code_is_refused_by_its_name_at_every_step(kind: str, text: str) -> None:
    assert at(kind, text, discount_codes=("START20",)) == meanings.Correction("discount_code", "ABC999")


@table("text", ["codice destinatario M5UXCR1", "nie mam kodu rabatowego ABC999"])
def test_another_code_or_none_is_no_discount_code(text: str) -> None:
    assert at("choice", text, discount_codes=("START20",)) != meanings.Correction("discount_code", "ABC999")
