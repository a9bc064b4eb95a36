"""Terms can be read in full: where they are asked, when they are asked for, and later in the zone."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.crash.process import free_port
from tests.desk.databases import on_each_database
from tests.desk.running import Customer, Running, running_desk
from tests.desk.scripted import Person, Scripted
from tests.desk.test_consents_as_given import ROOT, settings_of

pytestmark = pytest.mark.anyio
WAYS = ("start:sign_up", "account:new", "product:nexo", "statement:accept", "contact_forms:email")


def documents(customer: Customer) -> list[Any]:
    return [link for link in customer.custom["links"] if link["rel"] == "document"]


async def read(desk: Running, link: Any) -> str:
    page = await desk.http.get(link["href"])
    assert page.status_code == 200
    assert "set-cookie" not in page.headers
    assert page.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
    return page.text


@pytest.mark.parametrize(
    ("locale", "asked", "heading", "who", "agreed", "controller"),
    [
        (
            "pl",
            "gdzie mogę przeczytać regulamin?",
            "Regulamin Konta InsERT",
            "kto jest administratorem danych?",
            "administratora, firmę InsERT,",
            "Administratorem danych jest firma InsERT.",
        ),
        (
            "it",
            "dove leggo le condizioni?",
            "Condizioni d’uso di Konto InsERT",
            "chi è il titolare dei dati?",
            "del titolare, l’azienda InsERT,",
            "Il titolare del trattamento è l’azienda InsERT.",
        ),
        (
            "en",
            "where can I read the terms?",
            "Terms of use of Konto InsERT",
            "who is the data controller?",
            "the controller, InsERT,",
            "The controller of the data is InsERT.",
        ),
    ],
)
async def test_terms_are_read_where_they_are_asked_when_asked_for_and_in_the_zone(
    tmp_path: Path, locale: str, asked: str, heading: str, who: str, agreed: str, controller: str
) -> None:
    async with running_desk(tmp_path, profile=ROOT / "profiles/konto_insert") as desk:
        scripted = await Scripted(desk, Person(ways=WAYS, locale=locale)).run("account.email")
        customer = scripted.customer
        assert documents(customer) == []

        await customer.say(asked)
        assert [link["id"] for link in documents(customer)] == ["terms"]
        await customer.say(who)
        assert controller in customer.said[-1]
        await scripted.run("account.consents")
        (link,) = documents(customer)
        assert link["id"] == "terms", "of personal data there is only the sentence"
        assert agreed in customer.said[-1]
        page = await read(desk, link)
        assert controller in page
        assert f'<html lang="{locale}">' in page
        assert f"<h1>{heading}</h1>" in page
        assert page.count("<h2>") == 6

        await scripted.run()
        assert documents(customer) == []
        await customer.say("zone:documents")
        assert documents(customer) == [link]


@on_each_database
async def test_what_was_accepted_stays_readable_when_the_text_changes(
    tmp_path: Path, database: str, request: pytest.FixtureRequest
) -> None:
    settings = {"port": free_port(), **settings_of(database, request)}
    async with running_desk(tmp_path / "data", **settings) as desk:
        waiting = await Scripted(desk).run("order.terms")
        (old,) = documents(waiting.customer)
        buyer = await Scripted(desk).run()
        card = await desk.card(buyer.person.email)
        terms = next(one for one in card["consents"] if one["id"] == "terms")
        assert "Potem są usuwane." in terms["words"]
        assert "Akceptuję regulamin FakturaSmart" in terms["words"]

    later = Path(shutil.copytree(ROOT / "profiles/fakturasmart", tmp_path / "profile"))
    file = later / "documents/pl/terms.txt"
    file.write_text(file.read_text("utf-8").replace("Potem są usuwane.", "Potem <b>znikają</b>."), "utf-8")
    async with running_desk(tmp_path / "data", profile=later, **settings) as desk:
        waiting.desk, waiting.customer.http = desk, desk.http
        await waiting.customer.say("terms:accept")
        assert waiting.customer.at == "order.terms", "the full text is part of what is accepted"
        (new,) = documents(waiting.customer)
        assert new["href"] != old["href"]
        assert "Potem &lt;b&gt;znikają&lt;/b&gt;." in await read(desk, new)
        assert "Potem są usuwane." in await read(desk, old)
        assert (await desk.http.get("/documents/" + "0" * 64)).status_code == 404
