"""Whoever has an order and asks for its papers, its state, a correction, help or the way out begins no other one.

Questions about the talk itself and what was given in it are answered by the value, and nothing that looks alike is.
"""

from pathlib import Path

import pytest

from bot.simulation.outcomes.trial import Trial, tried
from bot.simulation.outcomes.wanted import Near
from values.meaning import Intent, NavigationCommand, Press

ROOT = Path(__file__).parents[3]
TABLE = Path(__file__).with_name("own_orders.tsv").read_text(encoding="utf-8")
LINES = [line.split("\t") for line in TABLE.splitlines()]
ANSWERED = {"zone:invoices": "zone.no_invoices", "order_problem": "kit.for_a_person", "my_order": "payment.status"}


def meant(trial: Trial) -> str:
    if trial.before.order.id is not None and trial.after.account.id is not None and trial.after.order.id is None:
        return "begins"
    match trial.said.meaning:
        case Intent(name) | NavigationCommand(name):
            return name
        case Press(payload):
            return payload
        case other:
            return type(other).__name__


@pytest.mark.parametrize("lang", ["pl", "it", "en"])
async def test_the_noun_order_is_no_wish_to_buy(lang: str) -> None:
    wanted = {(at, text): kind for code, at, kind, text in LINES if code == lang}
    assert len([kind for kind in wanted.values() if kind != "begins"]) >= 25
    found = await tried(
        ROOT / "profiles" / "fakturasmart", lang, [Near(lang=lang, at=at, text=text) for at, text in wanted]
    )
    wrong = [(item.text, meant(trial)) for item, trial in found if meant(trial) != wanted[item.at, item.text]]
    assert wrong == []
    for item, trial in found:
        key = ANSWERED.get(wanted[item.at, item.text])
        assert key is None or key in [say.key for say in trial.says], item.text


ASKED = """
ask_what_is_this start=Standard zone=Standard|czym się zajmujecie?|di cosa vi occupate?|what do you guys do?
ask_this tax_number=Standard|co to jest?|cos'è?|what is this?
ask_where confirm=7 pay=11|o co ostatnio pytaliście?|dove eravamo rimasti?|where were we?
ask_sent code=999 payment=367|wysłaliście już?|l'avete mandato?|have you sent it?
ask_wait code=999 payment=367|ile to trwa?|quanto devo aspettare?|how long does it take?
ask_next phone=, payment=E-/Fatt|a potem co?|e dopo?|what comes next?
ask_ordered pay=367 payment=367 zone=FS/|co ja kupuję?|cosa sto comprando?|what am I buying?
ask_total method=367 payment=367|ile wyszło razem?|qual è il totale?|how much in total?
ask_charged auto_renewal=367 zone=2027|kiedy i ile pobierzecie?|quando mi addebitate?|when will I be charged again?
ask_monthly start=(1 method=367|płaci się co miesiąc?|si paga al mese?|is it monthly?
ask_pay_by payment=202|do kiedy mogę zapłacić?|entro quando devo pagare?|until when can I pay?
ask_end zone=2027|kiedy wygasa mój plan?|quando scade il mio piano?|when does my plan expire?
ask_my_phone code=999 zone=999|jaki numer telefonu podałem?|qual è il mio cellulare?|what's my mobile number here?
ask_my_email phone=nowak@ zone=nowak@|jaki e-mail podałam?|che email risulta?|what's my e-mail?
ask_my_street confirm=12/4 zone=12/4|jaki mam wpisany adres?|che via risulta?|which street is on file?
ask_my_tax_number pay=123 start=NIP|jaki NIP podałem?|che partita IVA risulta?|what tax number do you have for us?
ask_my_company pay=Bur|jakie dane firmy macie?|quali dati dell'azienda avete?|what company details are saved?
ask_my_method pay=BLIK zone=BLIK|czym płacę?|con cosa sto pagando?|how am I paying?
ask_my_consents method=(|na co się zgodziłam?|quali consensi ho dato?|what have I agreed to?
alike method= zone=|mój telefon to 512 333 444|il mio telefono è 512 333 444|my phone is 512 333 444
alike method= zone=|jaki jest wasz numer telefonu?|qual è il vostro numero di telefono?|what's your phone number?
alike method= zone=|jaki numer mam podać?|che numero devo dare?|which number should I give?
alike code= zone=|wyślij kod jeszcze raz|rimanda il codice|send the code again
alike email= zone=|co to jest KSeF?|cos'è il KSeF?|what is KSeF?
alike pay= zone=|gdzie zmienię mój adres?|come cambio il mio indirizzo?|how do I change my address?
"""
"""What is asked, the places with a part of the value that is told there, and the questions in three languages."""


@pytest.mark.parametrize("lang", ["pl", "it", "en"])
async def test_a_question_about_the_talk_is_told_the_value(lang: str) -> None:
    rows = [(head.split(), texts[["pl", "it", "en"].index(lang)]) for head, *texts in
            (line.split("|") for line in ASKED.strip().splitlines())]  # fmt: skip
    wanted = {(*place.split("=")[:1], text): (name, place.partition("=")[2])
              for (name, *places), text in rows for place in places}  # fmt: skip
    items = [Near(lang=lang, at=at, text=text) for at, text in wanted]
    for item, trial in await tried(ROOT / "profiles" / "fakturasmart", lang, items):
        name, value = wanted[item.at, item.text]
        assert (meant(trial) == name) is (name != "alike"), item
        assert name != "alike" or f"\n{meant(trial)} " not in ASKED, item
        assert any(one in trial.text for one in value.split("/" if "E-" in value else " ")), (item, trial.text)
