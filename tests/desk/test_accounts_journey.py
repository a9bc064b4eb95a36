"""Who is who: log-in from another conversation, wrong log-ins, a forgotten password, an e-mail that is taken, pages."""

import re
from pathlib import Path

import pytest

from tests.desk.running import Running, running_desk
from tests.desk.scripted import PASSWORD, Person, Scripted, bought, only
from tests.kit.log_ins import at_log_in, page_of
from tests.kit.rows import each_row
from tests.kit.talks import plays


@pytest.mark.stage("order.method")
async def test_logging_in_elsewhere_goes_on_with_the_account(desk: Running, buyer: Scripted) -> None:
    await buyer.follow_mail()
    customer = await at_log_in(desk)
    done = await customer.submit(page_of(customer), login=buyer.person.email.upper(), password=PASSWORD)
    assert done.status_code in (200, 303)
    await customer.look()
    assert (customer.at, customer.expects) == ("company.confirm", "confirm_data")
    assert "Bursztyn" in customer.said[-1]
    second = Scripted(desk, buyer.person)
    second.customer = customer
    await second.run()
    card = await desk.card(buyer.person.email)
    assert only(card["orders"])["status"] == "paid"
    assert len(card["conversations"]) == 2
    assert only(card["companies"])["tax_number"] == "1234563218"


@each_row
async def test_log_in_page_leads_on_to_what_was_forgotten(tmp_path: Path, profile: str, way: str, expects: str) -> None:
    async with running_desk(tmp_path, profile=f"profiles/{profile}") as desk:
        customer = await at_log_in(desk)
        page = page_of(customer)
        wrong = await customer.submit(page, login="nikt@example.com", password="nie-to-haslo-1")
        assert (wrong.status_code, f'value="{way}"' in wrong.text) == (422, True)
        assert (await customer.submit(page, forgot=way)).status_code == 200
        await customer.look()
        assert (customer.custom["dialog"], customer.expects) == ("account", expects)
        assert (await desk.http.get(page)).status_code == 410
        assert (await customer.submit(page, forgot=way)).status_code == 410


@pytest.mark.stage("paid")
async def test_an_unknown_login_looks_like_a_wrong_password(desk: Running, buyer: Scripted) -> None:
    first, customer = buyer, await at_log_in(desk)
    page = page_of(customer)
    known = await customer.submit(page, login=first.person.email, password="not-the-password")
    unknown = await customer.submit(page, login="nobody.here@example.com", password="not-the-password")
    assert known.status_code == unknown.status_code == 422
    assert known.text.replace(first.person.email, "X") == unknown.text.replace("nobody.here@example.com", "X")


async def test_a_forgotten_password_of_nobody_looks_the_same(desk: Running) -> None:
    known, nobody = (await bought(desk)).person.email, "nobody.at.all@example.com"
    answers: list[str] = []
    for email in (known, nobody):
        customer = desk.customer()
        await plays(customer, ("/start", ""), ("start:forgot_password", "email"))
        answers.append((await plays(customer, (email, "email_link"))).replace(email, "X"))
        assert any(m["kind"] == "email" for m in await desk.outbox(email))
    assert answers[0] == answers[1]
    letter = (await desk.outbox(nobody))[-1]
    assert all("/s/" not in link for link in letter["links"]), "nothing to set a password with"


@pytest.mark.stage("order.method")
async def test_a_taken_e_mail_leads_to_log_in_by_mail_only(desk: Running, buyer: Scripted) -> None:
    free = await Scripted(desk).run("email_link")
    twin = await Scripted(desk, Person(email=buyer.person.email, password="Calkiem-inne-haslo-3")).run("email_link")
    expected = [text.replace(free.person.email, "X").replace(free.person.phone, "Y") for text in free.customer.said]
    told = [text.replace(twin.person.email, "X").replace(twin.person.phone, "Y") for text in twin.customer.said]
    assert _without_numbers(told) == _without_numbers(expected), "the same words for a taken e-mail"
    assert free.trail == twin.trail
    assert (twin.customer.expects, twin.customer.at) == ("email_link", "order.email_link")
    card = await desk.card(buyer.person.email)
    assert card["account"]["status"] == "active"
    assert card["phone"] == buyer.person.phone, "?email= shows the buyer"
    assert card["orders"] == []
    link = (await desk.outbox(buyer.person.email))[-1]["links"][0]
    assert 'name="login"' in (await desk.http.get(link)).text
    wrong = await desk.http.post(link, data={"login": twin.person.email, "password": twin.person.password})
    assert wrong.status_code == 422, "the shadow's password opens nothing"
    assert (await desk.http.post(link, data={"login": buyer.person.email, "password": PASSWORD})).status_code == 200
    await twin.customer.look()
    assert twin.customer.expects == "confirm_data"
    twin.person.password = PASSWORD
    await twin.run()
    card = await desk.card(buyer.person.email)
    assert only(card["orders"])["status"] == "paid"
    assert card["phone"] == buyer.person.phone


def _without_numbers(texts: list[str]) -> list[str]:
    """Codes' and numbers' own digits differ from customer to customer."""
    return ["".join("#" if c.isdigit() else c for c in text) for text in texts]


@pytest.mark.stage("secure_page")
async def test_what_the_rule_refuses_keeps_the_page_open(desk: Running, buyer: Scripted) -> None:
    page = page_of(buyer.customer)
    own = buyer.person.email  # what else the rule refuses: tests/bot/usecases/accounts/test_new_password.py
    for password, again in (("short", "short"), (PASSWORD, PASSWORD + "x"), (PASSWORD, ""), ("", ""), (own, own)):
        refused = await buyer.customer.submit(page, password=password, password_repeat=again)
        assert refused.status_code == 422, password
        assert 'type="password"' in refused.text
        typed = re.findall(r'<input[^>]*type="password"[^>]*>', refused.text)
        assert not any(" value=" in field for field in typed), "a password is never written back"
    assert (await buyer.customer.submit(page)).status_code == 422
    assert (await desk.http.post(page, json={"password": PASSWORD})).status_code == 422
    assert (await desk.http.post(page, content=b"\xff\xfe%%%", headers=_FORM)).status_code == 422
    many = "&".join(f"f{n}=x" for n in range(1000))
    assert (await desk.http.post(page, content=many, headers=_FORM)).status_code == 422
    assert (await buyer.submit(page)).status_code == 200


_FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("profile", "asked"), [("fakturasmart", {"password", "password_repeat"}), ("kontorblatt", {"password"})]
)
async def test_a_password_is_typed_as_often_as_the_guide_has_it(tmp_path: Path, profile: str, asked: set[str]) -> None:
    async with running_desk(tmp_path, profile=f"profiles/{profile}") as desk:
        customer = (await Scripted(desk).run("secure_page")).customer
        shown = (await desk.http.get(page_of(customer))).text
        assert {name for name in ("password", "password_repeat") if f'name="{name}"' in shown} == asked
        differ = await desk.http.post(page_of(customer), data={"password": PASSWORD, "password_repeat": "other"})
        assert differ.status_code == 422, "what is posted has to be the same, asked for or not"
        once = await desk.http.post(page_of(customer), data={"password": PASSWORD})
        assert once.status_code == (200 if asked == {"password"} else 422)
