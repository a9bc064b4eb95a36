"""A tick on the order's card that is taken back and given again: each act is on record, and the last one stands."""

import sqlalchemy as sa

from services.store.tables.accounts import consent
from tests.desk.databases import on_each_database
from tests.desk.running import Running
from tests.desk.scripted import Scripted


async def acts(desk: Running, document: str) -> list[tuple[bool, str]]:
    """What was said of a document, oldest first: given or taken back, and how."""
    asked = sa.select(consent.c.given, consent.c.how).where(consent.c.consent_id == document).order_by(consent.c.at)
    rows = await desk.installation.store.read(lambda connection: connection.execute(asked).all())
    return [(bool(given), how) for given, how in rows]


@on_each_database
async def test_a_tick_that_was_taken_back_and_given_again_stands_and_each_act_is_kept(desk: Running) -> None:
    buyer = await Scripted(desk).run("order.method")
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
