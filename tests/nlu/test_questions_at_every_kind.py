"""A question with a number, a day or a code in it is a question, whatever kind of answer the open step takes."""

from collections.abc import Iterator

from nlu.understand import understand
from tests.table import table
from values.kinds import KINDS
from values.meaning import Answer, Expected, Expects, Meaning

QUESTIONS = {
    "pl": (
        *("ile kosztuje plan na 3 lata?", "Ile kosztuje plan na 3 lata", "czy 12 osób może z tego korzystać?"),
        *("czy jutro też działa pomoc?", "co się stanie 31.12.2026?", "kiedy przyjdzie kod 6-cyfrowy?"),
        *("czy kod START20 jeszcze działa?", "czy dostanę rabat po 2 latach?", "do kiedy trwa promocja, do 3 maja?"),
    ),
    "it": (
        *("quanto costa il piano per 3 anni?", "quanto costa per 3 anni", "possono usarlo 12 persone?"),
        *("domani l'assistenza è aperta?", "cosa succede il 31/12/2026?", "quando arriva il codice di 6 cifre?"),
        *("il codice START20 vale ancora?", "posso pagare in 2 rate?", "la promozione vale fino al 3 maggio?"),
    ),
    "en": (
        *("how much is it for 3 years?", "how much is it for 3 years", "can 12 people use it?"),
        *("is support open tomorrow?", "what happens on 31/12/2026?", "when does the 6-digit code come?"),
        *("does the code START20 still work?", "can I pay in 2 instalments?", "is the offer good until 3 May?"),
    ),
}
TYPED = tuple(kind.expects for kind in KINDS.values() if kind.form in ("digits", "formed", "words"))
ANY_WORDS = frozenset({Expects.free_text})
"""A message to somebody may ask: that is its text."""


def asked(kind: Expects) -> Iterator[tuple[str, str, Meaning]]:
    for lang, texts in QUESTIONS.items():
        for text in texts:
            yield lang, text, understand(text, Expected(kind, "asked", optional=True), locale=lang)


@table("kind", [kind for kind in TYPED if kind not in ANY_WORDS])
def test_a_question_is_no_answer(kind: Expects) -> None:
    taken = [(lang, text, meaning) for lang, text, meaning in asked(kind) if isinstance(meaning, Answer)]
    assert not taken
