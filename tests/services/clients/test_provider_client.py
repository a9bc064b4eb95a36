import asyncio
import base64
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from services.clients.http import MAX_ANSWER_BYTES, HttpAnswer, make_client
from services.clients.provider_client import Breaker, ProviderClient
from services.clients.token_session import TokenSession
from services.errors import Misconfigured, ProviderRefused, ProviderUnavailable, ServiceError
from tests.kit.clock import ManualClock
from tests.services.outside import FarEnd, Step, breaker, noon, said
from tests.table import table


def line_to(far: FarEnd, **options: float) -> ProviderClient:
    return ProviderClient(far.client, breaker(), timeout_s=options.get("timeout_s", 5))


async def get(line: ProviderClient, far: FarEnd, *, repeatable: bool = True) -> HttpAnswer:
    request = far.client.build_request("POST", "https://far.example/x", content=b"body")
    return await line.send(request, HttpAnswer.checked, repeatable=repeatable)


UNCERTAIN: list[Step] = [
    httpx.ReadTimeout("slow"),
    httpx.ReadError("reset"),
    httpx.RemoteProtocolError("gone"),
    said({}, 500),
    said({}, 503),
]
NEVER_LEFT: list[Step] = [httpx.ConnectError("no"), httpx.ConnectTimeout("no"), httpx.PoolTimeout("no")]


@pytest.mark.parametrize("hiccup", [*UNCERTAIN, *NEVER_LEFT], ids=str)
async def test_what_may_be_repeated_is_tried_again(hiccup: Step) -> None:
    far = FarEnd(hiccup, hiccup, said({"a": 1}))
    assert (await get(line_to(far), far)).status == 200
    assert [request.content for request in far.asked] == [b"body"] * 3


@pytest.mark.parametrize("hiccup", NEVER_LEFT, ids=str)
async def test_what_never_left_is_tried_again_in_any_case(hiccup: Step) -> None:
    far = FarEnd(hiccup, said({}))
    await get(line_to(far), far, repeatable=False)
    assert far.done


@pytest.mark.parametrize("hiccup", UNCERTAIN, ids=str)
async def test_what_may_have_been_done_is_not_tried_again(hiccup: Step) -> None:
    far = FarEnd(hiccup)
    with pytest.raises(ProviderUnavailable) as failure:
        await get(line_to(far), far, repeatable=False)
    assert failure.value.uncertain


async def test_a_wait_asked_for_is_passed_on_and_not_tried_at_once() -> None:
    far = FarEnd(said({}, 429, **{"Retry-After": "17"}))
    with pytest.raises(ProviderUnavailable) as failure:
        await get(line_to(far), far)
    assert failure.value.retry_after == timedelta(seconds=17)
    assert far.done


@pytest.mark.parametrize("given", ["soon", "-3", "99999999999999", "²"])
async def test_an_odd_wait_is_read_as_none(given: str) -> None:
    assert HttpAnswer(503, httpx.Headers([(b"Retry-After", given.encode())]), b"")._wait() is None


@pytest.mark.parametrize("status", [401, 403, 302])
async def test_keys_and_redirects_are_ours_to_mend(status: int) -> None:
    far = FarEnd(said({}, status, Location="https://evil.example/"))
    with pytest.raises(Misconfigured):
        await get(line_to(far), far)
    assert len(far.asked) == 1


async def test_an_endless_answer_is_cut_off() -> None:
    far = FarEnd(httpx.Response(200, content=b"x" * (MAX_ANSWER_BYTES + 1)))
    with pytest.raises(ProviderUnavailable, match="garbage"):
        await get(line_to(far), far, repeatable=False)


