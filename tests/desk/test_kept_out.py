"""Somebody tries passwords for another's login all day: they get nowhere, and the holder gets in all the same.

How many are looked at, and from where, is in `tests/bot/usecases/accounts/test_log_in_limits.py`.
"""

import httpx
import pytest

from bot.usecases.accounts import passwords
from bot.usecases.accounts.passwords import ANYWHERE, PER_LOGIN
from services.limits import Rule
from tests.desk.databases import on_each_database
from tests.desk.running import Running
from tests.desk.scripted import PASSWORD, Scripted, bought
from tests.kit.log_ins import NEW, at_log_in, page_of
from tests.kit.talks import says

OWN = "192.0.2.10"
FEW = PER_LOGIN[0]

pytestmark = [pytest.mark.replicated, pytest.mark.desk(rate_limits="on", sandbox="public")]


async def sent(desk: Running, href: str, network: str, **fields: str) -> httpx.Response:
    """The page's form, sent from a network address, as a proxy on this machine tells it."""
    return await desk.http.post(href, data=fields, headers={"x-forwarded-for": network})


@on_each_database
@pytest.mark.stage("paid")
async def test_an_attackers_network_does_not_hold_the_holders(desk: Running, buyer: Scripted) -> None:
    email, href = buyer.person.email, page_of(await at_log_in(desk))
    answers = [await sent(desk, href, "198.51.100.66", login=email, password=f"guess {n}") for n in range(FEW.n + 2)]
    assert [answer.status_code for answer in answers] == [422] * FEW.n + [429] * 2
    assert (await sent(desk, page_of(await at_log_in(desk)), OWN, login=email, password=PASSWORD)).status_code == 200


async def test_a_new_password_counts_from_nothing_and_where_it_was_set_the_login_is_known(
    desk: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = 5  # twice as many are fewer than a page takes of a visitor in a minute
    monkeypatch.setattr(passwords, "PER_LOGIN", (Rule("login wrong", few, FEW.per),))
    monkeypatch.setattr(passwords, "ANYWHERE", Rule("login wrong anywhere", few, ANYWHERE.per))
    email, href = (await bought(desk)).person.email, page_of(await at_log_in(desk))
    for _ in range(few):
        assert (await sent(desk, href, "192.0.2.1", login=email, password="what-was-it-1")).status_code == 422
    assert (await sent(desk, href, "192.0.2.1", login=email, password=PASSWORD)).status_code == 429
    held = await sent(desk, href, "192.0.2.77", login=email, password=PASSWORD)
    assert (held.status_code, "Ustaw nowe hasło" in held.text) == (429, True), "strangers are, wherever they are"
    asking = await says(desk.customer(), "start:forgot_password", email)
    link = (await desk.outbox(email))[-1]["links"][0]
    assert (await sent(desk, link, OWN, password=NEW, password_repeat=NEW)).status_code == 200
    await asking.settled()
    for n in range(few):
        assert (await sent(desk, href, "192.0.2.1", login=email, password=f"guess {n}")).status_code == 422
    for network, status in (("192.0.2.77", 429), (OWN, 200)):
        found = (await sent(desk, page_of(await at_log_in(desk)), network, login=email, password=NEW)).status_code
        assert found == status
