"""Questions about what a seller doesn't answer here lead to the place that its guide names, however they are asked."""

from pathlib import Path

import pytest

from tests.desk.running import Running, running_desk
from tests.kit.rows import each_row
from tests.kit.talks import says

PROFILES = Path("profiles")
COMMUNITY = {
    "pl": "Zadaj je w Społeczności Klientów Symfonii",
    "it": "Community dei clienti Symfonia",
    "en": "Symfonia Customers’ Community",
}
CENTRE = {"pl": "Centrum Obsługi Klienta: tel.", "it": "Servizio clienti: tel.", "en": "Customer service: phone"}
EXPERTS = {"pl": "Nasi eksperci są", "it": "I nostri esperti sono", "en": "Our experts are"}
SUPPORT = {"pl": "e-Pomoc techniczna", "it": "e-Pomoc techniczna", "en": "e-Pomoc techniczna"}
ASKED: dict[str, tuple[dict[str, str], dict[str, tuple[str, ...]]]] = {
    "r2platnik": (
        COMMUNITY,
        {
            "pl": ("jak wysłać RSA", "nie drukuje się pasek płacowy", "jak dodać pracownika", "mam inne pytanie"),
            "it": ("domanda sui contributi", "non riesco a stampare il cedolino", "come aggiungo un dipendente"),
            "en": ("question about sick pay", "the payslip doesn't print", "how do I add an employee"),
        },
    ),
    "vectra": (
        CENTRE,
        {
            "pl": ("mam pytanie o internet", "nie działa mi telewizja", "pytanie o umowę"),
            "it": ("ho una domanda sul decoder", "internet non funziona"),
            "en": ("my internet is down", "question about my contract"),
        },
    ),
    "certified_platform": (
        EXPERTS,
        {
            "pl": ("mam pytanie o podpis cyfrowy",),
            "it": (
                "ho una domanda sulla firma digitale",
                "ho bisogno di un esperto",
                "come funziona la marca temporale",
            ),
            "en": ("question about digital signatures",),
        },
    ),
    "konto_insert": (
        SUPPORT,
        {
            "pl": ("jak wystawić paragon w subiekcie", "mam pytanie o gratyfikanta"),
            "it": ("ho una domanda su Subiekt",),
            "en": ("question about Rachmistrz",),
        },
    ),
}


@pytest.mark.parametrize("profile", ASKED)
async def test_questions_about_a_subject_lead_to_its_place(tmp_path: Path, profile: str) -> None:
    place, asked = ASKED[profile]
    async with running_desk(tmp_path, profile=PROFILES / profile) as desk:
        for locale, sentences in asked.items():
            customer = await says(desk.customer(locale), "/start")
            here = customer.at
            for words in sentences:
                await customer.say(words)
                assert place[locale] in customer.said[-1], words
                assert customer.at == here


@each_row
async def test_what_the_desk_does_itself_is_done_though_a_subject_is_named(
    tmp_path: Path, profile: str, words: str, at: str
) -> None:
    async with running_desk(tmp_path, profile=PROFILES / profile) as desk:
        customer = await says(desk.customer(), words)
        assert customer.at == at
        assert ASKED[profile][0]["pl"] not in customer.said[-1]


@pytest.mark.desk(profile=PROFILES / "vectra")
async def test_a_seller_of_nothing_names_no_order_to_whoever_would_change_a_plan(desk: Running) -> None:
    customer = await says(desk.customer(), "/start", "jak zmienić pakiet")
    assert customer.said[-1].startswith("W tej sprawie pomoże konsultant.")
    assert "zamówieni" not in customer.said[-1]