async def test_a_far_end_that_hangs_is_left_in_time() -> None:
    async def hang(request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    client = make_client(transport=httpx.MockTransport(hang))
    line = ProviderClient(client, breaker(), timeout_s=0.01)
    with pytest.raises(ProviderUnavailable, match="too_slow") as failure:
        await line.send(client.build_request("GET", "https://far.example/"), HttpAnswer.checked, repeatable=False)
    assert failure.value.uncertain


async def test_an_operation_that_takes_too_long_counts_for_the_breaker() -> None:
    guard = Breaker("far", noon(), failures=1)
    line = ProviderClient(make_client(), guard)
    with pytest.raises(ProviderUnavailable, match="too_slow"):
        async with line.operation(within_s=0.01):
            await asyncio.Event().wait()
    assert guard.state == "open"
    with pytest.raises(ProviderUnavailable, match="breaker_open"):
        async with line.operation():
            pytest.fail("must not be let through")


@table("error", [lambda: ProviderUnavailable(origin="http 503"), lambda: Misconfigured("x", origin="WL-130")])
def test_errors_say_reason_and_origin(error: Callable[[], ServiceError]) -> None:
    raised = error()
    assert raised.reason in str(raised)
    assert raised.origin in str(raised)


def test_an_answer_does_not_show_its_body() -> None:
    assert "secret" not in repr(HttpAnswer(200, httpx.Headers({"x": "secret"}), b"secret"))


class Said(BaseModel):
    number: int


def answer(body: bytes, status: int = 200) -> HttpAnswer:
    return HttpAnswer(status, httpx.Headers(), body)


def test_loopback_is_reached_without_the_environments_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://proxy.example:3128")
    client = make_client()
    assert client._transport_for_url(httpx.URL("https://far.example/")) is not client._transport
    for host in ("127.0.0.1:8080", "localhost:8080", "[::1]:8080"):
        assert client._transport_for_url(httpx.URL(f"http://{host}/sandbox")) is client._transport


async def test_no_address_gets_into_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await FarEnd(said({})).client.get("https://far.example/nip/1234563218")
    assert "1234563218" not in caplog.text


async def test_a_redirect_is_not_followed() -> None:
    far = FarEnd(said({}, 302, Location="https://evil.example/"))
    assert (await far.client.get("https://far.example/")).status_code == 302


def test_a_body_is_read_or_refused_without_being_quoted() -> None:
    assert answer(b'{"number": 7}').read_as(Said).number == 7
    for body in (b"", b"<html>", b'{"number": "secret"}', b"[" * 100_000, b"\xff"):
        with pytest.raises(ProviderUnavailable) as raised:
            answer(body).read_as(Said)
        assert "secret" not in repr(raised.value)
        assert raised.value.__cause__ is None
        assert raised.value.__suppress_context__


def test_a_proxys_page_is_no_answer() -> None:
    assert answer(b"{}").checked_json().status == 200
    for body in (b"<html>", b"", b"[" * 100_000, b"\xff\xfe\xfd"):
        with pytest.raises(ProviderUnavailable, match="garbage"):
            answer(body).checked_json()


# --- breaker ---


@pytest.fixture
def clock() -> ManualClock:
    return noon()


@pytest.fixture
def guarded(clock: ManualClock) -> Breaker:
    return Breaker("mf", clock)


async def fail(breaker: Breaker, times: int = 1, subject: str = "") -> None:
    for _ in range(times):
        with pytest.raises(ProviderUnavailable, match="down"):
            async with breaker.guard(subject):
                raise ProviderUnavailable("down")


async def succeed(breaker: Breaker) -> None:
    async with breaker.guard():
        pass


async def test_three_failures_open_it_and_nothing_goes_through(guarded: Breaker, clock: ManualClock) -> None:
    await fail(guarded, 2)
    assert guarded.state == "closed"
    await fail(guarded)
    assert guarded.state == "open"
    clock.advance(20)
    with pytest.raises(ProviderUnavailable, match="breaker_open") as stopped:
        async with guarded.guard():
            pytest.fail("must not be let through")
    assert stopped.value.retry_after == timedelta(seconds=40)
    assert not stopped.value.uncertain


async def test_failures_far_apart_do_not_open_it(guarded: Breaker, clock: ManualClock) -> None:
    for _ in range(5):
        await fail(guarded)
        clock.advance(61)
    assert guarded.state == "closed"


async def test_an_answer_in_between_starts_the_count_again(guarded: Breaker) -> None:
    await fail(guarded, 2)
    await succeed(guarded)
    await fail(guarded, 2)
    assert guarded.state == "closed"


async def test_a_refusal_is_an_answer(guarded: Breaker) -> None:
    for _ in range(5):
        with pytest.raises(ProviderRefused):
            async with guarded.guard():
                raise ProviderRefused("number_refused")
    assert guarded.state == "closed"


async def test_one_stumbling_block_counts_once(guarded: Breaker) -> None:
    await fail(guarded, 10, subject="7003004002")
    assert guarded.state == "closed"
    await fail(guarded, subject="1234563218")
    assert guarded.state == "closed"
    await fail(guarded, subject="5551112223")
    assert guarded.state == "open"


@pytest.mark.parametrize(("one_try", "state"), [(succeed, "closed"), (fail, "open")])
async def test_after_the_pause_one_try_decides(guarded: Breaker, clock: ManualClock, one_try: Any, state: str) -> None:
    await fail(guarded, 3)
    clock.advance(60)
    assert guarded.state == "half_open"
    await one_try(guarded)
    assert guarded.state == state


async def test_only_one_tries_while_it_is_half_open(guarded: Breaker, clock: ManualClock) -> None:
    await fail(guarded, 3)
    clock.advance(60)
    async with guarded.guard():
        with pytest.raises(ProviderUnavailable, match="breaker_open"):
            async with guarded.guard():
                pytest.fail("a second probe")
    assert guarded.state == "closed"


async def test_a_try_that_was_cancelled_leaves_the_next_one_room(guarded: Breaker, clock: ManualClock) -> None:
    await fail(guarded, 3)
    clock.advance(60)
    with pytest.raises(KeyboardInterrupt):
        async with guarded.guard():
            raise KeyboardInterrupt
    assert guarded.state == "half_open"
    await succeed(guarded)
    assert guarded.state == "closed"


async def test_a_clock_set_back_does_not_keep_it_open(guarded: Breaker, clock: ManualClock) -> None:
    clock.advance(86_400)
    await fail(guarded, 3)
    clock.advance(-86_400)
    assert guarded.state == "half_open"


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
