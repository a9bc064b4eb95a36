"""A seller's own questions on a whole desk: asked over REST, told to the seller and to agents, handed out, erased.

A tick on the order's card that is taken back and given again: each act is on record, and the last one stands.
"""

import csv
import json
import re
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import anyio.to_thread
import pytest
import sqlalchemy as sa
import structlog
from typer.testing import CliRunner

from bot.cli import build
from services.store.tables.accounts import account, company, consent
from services.store.tables.orders import sales_order
from services.store.tables.seller import outgoing_event
from tests.desk.agent_http import AgentHttp
from tests.desk.databases import on_each_database
from tests.desk.running import Running, running_desk
from tests.desk.scripted import Person, Scripted
from tests.kit.talks import says
from tests.sellers.sellers import QUESTIONS, asking_seller, profile_with

OWN = {
    "source": "z targów, oddział: południe",
    "news": "nie",
    "staff": "ok. 12 osób",
    "tools": "sklep internetowy i bank",
    "shop_name": "Kwiatki <b>Anny</b>",
    "start_day": "3 maja 2027",
    "accountant": "biuro@example.com",
}
"""The words typed at each question, by its id."""


class Answering(Scripted):
    """A customer who answers own questions in words."""

    async def act(self) -> None:
        """Does what is expected."""
        typed = OWN.get(self.customer.custom["step"])
        if typed is None:
            await super().act()
        else:
            await self.customer.say(typed)


