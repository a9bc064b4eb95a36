"""So many more, or fewer, are counted on from what there is; a number by itself is how many there are to be."""

import pytest
from msgspec.structs import replace

from bot.conversation.inbound import Inbound, Text
from nlu.named.pieces import as_change
from tests.bot.conversation.uttered import at
from tests.journeys.teller import hearing
from tests.table import table
from values.channel import Channel
from values.meaning import Press
from values.offer import counted_on

HAVE = 5
CHANGES = {
    7: (
        *("add 2 more seats", "2 further seats", "another 2", "increase by 2", "dorzuć mi jeszcze 2", "zwiększ o 2"),
        *("dodatkowo 2 stanowiska", "o 2 więcej", "altri 2 utenti", "ancora 2", "2 in più", "aumenta di 2"),
        *("noch 2 Plätze", "2 weitere Lizenzen", "2 mehr", "um 2 erhöhen bitte noch 2"),
    ),
    3: (
        *(
            "2 fewer seats",
            "2 less",
            "reduce by 2",
            "remove 2 seats",
            "o 2 mniej",
            "zmniejsz o 2",
            "2 stanowiska mniej",
        ),
        *("2 in meno", "riduci di 2", "togli 2 utenti", "2 weniger", "2 Plätze weniger", "verringere um 2"),
    ),
    2: (
        *("2 seats", "change to 2", "no more than 2", "2 more or less", "2 stanowiska", "zmień na 2", "zmniejsz do 2"),
        *(
            "nie więcej niż 2",
            "2 utenti",
            "non più di 2",
            "2 in tutto",
            "2 Plätze",
            "auf 2 erhöhen",
            "insgesamt 2 mehr",
        ),
    ),
}


@table("text, wanted", [(text, wanted) for wanted, texts in CHANGES.items() for text in texts])
def test_a_number_is_counted_on_where_the_words_say_so(text: str, wanted: int) -> None:
    assert counted_on(as_change(text, "2"), HAVE) == str(wanted)


@pytest.mark.parametrize("counted", ["pieces", "packs"])
def test_what_is_counted_stays(counted: str) -> None:
    assert counted_on(as_change("altri 2 utenti", f"2 {counted}"), 3) == f"5 {counted}"


CART = {
    "it": (("aggiungi altri 2 utenti", 5), ("ancora 1 utente", 4), ("2 utenti in meno", 1), ("altri 50 utenti", 3)),
    "pl": (("dodaj jeszcze 2 użytkowników", 5), ("jeszcze jeden użytkownik", 4), ("o 2 użytkowników mniej", 1)),
    "en": (("add 2 more users", 5), ("two further users", 5), ("2 fewer users", 1)),
}


@table("locale, text, users", [(locale, *row) for locale, of in CART.items() for row in of])
def test_in_the_cart_too(locale: str, text: str, users: int) -> None:
    name, driver = at("addons", locale)
    driver.say(replace(Press("addons:users"), then="3"))
    inbound = Inbound(Channel.REST, "s", "k", Text(text))
    driver.happen(hearing(name).hear(inbound, driver.step, driver.context(driver.case)).said)
    assert driver.case.cart.extra == (("users", users),)
