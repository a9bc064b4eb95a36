import base64

import httpx
import pytest

from services.clients.provider_client import ProviderClient
from services.clients.token_session import TokenSession
from services.clock import ManualClock
from services.errors import Misconfigured
from tests.services.outside import FarEnd, breaker, noon, said

TOKEN = said({"access_token": "tok", "token_type": "Bearer", "expires_in": 32400})
DONE, REFUSED = said({}), said({}, 401)


def session(
    far: FarEnd, clock: ManualClock | None = None, *, in_form: bool = False, answers: tuple[int, ...] = ()
) -> TokenSession:
    line, url = ProviderClient(far.client, breaker("far")), "https://far.example/token"
    who = {"client_id": "id", "client_secret": "secret"}
    return TokenSession(
        *(far.client, line),
        **{**who, "provider": "far", "token_url": url},
        clock=clock or noon(),
        in_form=in_form,
        answers=answers,
    )


def request() -> httpx.Request:
    return httpx.Request("POST", "https://far.example/orders")


async def test_a_token_is_kept_renewed_in_time_and_replaced_when_refused() -> None:
    far = FarEnd(TOKEN, DONE, DONE, REFUSED, TOKEN, DONE, TOKEN, DONE)
    sending = session(far, clock := noon())
    for _ in range(3):
        await sending.send(request(), repeatable=True)
    clock.advance(32400)
    await sending.send(request(), repeatable=True)
    assert far.done
    assert far.asked[1].headers["authorization"] == "Bearer tok"


@pytest.mark.parametrize("answers", [[REFUSED], [said({}, 400)], [TOKEN, REFUSED, TOKEN, REFUSED]], ids=range(3))
async def test_credentials_that_are_refused_are_ours_to_mend(answers: list[httpx.Response]) -> None:
    with pytest.raises(Misconfigured, match="credentials_refused"):
        await session(FarEnd(*answers)).send(request(), repeatable=True)


async def test_the_credentials_go_by_basic_authentication_or_in_the_form() -> None:
    basic, form = FarEnd(TOKEN, DONE), FarEnd(TOKEN, DONE)
    await session(basic).send(request(), repeatable=True)
    await session(form, in_form=True).send(request(), repeatable=True)
    assert basic.asked[0].headers["authorization"] == "Basic " + base64.b64encode(b"id:secret").decode()
    assert basic.form(0) == {"grant_type": "client_credentials"}
    assert "authorization" not in form.asked[0].headers
    assert form.form(0) == {"grant_type": "client_credentials", "client_id": "id", "client_secret": "secret"}


async def test_a_status_that_the_api_answers_with_is_an_answer() -> None:
    far, elsewhere = FarEnd(TOKEN, said({"orderId": "o-1"}, 302)), FarEnd(TOKEN, said({}, 302))
    answer = await session(far, answers=(302,)).send(request(), repeatable=True)
    assert (answer.status, answer.body) == (302, b'{"orderId":"o-1"}')
    with pytest.raises(Misconfigured, match="redirected"):
        await session(elsewhere).send(request(), repeatable=True)
