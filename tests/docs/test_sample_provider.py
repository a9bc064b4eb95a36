"""The sample provider of the docs, beyond the stories that `test_providers_sandbox.py` plays with every provider."""

import json

import pytest

from docs.dev.samples import payment_provider, payment_simulator
from services.errors import Conflict, Forged, Misconfigured
from tests.services.payments.providers.test_providers_sandbox import SPARROW, made, opened, request, world
from tests.services.standins import StandIns

__all__ = ["world"]


async def test_a_repeated_order_gives_the_same_page_until_it_lapses(world: StandIns) -> None:
    provider = made(world, SPARROW)
    registered = await provider.register(request(SPARROW))
    assert await provider.register(request(SPARROW)) == registered
    world.clock.advance(30 * 60)
    assert (await world.client.get(registered.redirect_url)).status_code == 410
    with pytest.raises(Conflict, match="attempt_used"):
        await provider.register(request(SPARROW))


@pytest.mark.parametrize(("action", "status"), [("pay", "paid"), ("refuse", "failed"), ("leave", "pending")])
async def test_the_payers_page(world: StandIns, action: str, status: str) -> None:
    provider = made(world, SPARROW)
    attempt = await opened(provider, request(SPARROW))
    page = (await provider.register(request(SPARROW))).redirect_url
    assert "PLN" in (await world.client.get(page)).text
    assert (await world.client.post(page, data={"action": action})).status_code == (200 if action == "leave" else 303)
    assert (await provider.ask(attempt)).status == status
    assert len(world.notices) == (action != "leave")


async def test_a_rightly_signed_notice_is_read_where_it_can_be(world: StandIns) -> None:
    async def read(**notice: str) -> str:
        body = json.dumps(notice).encode()
        headers = {"sparrow-signature": payment_provider.sign(body, payment_simulator.SPARROW_SIGNING_KEY)}
        return (await made(world, SPARROW).read_notice(headers, body)).kind

    assert await read(id="1", reference="p-1", status="a new one") == "other"
    with pytest.raises(Forged):
        await read(id="1", status="paid")


@pytest.mark.parametrize("wrong", ["client_id", "client_secret", "signing_key"])
async def test_wrong_keys_are_the_sellers_to_mend(world: StandIns, wrong: str) -> None:
    given = {**world.endpoints["sparrow"], wrong: "x"}
    provider = SPARROW.adapter(world.client, **given, clock=world.clock, breaker=world.breaker("sparrow"))
    with pytest.raises(Misconfigured, match="credentials_refused"):
        await provider.register(request(SPARROW))


async def test_a_redirect_with_a_body_is_an_answer_where_the_adapter_says_so(
    world: StandIns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(payment_simulator, "REGISTERED", 302)
    with pytest.raises(Misconfigured, match="redirected"):
        await made(world, SPARROW).register(request(SPARROW))

    monkeypatch.setattr(payment_provider, "ANSWERS", frozenset({302}))
    registered = await made(world, SPARROW).register(request(SPARROW))
    assert (await world.client.get(registered.redirect_url)).status_code == 200
