"""The customer leaves at a step and comes back days later: reminded twice, the desk goes on where it was."""

import pytest

from tests.desk.running import Running
from tests.desk.scripted import Scripted

STEPS = (
    "account.account", "account.email", "secure_page", "consents", "phone", "contact_code", "tax_number",
    "company.confirm", "email_link", "order.method", "order.terms", "order.pay", "payment", "einvoice.einvoice",
)  # fmt: skip


class Returning(Scripted):
    """A customer who takes what he is offered where a link or a code has run out meanwhile."""

    async def fill_page(self) -> None:
        if (await self.desk.http.get(self.customer.link("secure_page")["href"])).status_code == 410:
            await self.customer.say("secure_page:again")
            return
        await super().fill_page()

    async def follow_mail(self) -> None:
        letter = (await self.desk.outbox(self.person.email))[-1]
        if (await self.desk.http.get(letter["links"][0])).status_code == 410:
            await self.customer.say("email_link:again")
            return
        await super().follow_mail()


@pytest.mark.usefixtures("asked_seldom")
async def test_five_days_later_each_goes_on_at_the_step_where_they_left(desk: Running) -> None:
    left = [await Returning(desk).run(step) for step in STEPS]
    stood = [(scripted.customer.at, len(scripted.customer.said)) for scripted in left]
    for _ in range(5):
        await desk.advance(24 * 3600)
    for scripted, (at, told) in zip(left, stood, strict=True):
        customer = scripted.customer
        await customer.look()
        assert customer.at == at
        assert len(customer.said) - told == 3, f"reminded twice, then a kind good-bye: {at}"
        await customer.say("/help")
        assert customer.at == at
        await scripted.run()
        card = await desk.card(scripted.person.email)
        assert [order["status"] for order in card["orders"]] == ["paid"], at
