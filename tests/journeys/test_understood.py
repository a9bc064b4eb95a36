"""Customers who only write, as transcripts that a person can read: tests/journeys/transcripts/understood.txt."""

from pathlib import Path

import pytest

from tests.architecture.rooms import ROOT
from tests.desk.diary import Diary, standing_still
from tests.desk.running import running_desk
from tests.journeys.teller import hold_to
from tests.journeys.understood_scenes import RETURNING, WARSAW, Understood, Words

WORDS = {
    "pl": Words(
        email="pracownia@example.com",
        three_facts="dzień dobry, chcę kupić program do faktur: mail pracownia@example.com, tel. 512 000 321, "
        "NIP 111-222-33-32",
        new_here="nie, jestem u was pierwszy raz",
        who_reads="a kto te moje dane potem czyta?",
        required="to tylko to, co wymagane",
        corrected="cholera, pomyliłam NIP, ma być 123-456-32-18",
        right="tak, teraz wszystko się zgadza",
        pay_later="a mogę zapłacić dopiero jutro?",
        method="zapłacę blikiem",
        accept="akceptuję regulamin",
        confirm="klauzule też potwierdzam",
        order="zamawiam i płacę",
        activate="pewnie, włączcie mi te e-faktury",
        log_in="chcę się zalogować",
        again="zamawiam jeszcze raz to samo na rok, płacę kartą",
        order_again="zamawiam",
    ),
    "it": Words(
        email="laboratorio@example.com",
        three_facts="buongiorno, vorrei comprare il programma per le fatture: mail laboratorio@example.com, "
        "cell. +48 512 000 321, NIP 111-222-33-32",
        new_here="no, è la prima volta che vengo da voi",
        who_reads="e chi li legge poi i miei dati?",
        required="solo quelli obbligatori, grazie",
        corrected="porca miseria, ho sbagliato il NIP, è 123-456-32-18",
        right="sì, adesso è tutto giusto",
        pay_later="ma posso pagare domani?",
        method="pago con BLIK",
        accept="accetto i termini",
        confirm="confermo anche le clausole",
        order="ordino e pago",
        activate="sì, attivatemi le fatture elettroniche",
        log_in="vorrei accedere",
        again="vorrei riordinare lo stesso per un altro anno, pago con carta",
        order_again="ordino",
    ),
    "en": Words(
        email="workshop@example.com",
        three_facts="hi, I’d like to buy your invoicing: e-mail workshop@example.com, mobile +48 512 000 321, "
        "NIP 111-222-33-32",
        new_here="no, this is my first time here",
        who_reads="and who gets to read all that?",
        required="just the required ones, please",
        corrected="oh damn, I got the NIP wrong, it should be 123-456-32-18",
        right="yes, it’s all correct now",
        pay_later="can I pay tomorrow?",
        method="I’ll pay by BLIK",
        accept="I accept the terms",
        confirm="I confirm the clauses too",
        order="I order and pay",
        activate="sure, turn on my e-invoices",
        log_in="I’d like to log in",
        again="same again for another year please, by card",
        order_again="I order",
    ),
}


@pytest.mark.parametrize("locale", sorted(WORDS))
async def test_free_words_are_enough(locale: str, tmp_path: Path) -> None:
    words = WORDS[locale]
    with standing_still():
        async with running_desk(tmp_path, profile=ROOT / "profiles/fakturasmart", secret_key="k" * 32) as desk:
            diary = Diary(desk, WARSAW, [f"What is understood: fakturasmart ({locale})"])
            told = Understood(desk, locale, words, diary)
            await told.free_words()
            await told.same_again()
            first, second = await desk.card(words.email), await desk.card(RETURNING)

    assert [order["status"] for order in first["orders"]] == ["paid"]
    assert first["einvoice"]["status"] == "active"
    assert first["companies"][0]["tax_number"] in ("1234563218", "PL1234563218")
    assert [(order["status"], order["method"]) for order in second["orders"]] == [("paid", "blik"), ("paid", "card")]
    hold_to("understood", locale, diary.transcript)
