"""The whole journey over the REST channel, as a client that reads only `custom` and the buttons' payloads."""

from tests.desk.running import Customer, Running
from tests.desk.scripted import until

PASSWORD = "Trzy-zielone-parasole-7"


async def sign_up(desk: Running, customer: Customer, email: str, phone: str = "512 000 999") -> None:
    """From the greeting to the tax number."""
    await customer.say("/start")
    await customer.say("start:buy")
    await customer.say("account:new")
    await customer.say(email)
    assert customer.expects == "secure_page"
    done = await customer.submit(customer.link("secure_page")["href"], password=PASSWORD, password_repeat=PASSWORD)
    assert done.status_code in (200, 303)
    await customer.look()
    await customer.say("consents:required")
    await customer.say(phone)
    assert customer.expects == "contact_code"
    sms = (await desk.outbox("+48" + phone.replace(" ", "")))[-1]
    code = next(word.strip(".,") for word in sms["text"].split() if word.strip(".,").isdecimal())
    await customer.say(code)


async def confirm_email(desk: Running, customer: Customer, email: str) -> None:
    """Follows the link of the confirmation letter."""
    letter = (await desk.outbox(email))[-1]
    page = await desk.http.get(letter["links"][0])
    assert page.status_code == 200
    assert (await customer.submit(letter["links"][0])).status_code in (200, 303)


async def test_from_the_greeting_to_active_e_invoices(desk: Running) -> None:
    customer = desk.customer()
    await sign_up(desk, customer, "jan.nowak@example.com")
    assert customer.expects == "tax_number"
    await customer.say("123-456-32-18")
    assert customer.at == "company.confirm"
    for payload in ("confirm:yes", "auto_renewal:yes", "method:blik", "terms:accept", "clauses:accept"):
        await customer.say(payload)
    assert (customer.at, customer.expects) == ("order.confirm", "confirm_data")
    await customer.say("confirm:yes")
    await customer.say("pay:now")
    assert customer.expects == "email_link"
    await confirm_email(desk, customer, "jan.nowak@example.com")
    await customer.look()
    assert customer.expects == "payment"
    await desk.pay(customer.link("payment")["id"])

    async def moved() -> bool:
        await customer.look()
        return customer.expects not in ("payment", "wait")

    await until(moved)
    assert customer.at == "einvoice.einvoice"
    await customer.say("einvoice:activate")
    assert (customer.custom["dialog"], customer.expects) == ("zone", "nothing")
    assert customer.link("login")
    card = await desk.card("jan.nowak@example.com")
    assert card["account"]["status"] == "active"
    assert card["orders"][0]["status"] == "paid"
    assert card["orders"][0]["gross"] == 36777
    assert card["einvoice"]["status"] == "active"
    assert len(card["payments"]) == 1
