"""A tick on the order's card that is taken back and given again: each act is on record, and the last one stands."""

import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.store.tables.accounts import consent
from tests.desk.databases import on_each_database
from tests.desk.running import Running, running_desk
from tests.desk.scripted import Scripted


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
    for said in ("clauses:accept", "terms:accept", "terms:withdraw", "auto_renewal:yes"):
        await buyer.customer.say(said)
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


async def test_a_consent_taken_back_is_on_record_though_the_order_ends_without_it(
    tmp_path: Path, with_consent: Path
) -> None:
    async with running_desk(tmp_path, profile=with_consent) as desk:
        buyer = await Scripted(desk).run("order.method")
        for said in ("auto_renewal:yes", "auto_renewal:no"):
            await buyer.customer.say(said)
        await buyer.run("payment")

        assert await acts(desk, "auto_renewal") == [(True, "button"), (False, "button")]
        shown = {one["id"]: one for one in (await desk.card(buyer.person.email))["consents"]}
        assert shown["auto_renewal"]["withdrawn_at"] is not None
