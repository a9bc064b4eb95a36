"""The seller's terms change while conversations are open: nobody is bound to words that weren't shown."""

import shutil
from html import escape
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from services.store.tables.accounts import consent, consent_text
from tests.crash.process import free_port
from tests.desk.databases import on, on_each_database
from tests.desk.running import Running, running_desk
from tests.desk.scripted import Person, Scripted

ROOT = Path(__file__).parents[2]
OLD, NEW = "Akceptuję regulamin FakturaSmart w wersji 2026-09", "Akceptuję regulamin FakturaSmart w wersji 2026-12"


def reworded(profile: Path) -> Path:
    """The profile with new terms, in another folder: here each is read once."""
    shutil.copytree(ROOT / "profiles/fakturasmart", profile)
    for path, old, new in (
        (profile / "texts/pl.toml", OLD, NEW),
        (profile / "profile.toml", 'id = "terms"\nversion = "2026-09"', 'id = "terms"\nversion = "2026-12"'),
    ):
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")
    return profile


async def consents_of(desk: Running, email: str) -> dict[str, Any]:
    return {one["id"]: one for one in (await desk.card(email))["consents"]}


@on_each_database
async def test_terms_that_change_before_the_order_are_asked_again_and_recorded_as_given(
    tmp_path: Path, database: str, request: pytest.FixtureRequest
) -> None:
    settings = {"port": free_port(), **on(database, request)}
    async with running_desk(tmp_path / "data", **settings) as desk:
        early = await Scripted(desk).run("order.clauses")
        buyer = await Scripted(desk).run("order.pay")
        waiting = await Scripted(desk).run("order.terms")
        done = await Scripted(desk).run()

    later = reworded(tmp_path / "profile")
    async with running_desk(tmp_path / "data", profile=later, **settings) as desk:
        for known in (early, buyer, waiting, done):
            known.desk, known.customer.http = desk, desk.http

        customer = buyer.customer
        await customer.say("pay:now")
        assert customer.at == "order.terms", "the tick beside the old ones is taken away at once"
        assert any("Treść zmieniła się w trakcie rozmowy" in said for said in customer.said)
        assert NEW in customer.said[-1]
        assert (await desk.card(buyer.person.email))["orders"] == []
        await customer.say("Akceptuję regulamin")
        assert customer.at == "order.pay"
        await buyer.run()
        terms = (await consents_of(desk, buyer.person.email))["terms"]
        assert (terms["version"], terms["locale"], terms["how"]) == ("2026-12", "pl", "word")
        assert NEW in terms["words"]

        await waiting.customer.say("terms:accept")
        assert waiting.customer.at == "order.terms", "what was shown under the button aren't today's terms"
        assert "Treść zmieniła się w trakcie rozmowy" in waiting.customer.said[-1]
        await waiting.customer.say("terms:accept")
        assert waiting.customer.at == "order.clauses"

        before = (await consents_of(desk, done.person.email))["terms"]
        assert (before["version"], before["how"]) == ("2026-09", "button")
        assert OLD in before["words"], "what was accepted stays, though the profile has changed"


@pytest.mark.stage("order.pay")
async def test_the_language_and_the_moment_are_those_of_the_press(desk: Running, buyer: Scripted) -> None:
    pressed = (await desk.advance(0))["now"]
    await desk.advance(3600)
    await buyer.customer.say("/lang en")
    await buyer.run()
    consents = await consents_of(desk, buyer.person.email)
    assert consents["terms"]["locale"] == "pl"
    assert consents["terms"]["words"].startswith("# Regulamin FakturaSmart")
    assert consents["terms"]["given_at"][:16] <= pressed[:16]
    assert consents["einvoice"]["locale"] == "en"


async def test_consents_of_before_get_their_words_where_the_profile_still_has_them(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:
        done = await Scripted(desk).run()

        def as_before(connection: sa.Connection) -> None:
            connection.execute(sa.delete(consent_text))
            connection.execute(sa.update(consent).where(consent.c.consent_id == "clauses").values(text_sha256="0" * 64))

        await desk.installation.store.write(as_before)
        assert (await consents_of(desk, done.person.email))["terms"]["words"] is None
    async with running_desk(tmp_path) as desk:
        consents = await consents_of(desk, done.person.email)
        assert consents["terms"]["words"].startswith("# Regulamin FakturaSmart")
        assert consents["clauses"]["words"] is None, "nobody knows them any more"


async def test_the_order_is_confirmed_by_email_with_what_was_accepted(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:
        buyer = await Scripted(desk, Person(locale="it")).run()
        (letter,) = [m for m in await desk.outbox(buyer.person.email) if "Conferma dell’ordine" in m["subject"]]
        consents = await consents_of(desk, buyer.person.email)
        path = f"/sandbox/api/messages/{letter['id']}/pages"
        shown = [(await desk.http.get(f"{path}/{n}")).text for n, _ in enumerate(letter["attachments"], 1)]
        pages = dict(zip(letter["attachments"], shown, strict=True))
        assert (await desk.http.get(f"{path}/0")).text == letter["html"]

    for told in ("FS/2026/000001", "299,00", "68,77", "367,77", "BLIK", "1\u00a0anno", "Rinnovo"):
        assert told in letter["text"], letter["text"]
    for document in ("terms", "clauses"):
        kept = next(page for name, page in pages.items() if name.startswith(document))
        heading, *_, last = consents[document]["words"].removeprefix("# ").splitlines()
        assert heading in kept
        assert escape(last, quote=False) in kept
        assert last not in letter["text"], "attached, not told again"
    assert pages.keys() == {"terms-2026-09-it.html", "clauses-2026-09-it.html"}
    assert "addebit" not in letter["text"].lower(), "BLIK can't be charged by itself: nothing of the kind is promised"
