"""A transfer's page behind our payment link, its letter with the code, and what is left once it is withdrawn."""

import re

import httpx
import pytest

from tests.desk.databases import on_each_database
from tests.desk.italian import PROFILE, buying, mailed
from tests.desk.running import Running
from tests.desk.scripted import only, until


def values(page: str) -> list[str]:
    """What is copied when a value is pressed."""
    return [re.sub(r"<[^>]*>", "", found) for found in re.findall(r'class="copied">(.*?)</span></span>', page)]


@on_each_database
@pytest.mark.desk(profile=PROFILE)
async def test_what_to_pay_by_stands_behind_the_link_until_it_is_withdrawn(desk: Running) -> None:
    scripted = buying(desk, method="transfer")
    await scripted.run()
    here = scripted.customer
    link = here.link("payment")
    order = only((await desk.card(scripted.person.email))["orders"])
    page = await desk.http.get(link["href"])
    assert page.status_code == 200
    found = values(page.text)[:4]
    assert found == ["Certified Platform Demo S.p.A.", "IT60X0542811101000000123456", "292,80", order["number"]]
    assert '<svg viewBox="' in page.text
    assert "<script" not in page.text
    assert (await desk.http.get(link["href"])).text == page.text, "looking changes nothing"
    await until(lambda: mailed(desk, "ufficio@lucani.example", link["href"]))
    letter = next(m for m in await desk.outbox("ufficio@lucani.example") if link["href"] in m["text"])
    assert 'src="cid:transfer-qr"' in letter["html"]

    await here.say("zone:payment")
    assert "method:transfer" in here.buttons
    await here.say("method:transfer")
    assert "IBAN: IT60\xa0X054" in here.said[-1]
    assert (await desk.http.get(link["href"])).text == page.text, "who only looks keeps the transfer"
    await here.say("zone:payment")
    await here.say("method:postal_slip")
    gone = await desk.http.get(link["href"])
    assert gone.status_code == 410
    assert "IT60" not in gone.text
    slip = await desk.http.get(here.link("payment")["href"])
    assert values(slip.text) == ["Certified Platform Demo S.p.A.", "12345678", "292,80", order["number"]]
    assert "<svg" not in slip.text
    await desk.advance(15 * 86400)
    await here.look()
    assert here.custom["links"] == []
    assert (await desk.http.get(httpx.URL(slip.url))).status_code == 410