async def okienko(desk: Running, monkeypatch: pytest.MonkeyPatch, *words: str) -> str:
    """Runs a command beside the desk; returns its output."""
    settings = desk.installation.deps.settings
    monkeypatch.setenv("OKIENKO_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("OKIENKO_PROFILE", str(settings.profile))
    done = await anyio.to_thread.run_sync(partial(CliRunner().invoke, build("customer", "answers"), words))
    assert done.exit_code == 0, done.output
    return done.stdout


async def test_answers_are_asked_kept_shown_handed_out_and_erased(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = asking_seller(tmp_path / "seller")
    with structlog.testing.capture_logs():
        async with running_desk(tmp_path / "data", profile=folder) as desk:
            customer = await Answering(desk, Person()).run()
            assert [at for at in customer.trail if at.rpartition(".")[2] in OWN] == [
                *("account.source", "contact.news", "company.staff", "company.tools", "company.shop_name"),
                *("order.start_day", "order.accountant"),  # the branch was named before
            ]
            card = await desk.card(customer.person.email)
            assert card["account"]["answers"] == {"source": "fair", "news": False, "tools": ["shop", "bank"]}
            assert card["companies"][0]["answers"] == {"staff": 12, "shop_name": "Kwiatki <b>Anny</b>"}
            assert card["orders"][0]["answers"] == {"branch": "south", "start_day": "2027-05-03"}
            listed = (await desk.http.get("/api/v1/orders", headers={"authorization": "Bearer sandbox"})).json()
            assert listed["items"][0]["answers"] == card["orders"][0]["answers"]
            await seen_by_agents(desk, customer)
            letters = [one for one in await desk.outbox(customer.person.email) if "potwierdz" in one["subject"].lower()]
            assert "Twoje odpowiedzi:\nLiczba osób: 12\n\n" in letters[-1]["text"], letters[-1]["text"]
            table = [*csv.reader((await okienko(desk, monkeypatch, "answers")).splitlines())]
            found = [row[2:3] + row[4:] for row in table]
            assert found == [["kept_with", "question", "label", "answer"], ["company", "staff", "Liczba osób", "12"]]
            shown = json.loads(await okienko(desk, monkeypatch, "customer", "show", customer.person.email))
            assert shown["companies"][0]["answers"]["accountant"] == "biuro@example.com"
        await handed_out_and_erased(tmp_path, folder, customer.person.email, monkeypatch)


async def seen_by_agents(desk: Running, customer: Scripted) -> None:
    """Label and words stand on the card, and nothing in them is markup."""
    await customer.customer.say("/agent")
    anna = await AgentHttp.logged_in(desk)
    where = re.findall(r'data-row="([^"]+)"', anna.page)[0]
    await anna.get(f"/desk/c/{where}")
    for told in ("Skąd o nas Z targów", "Liczba osób: 12", "Oddział: Południe", "Adres księgowości: b•••@example.com"):
        assert told in anna.words.replace(" :", ":").replace("  ", " "), told
    assert "Kwiatki &lt;b&gt;Anny" in anna.page


async def handed_out_and_erased(tmp_path: Path, folder: Path, email: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A question that is asked no more stays in the own file under its label, until the person is erased."""
    folder = shutil.copytree(folder, tmp_path / "later")  # profiles are read once in the tests
    profile = folder / "profile.toml"
    staff = next(one for one in QUESTIONS.split("[[question]]") if 'id = "staff"' in one)
    profile.write_text(profile.read_text("utf-8").replace(f"[[question]]{staff}", ""), "utf-8")
    async with running_desk(tmp_path / "data", profile=folder) as desk:
        found: Any = json.loads(await okienko(desk, monkeypatch, "customer", "export", email))
        assert found["companies"][0]["answers"]["staff"] == {"value": 12, "label": "Liczba osób", "words": "12"}
        assert found["account"]["answers"]["news"]["words"] == "Nie"
        assert "staff" not in (await desk.card(email))["companies"][0]["answers"]
        await okienko(desk, monkeypatch, "customer", "erase", email)
        columns = [*(table.c.own_answers for table in (account, company, sales_order)), outgoing_event.c.data]
        *left, told = await desk.installation.store.read(
            lambda c: [c.execute(sa.select(one)).scalars().all() for one in columns]
        )
        assert [one["answers"] for one in told if "answers" in one] == [None], "of questions that events show"
        assert not any(held for rows in left for held in rows)


# --- an optional question with yes and no ---


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
                    assert (await desk.card(person.email))["account"]["answers"] == {"abroad": now}, said


async def test_the_answer_on_file_is_offered_as_the_other_chat_has_changed_it(tmp_path: Path) -> None:
    async with running_desk(tmp_path / "data", profile=asking_seller(tmp_path / "seller")) as desk:
        a = await Answering(desk, Person()).run()
        b = await says(desk.customer(), "start:log_in")
        await a.submit(b.link("secure_page")["href"])
        await b.settled()
        await a.customer.say("zmień liczbę osób na 15")
        assert (await desk.card(a.person.email))["companies"][0]["answers"]["staff"] == 15
        await says(b, "zone:my_data", "edit:staff")
        assert "staff:15" in b.buttons
        assert "staff:12" not in b.buttons, "pressing it would undo what the other chat has saved"


async def acts(desk: Running, document: str) -> list[tuple[bool, str]]:
    """What was said of a document, oldest first: given or taken back, and how."""
    asked = sa.select(consent.c.given, consent.c.how).where(consent.c.consent_id == document).order_by(consent.c.at)
    rows = await desk.installation.store.read(lambda connection: connection.execute(asked).all())
    return [(bool(given), how) for given, how in rows]


@pytest.mark.stage("order.method")
@on_each_database
async def test_a_tick_that_was_taken_back_and_given_again_stands_and_each_act_is_kept(
    desk: Running, buyer: Scripted
) -> None:
    await says(buyer.customer, "clauses:accept", "terms:accept", "terms:withdraw", "auto_renewal:yes")
    assert buyer.customer.at == "order.method"
    assert await acts(desk, "terms") == [], "nothing of it counts before the order"
    await buyer.run()

    assert await acts(desk, "terms") == [(True, "button"), (False, "button"), (True, "button")]
    assert await acts(desk, "clauses") == [(True, "button")]
    shown = {one["id"]: one for one in (await desk.card(buyer.person.email))["consents"]}
    assert (shown["terms"]["withdrawn_at"], shown["clauses"]["withdrawn_at"]) == (None, None)
    assert shown["clauses"]["given_at"] < shown["terms"]["given_at"], "as the ticks were given, not as they are listed"


@pytest.mark.stage("order.terms")
async def test_both_documents_accepted_in_words_are_on_record_one_by_one(desk: Running, buyer: Scripted) -> None:
    await buyer.customer.say("akceptuję regulamin i klauzule")
    assert buyer.customer.at == "order.pay"
    await buyer.run()

    assert [await acts(desk, document) for document in ("terms", "clauses")] == [[(True, "word")], [(True, "word")]]
    given = {one["id"] for one in (await desk.card(buyer.person.email))["consents"] if one["given_at"] is not None}
    assert {"terms", "clauses"} < given
    assert not any(one.startswith("marketing") for one in given), "no consent that is voluntary"


@pytest.fixture
def with_consent(tmp_path: Path) -> Path:
    """A seller whose optional renewal is a document of its own."""
    profile = shutil.copytree("profiles/fakturasmart", tmp_path / "profile")
    with (profile / "profile.toml").open("a") as file:
        file.write('\n[[document]]\nid = "auto_renewal"\nversion = "1"\n')
    for texts in (profile / "texts").glob("*.toml"):
        with texts.open("a") as file:
            file.write('\n[consent.auto_renewal]\ntitle = "Odnawianie"\ntext = "Abonament ma się odnawiać."\n')
            file.write('\n[card.order]\nauto_renewal = "{@consent.auto_renewal.text}"\n')
    return profile


async def test_consent_taken_back_is_on_record_though_order_ends_without_it(tmp_path: Path, with_consent: Path) -> None:
    async with running_desk(tmp_path, profile=with_consent) as desk:
        buyer = await Scripted(desk).run("order.method")
        await says(buyer.customer, "auto_renewal:yes", "auto_renewal:no")
        await buyer.run("payment")

        assert await acts(desk, "auto_renewal") == [(True, "button"), (False, "button")]
        shown = {one["id"]: one for one in (await desk.card(buyer.person.email))["consents"]}
        assert shown["auto_renewal"]["withdrawn_at"] is not None
