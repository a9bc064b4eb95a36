"""An optional question with yes and no: a typed "no" is an answer, and is corrected by its name."""

from pathlib import Path

from tests.abroad import profile_with
from tests.desk.running import running_desk
from tests.desk.scripted import Person, Scripted

ABROAD = """
[[question]]
id = "abroad"
kind = "yes_no"
after = "contact"
keep = "account"
"""
ASK = {"pl": "Czy wystawiasz faktury za granicę?", "it": "Emetti fatture per l’estero?", "en": "Any invoices abroad?"}
CALLED = {"pl": "faktury za granicę", "it": "fatture per l’estero", "en": "invoices abroad"}
SAID = {"pl": ("tak", "nie", "pomiń"), "it": ("sì", "no", "salta"), "en": ("yes", "no", "skip")}
CHANGED = {
    "pl": "zmień faktury za granicę na nie",
    "it": "cambia fatture per l’estero in no",
    "en": "change invoices abroad to no",
}


def asks_abroad(folder: Path) -> Path:
    """A seller with this one question, whose words are set with typographic apostrophes."""
    profile_with(folder, ABROAD)
    for locale, ask in ASK.items():
        texts = folder / "texts" / f"{locale}.toml"
        words = (f'ask = "{ask}"', 'label = "Export"', 'help = "VAT."', f'called = "{CALLED[locale]}"', 'change = "X"')
        texts.write_text("\n".join((texts.read_text("utf-8"), "[question.abroad]", *words, "")), "utf-8")
    return folder


async def test_a_typed_no_is_an_answer_and_any_is_corrected_by_its_name(tmp_path: Path) -> None:
    async with running_desk(tmp_path / "data", profile=asks_abroad(tmp_path / "seller")) as desk:
        for locale, (yes, no, skip) in SAID.items():
            for words, kept in ((yes, True), (no, False), (skip, None)):
                person = Person(locale=locale)
                scripted = await Scripted(desk, person).run("contact.abroad")
                for said, now in ((words, kept), (CHANGED[locale], False), (f"{CALLED[locale]}: {yes}", True)):
                    await scripted.customer.say(said)
                    assert scripted.customer.at == "company.tax_number", said
                    answers = (await desk.card(person.email))["account"]["answers"]
                    assert answers == {"abroad": now}, said
