"""Log-ins by the secure page, and new passwords by a letter."""

import re

from tests.desk.running import Customer, Running
from tests.desk.scripted import PASSWORD

NEW = "Zupelnie-nowe-haslo-9"


def page_of(customer: Customer) -> str:
    """Return the address of the secure page that the customer is led to."""
    return str(customer.link("secure_page")["href"])


async def at_log_in(desk: Running) -> Customer:
    """Return a new conversation that stands at the log-in page."""
    customer = desk.customer()
    await customer.say("start:log_in")
    assert customer.expects == "secure_page"
    return customer


async def log_in(desk: Running, email: str, customer: Customer | None = None, password: str = PASSWORD) -> Customer:
    """Log in, in a conversation of its own if none is given."""
    customer = customer or desk.customer("en")
    await customer.say("start:log_in")
    assert (await customer.submit(page_of(customer), login=email, password=password)).status_code == 200
    await customer.settled()
    return customer


async def new_password(desk: Running, customer: Customer, email: str, password: str = NEW) -> None:
    """Set a password by the newest letter about one."""
    sent = [one for one in await desk.outbox(email) if re.search("Nowe hasło|A new password", one["subject"])]
    assert (await customer.submit(sent[-1]["links"][0], password=password, password_repeat=password)).status_code == 200
    await customer.settled()


async def resets(desk: Running, email: str) -> None:
    """Somebody who reads the mailbox sets a new password, in a chat of their own."""
    asking = desk.customer()
    for said in ("start:forgot_password", email):
        await asking.say(said)
    await new_password(desk, asking, email)
