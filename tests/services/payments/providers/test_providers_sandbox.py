"""All payment providers, and the docs' sample, against the sandbox: one story told for each, and what goes wrong."""

import json
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any, TypeVar, get_args

import pytest
from msgspec import Struct
from msgspec.structs import replace

from docs.dev.samples.payment_provider import Sparrow, SparrowSettings
from docs.dev.samples.payment_simulator import SIMULATOR as SPARROW_SIMULATOR
from sandbox.faults import Mode
from sandbox.payments import PAYMENT_SIMULATORS
from services.errors import Conflict, Forged, ProviderRefused, ProviderUnavailable
from services.payments.listing import ListingProvider, TakenPage
from services.payments.providers import base
from services.payments.providers.registry import KEEPS, PROVIDERS, ProviderEntry
from tests.kit.narrow import a, present
from tests.nightly import portion
from tests.services.standins import PASSING, StandIns
from values.payment import StoredMethod
from values.private import Secret

PAYER = base.CodePayer("203.0.113.7", "Firefox")
REGISTRY = "services/payments/providers/registry.py"
SPARROW = ProviderEntry(
    "Sparrow",
    Sparrow,
    SparrowSettings,
    needed=("client_id", "client_secret", "signing_key"),
    sum_in_notice=False,
    refund_notice=False,
    notice_answer="TAKEN",
)
Result = TypeVar("Result")
each = pytest.mark.parametrize("entry", [*PROVIDERS, SPARROW], ids=lambda entry: entry.name)
STORING = [(entry, method) for entry in PROVIDERS for method in getattr(entry.adapter, "storable", ())]
CODING = [entry for entry in PROVIDERS if hasattr(entry.adapter, "by_code")]
each_coding = pytest.mark.parametrize("entry", CODING, ids=lambda entry: entry.name)


def shown(one: ProviderEntry | Mode | tuple[ProviderEntry, base.Method]) -> str:
    if isinstance(one, tuple):
        return f"{one[0].name} {one[1]}"
    return one if isinstance(one, str) else one.name


each_storing = pytest.mark.parametrize("of", STORING, ids=shown)


def made(world: StandIns, entry: ProviderEntry) -> base.PaymentProvider:
    given, world.answer = world.endpoints[entry.name], entry.notice_answer
    return entry.adapter(world.client, **given, clock=world.clock, breaker=world.breaker(entry.name), timeout_s=0.5)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandIns:
    monkeypatch.setitem(PAYMENT_SIMULATORS, SPARROW.name, SPARROW_SIMULATOR)
    return StandIns(tmp_path)


def request(entry: ProviderEntry, attempt: int = 1) -> base.PaymentRequest:
    return base.PaymentRequest(
        payment_id="0a1b2c3d",
        attempt=attempt,
        amount=12345,
        currency="PLN",
        description="FakturaSmart, 1 rok – żółw",
        email="anna@example.com",
        locale="pl",
        country="PL",
        method=max(entry.adapter.methods),
        return_url="http://desk.example/p/xyz/back",
        notify_url="http://desk.example/webhooks/payments/x",
        expires_in=timedelta(minutes=30),
    )


async def opened(provider: base.PaymentProvider, asked: base.PaymentRequest) -> base.Attempt:
    registered = await provider.register(asked)
    assert registered.redirect_url.startswith("http://desk.example/sandbox/")
    return base.Attempt(asked.payment_ref, registered.provider_ref, asked.amount, asked.currency)


async def told(world: StandIns, provider: base.PaymentProvider, number: int = -1) -> base.Notice:
    headers, body = world.notices[number]
    return await provider.read_notice(headers, body)


@each
async def test_from_link_to_money(world: StandIns, entry: ProviderEntry) -> None:
    provider = made(world, entry)
    attempt = await opened(provider, request(entry))
    assert (await provider.ask(attempt)).status == "pending"
    await world.pay()
    notice = await told(world, provider, 0)
    named = (12345, "PLN") if entry.sum_in_notice else (None, None)
    assert (notice.payment_ref, notice.amount, notice.currency) == (attempt.payment_ref, *named)
    stored = json.loads(json.dumps(dict(notice.facts)))
    for _ in range(2):
        state = await provider.confirm(attempt, stored)
        assert (state.status, state.amount) == ("paid", 12345)
    assert (await provider.ask(attempt)).status == "paid"
    (book,) = await world.payments()
    assert (book["status"], book["settled"]) == ("paid", True)
    assert world.brought_back


@each
async def test_a_lost_notice_is_made_good_by_asking(world: StandIns, entry: ProviderEntry) -> None:
    provider = made(world, entry)
    attempt = await opened(provider, request(entry))
    await world.pay(notify="none")
    assert world.notices == []
    assert (await provider.ask(attempt)).status == "paid"
    (book,) = await world.payments()
    assert book["settled"]
    await world.sandbox.tick(world.clock.advance(86_400))
    assert (world.notices, world.brought_back) == ([], [])


@each
async def test_a_late_notice_comes_an_hour_later(world: StandIns, entry: ProviderEntry) -> None:
    provider = made(world, entry)
    await opened(provider, request(entry))
    await world.pay(notify="late")
    assert (world.notices, world.brought_back) == ([], [])
    await world.sandbox.tick(world.clock.advance(3600))
    assert {(await told(world, provider, number)).kind for number in range(len(world.notices))} & {"paid", "approved"}


@each
async def test_the_same_notice_twice_has_one_key(world: StandIns, entry: ProviderEntry) -> None:
    provider = made(world, entry)
    await opened(provider, request(entry))
    await world.pay(notify="twice")
    keys = [(await told(world, provider, number)).dedup_key for number in range(len(world.notices))]
    assert [keys.count(key) for key in keys] == [2] * len(keys)


@each
async def test_notice_is_repeated_until_it_is_answered_as_the_entry_says(world: StandIns, entry: ProviderEntry) -> None:
    provider = made(world, entry)
    attempt = await opened(provider, request(entry))
    world.answer = None if entry.notice_answer == "OK" else "OK"
    await world.pay()
    first = await told(world, provider, 0)
    world.notices.clear()
    world.answer = entry.notice_answer
    await world.sandbox.tick(world.clock.advance(86_400))
    assert (await told(world, provider, 0)).dedup_key == first.dedup_key
    assert (await provider.confirm(attempt, first.facts)).status == "paid"
    world.notices.clear()
    await world.sandbox.tick(world.clock.advance(86_400))
    repeated = first.dedup_key in [(await told(world, provider, n)).dedup_key for n in range(len(world.notices))]
    assert not repeated, f"{REGISTRY}: the simulator of {entry.title} waits for another `notice_answer`"


@each
async def test_a_forged_notice_is_not_believed(world: StandIns, entry: ProviderEntry) -> None:
    provider = made(world, entry)
    attempt = await opened(provider, request(entry))
    await world.pay(notify="forged")
    with pytest.raises(Forged):
        await told(world, provider)
    assert (await provider.ask(attempt)).status == "pending"


@each
async def test_a_notice_changed_on_its_way_is_not_believed(world: StandIns, entry: ProviderEntry) -> None:
    provider = made(world, entry)
    await opened(provider, request(entry))
    await world.pay()
    headers, body = world.notices[0]
    changed = body.replace(b"12345", b"12344").replace(b"123.45", b"123.44")
    if not entry.sum_in_notice:
        changed = body.replace(b"0a1b2c3d", b"0a1b2c3e")
    assert changed != body
    with pytest.raises(Forged):
        await provider.read_notice(headers, changed)
    assert (await provider.read_notice(headers, body)).payment_ref == "0a1b2c3d-1"


@each
async def test_a_payment_that_failed_is_not_paid_and_the_next_attempt_is(world: StandIns, entry: ProviderEntry) -> None:
    provider = made(world, entry)
    first = await opened(provider, request(entry))
    await world.pay("failed")
    assert (await provider.ask(first)).status in ("pending", "failed")
    second = await opened(provider, request(entry, attempt=2))
    await world.pay()
    assert (await provider.ask(second)).status == "paid"
    assert (await provider.ask(first)).status in ("pending", "failed")


@pytest.mark.parametrize(("entry", "mode"), portion(product([*PROVIDERS, SPARROW], PASSING), 3), ids=shown)
async def test_every_request_rides_out_a_passing_fault(world: StandIns, entry: ProviderEntry, mode: Mode) -> None:
    """Each request of each step fails the first time, that for a token among them."""
    provider = made(world, entry)

    async def repeated(step: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
        """As the desk's stored jobs repeat a step that the adapter doesn't repeat by itself."""
        with world.failing(provider.name, mode):
            try:
                return await step()
            except ProviderUnavailable:
                return await step()

    try:
        attempt = await repeated(lambda: opened(provider, request(entry)))
    except Conflict as conflict:
        if (mode, conflict.reason) != ("lost", "attempt_used"):  # opened, and its link can't be had again
            raise
        attempt = await opened(provider, request(entry, attempt=2))
    await world.pay()
    notice = await repeated(lambda: told(world, provider, 0))
    assert (await repeated(lambda: provider.confirm(attempt, notice.facts))).status == "paid"
    assert (await repeated(lambda: provider.ask(attempt))).status == "paid"
    notify_url = "http://desk.example/n"
    await repeated(lambda: provider.refund(attempt, amount=45, key="r1", reason="test", notify_url=notify_url))
    assert sum(book["refunded"] for book in await world.payments()) == 45


@pytest.fixture
def by_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists come two a page."""
    for part in ("stripe.adapter", "stripe.refunds", "paypal.listing"):
        monkeypatch.setattr(f"services.payments.providers.{part}.MOST_A_PAGE", 2)


each_listing = pytest.mark.parametrize(
    "entry", [one for one in PROVIDERS if hasattr(one.adapter, "list_taken")], ids=shown
)
ReadPage = Callable[[datetime, datetime, str | None], Coroutine[Any, Any, TakenPage | None]]
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


async def listed(
    world: StandIns, read: ReadPage, began: datetime, since: timedelta, until: timedelta
) -> list[tuple[str, int, str]]:
    pages, after = list[TakenPage](), None
    while not pages or after is not None:
        pages.append(present(await read(began + since, began + until, after)))
        assert len(pages[-1].payments) <= 2
        after = pages[-1].following
    found = [one for page in pages for one in page.payments]
    assert all(began <= one.begun_at <= world.clock.now() for one in found)
    return sorted((one.payment_ref, one.amount, one.currency) for one in found)


@each_listing
async def test_what_was_taken_is_listed_page_by_page(world: StandIns, entry: ProviderEntry, by_two: None) -> None:
    provider, began = a(ListingProvider, made(world, entry)), world.clock.now()  # type: ignore[type-abstract]
    paid: list[str] = []
    for n in range(1, 6):
        attempt = await opened(provider, request(entry, n))
        if n != 3:
            await world.pay(notify="none")
            await provider.ask(attempt)  # PayPal's money is taken so
            paid.append(attempt.payment_ref)
        world.clock.advance(60)
    taken = provider.list_taken
    assert await listed(world, taken, began, -HOUR, HOUR) == [(ref, 12345, "PLN") for ref in paid]
    assert await listed(world, taken, began, MINUTE / 2, HOUR) == [(ref, 12345, "PLN") for ref in paid[1:]]
    assert await listed(world, taken, began, -HOUR, -MINUTE) == []


@each_listing
async def test_what_was_given_back_is_listed_page_by_page(world: StandIns, entry: ProviderEntry, by_two: None) -> None:
    provider, began = a(ListingProvider, made(world, entry)), world.clock.now()  # type: ignore[type-abstract]
    attempt = await opened(provider, request(entry))
    await world.pay(notify="none")
    await provider.ask(attempt)
    for n in range(1, 6):
        await provider.refund(attempt, amount=100 * n, key=f"r{n}", reason="x", notify_url="http://desk.example/n")
        world.clock.advance(60)
    every = [(attempt.payment_ref, 100 * n, "PLN") for n in range(1, 6)]
    assert await listed(world, provider.list_returned, began, -HOUR, HOUR) == every
    assert await listed(world, provider.list_returned, began, MINUTE / 2, HOUR) == every[1:]
    assert await listed(world, provider.list_returned, began, -HOUR, -MINUTE) == []
    assert await listed(world, provider.list_taken, began, -HOUR, HOUR) == [(attempt.payment_ref, 12345, "PLN")]


async def until_answered(
    world: StandIns, name: str, mode: Mode, step: Callable[[], Coroutine[Any, Any, Result]]
) -> Result:
    """As the desk's stored jobs repeat a step, each request of which fails the first time."""
    with world.failing(name, mode):
        for _ in range(4):
            with suppress(ProviderUnavailable):
                return await step()
        return await step()


@pytest.mark.parametrize(("entry", "mode"), product(PROVIDERS, get_args(Mode)), ids=shown)
async def test_refunds_disputes_and_lists_are_answered_once_whatever_fails(
    world: StandIns, entry: ProviderEntry, mode: Mode
) -> None:
    """A refund whose answer is lost was made all the same, once; what is listed and claimed is told after all."""
    provider, began = made(world, entry), world.clock.now()
    attempt = await opened(provider, request(entry))
    await world.pay(notify="none")
    assert (await provider.ask(attempt)).status == "paid"

    def back(amount: int, key: str) -> Callable[[], Coroutine[Any, Any, base.Refund]]:
        notify_url = "http://desk.example/n"
        return lambda: provider.refund(attempt, amount=amount, key=key, reason="x", notify_url=notify_url)

    for amount, key in ((45, "r1"), (300, "r2")):
        await until_answered(world, entry.name, mode, back(amount, key))
    (book,) = await world.payments()
    assert book["refunded"] == 345
    assert (await until_answered(world, entry.name, mode, lambda: provider.returned(attempt))).refunded == 345
    if not isinstance(provider, ListingProvider):
        return
    window = (began - HOUR, began + HOUR)
    for read, sums in ((provider.list_taken, [12345]), (provider.list_returned, [45, 300])):
        page = present(await until_answered(world, entry.name, mode, lambda read=read: read(*window)))
        assert sorted(one.amount for one in page.payments) == sums
    await world.pay("disputed", notify="none")
    claimed = await until_answered(world, entry.name, mode, lambda: provider.returned(attempt))
    assert (claimed.refunded, claimed.disputed) == (345, "open")


@each
async def test_money_back_once_per_key(world: StandIns, entry: ProviderEntry) -> None:
    provider = made(world, entry)
    attempt = await opened(provider, request(entry))
    with pytest.raises(ProviderRefused, match="refund_refused"):
        await provider.refund(attempt, amount=45, key="r0", reason="x", notify_url="http://desk.example/n")
    await world.pay(notify="none")
    assert (await provider.ask(attempt)).status == "paid"
    for _ in range(2):
        await provider.refund(attempt, amount=45, key="r1", reason="Za dużo", notify_url="http://desk.example/n")
    (book,) = await world.payments()
    assert book["refunded"] == 45
    with pytest.raises(ProviderRefused, match="refund_refused"):
        await provider.refund(attempt, amount=12345, key="r2", reason="x", notify_url="http://desk.example/n")
    await provider.refund(attempt, amount=12300, key="r3", reason="x", notify_url="http://desk.example/n")
    assert (await provider.ask(attempt)).status == "refunded"


@each
async def test_the_end_of_a_refund_is_told(world: StandIns, entry: ProviderEntry) -> None:
    provider = made(world, entry)
    attempt = await opened(provider, request(entry))
    await world.pay()
    await provider.ask(attempt)
    world.notices.clear()
    await provider.refund(attempt, amount=12345, key="r1", reason="x", notify_url="http://desk.example/n")
    await world.sandbox.tick(world.clock.advance(86_400).replace(microsecond=0))
    kinds = [(await told(world, provider, number)).kind for number in range(len(world.notices))]
    told_of = "`refund_notice` of its entry, and what its simulator sends after a refund"
    assert ("refunded" in kinds) == entry.refund_notice, f"{entry.title}: {told_of} don't agree"


@each
async def test_other_amounts_than_registered_are_an_incident(world: StandIns, entry: ProviderEntry) -> None:
    provider = made(world, entry)
    attempt = replace(await opened(provider, request(entry)), amount=12346)
    await world.pay()
    notice = await told(world, provider, 0)
    for refused in (provider.confirm(attempt, notice.facts), provider.ask(attempt)):
        with pytest.raises(ProviderRefused, match="amount_mismatch"):
            await refused


@each
async def test_registering_what_is_paid_already_says_so(world: StandIns, entry: ProviderEntry) -> None:
    provider = made(world, entry)
    attempt = await opened(provider, request(entry))
    await world.pay(notify="none")
    assert (await provider.ask(attempt)).status == "paid"
    with pytest.raises(Conflict):
        await provider.register(request(entry))


@each
async def test_a_provider_that_stays_down_is_unavailable(world: StandIns, entry: ProviderEntry) -> None:
    provider = made(world, entry)
    for mode in PASSING[:-1]:
        world.fault(provider.name, mode, 50)
        with pytest.raises(ProviderUnavailable):
            await provider.register(request(entry, attempt=len(mode)))


async def stored_by(
    world: StandIns, provider: base.PaymentProvider, asked: base.PaymentRequest, card: str = ""
) -> StoredMethod:
    """Return the method that a first payment leaves at the provider."""
    attempt = await opened(provider, replace(asked, store_for="account-1"))
    await world.pay(notify="none", card=card)
    return present((await provider.ask(attempt)).stored)


def renewal(
    stored: StoredMethod, ref: str = "0renew-1", method: base.Method = "card", amount: int = 12345
) -> base.Charge:
    return base.Charge(base.Attempt(ref, None, amount, "PLN"), "Odnowienie", stored, method)


Storing = tuple[ProviderEntry, base.Method]


class Keeping(Struct):
    """A provider and what it keeps of a first payment."""

    world: StandIns
    provider: base.StoringProvider
    stored: StoredMethod
    method: base.Method

    async def charged(self, ref: str = "0renew-1", amount: int = 12345) -> base.Charged:
        """Return what a charge comes to, also where a bank is asked first."""
        wanted = renewal(self.stored, ref, self.method, amount)
        charged = await self.provider.charge(wanted)
        if charged.state.status != "pending":
            return charged
        await self.world.sandbox.tick(self.world.clock.now())
        attempt = replace(wanted.attempt, provider_ref=charged.provider_ref)
        return replace(charged, state=await self.provider.ask(attempt))


async def keeping(world: StandIns, of: Storing, card: str = "") -> Keeping:
    provider, asked = a(base.StoringProvider, made(world, of[0])), replace(request(of[0]), method=of[1])
    return Keeping(world, provider, await stored_by(world, provider, asked, card), of[1])


@each_storing
async def test_a_stored_method_is_charged_given_back_and_forgotten(world: StandIns, of: Storing) -> None:
    kept = await keeping(world, of)
    provider, charged = kept.provider, await kept.charged()
    assert (charged.state.status, charged.state.refusal) == ("paid", None)
    attempt = base.Attempt("0renew-1", charged.provider_ref, 12345, "PLN")
    assert (await provider.ask(attempt)).status == "paid"
    await world.sandbox.tick(world.clock.now())
    heard = [await told(world, provider, number) for number in range(len(world.notices))]
    (notice,) = [one for one in heard if one.kind == "paid"]
    assert notice.payment_ref == "0renew-1"
    for seen in (attempt, replace(attempt, provider_ref=None)):
        assert (await provider.confirm(seen, notice.facts)).status == "paid"
    await provider.refund(attempt, amount=12345, key="r1", reason="x", notify_url="http://desk.example/n")
    assert (await provider.ask(attempt)).status == "refunded"
    assert await provider.keeps(kept.stored)
    for _ in range(2):
        await provider.forget(kept.stored)
    assert not await provider.keeps(kept.stored)
    assert (await kept.charged("0renew-2")).state.refusal == "gone"


@each_storing
@pytest.mark.parametrize("comes_to", ["declined", "needs_payer", "gone"])
async def test_a_charge_that_is_refused_says_why(world: StandIns, of: Storing, comes_to: str) -> None:
    kept = await keeping(world, of)
    await world.let_next(kept.stored.token, comes_to)
    assert (await kept.charged()).state.refusal == comes_to
    await world.let_next(kept.stored.token, "works")
    assert (await kept.charged("0renew-2")).state.status == "paid"


@pytest.mark.parametrize(("of", "mode"), portion(product(STORING, PASSING), 3), ids=shown)
async def test_a_passing_fault_never_charges_twice(world: StandIns, of: Storing, mode: Mode) -> None:
    kept = await keeping(world, of)
    for _ in range(2):
        with world.failing(kept.provider.name, mode):
            assert (await kept.charged()).state.status == "paid"
    renewals = [book for book in await world.payments() if book["reference"] == "0renew-1"]
    assert [book["settled"] for book in renewals] == [True]


FREE = [(entry, method) for entry, method in STORING if KEEPS[method][entry.name].without_charge]
each_free = pytest.mark.parametrize("of", FREE, ids=shown)


async def free(world: StandIns, of: Storing) -> tuple[base.StoringProvider, base.PaymentRequest, base.Attempt]:
    """Return an attempt of zero whose payer is led to a page."""
    provider = a(base.StoringProvider, made(world, of[0]))
    asked = replace(request(of[0]), amount=0, store_for="account-1", method=of[1])
    return provider, asked, await opened(provider, asked)


@each_free
async def test_a_way_to_pay_is_kept_without_a_charge(world: StandIns, of: Storing) -> None:
    provider, asked, attempt = await free(world, of)
    page = await world.client.get((await provider.register(asked)).redirect_url)
    assert "Nic nie zostanie pobrane" in page.text
    await world.pay("failed", "none")
    assert (await provider.ask(attempt)).status == "pending"
    await world.pay(notify="none")
    states = [await provider.ask(attempt) for _ in range(2)]
    assert {(state.status, state.amount) for state in states} == {("paid", 0)}
    assert states[0].stored == states[1].stored
    with pytest.raises(Conflict, match="already_paid"):
        await provider.register(asked)
    with pytest.raises(ProviderRefused, match="refund_refused"):
        await provider.refund(attempt, amount=0, key="r", reason="x", notify_url="http://desk.example/n")
    assert (await provider.returned(attempt)).refunded == 0
    charged = await provider.charge(renewal(present(states[0].stored), method=of[1]))
    assert (charged.state.status, charged.state.amount) == ("paid", 12345)


@each_free
async def test_what_is_kept_without_a_charge_is_told(world: StandIns, of: Storing) -> None:
    provider, _, attempt = await free(world, of)
    await world.pay()
    assert (await provider.ask(attempt)).status == "paid"
    await world.sandbox.tick(world.clock.now())
    notices = [await told(world, provider, number) for number in range(len(world.notices))]
    for notice in notices:
        assert (notice.kind in ("paid", "approved"), notice.payment_ref) == (True, attempt.payment_ref)
        assert (await provider.confirm(attempt, notice.facts)).stored is not None
        unnamed = await provider.confirm(replace(attempt, provider_ref=None), notice.facts)
        assert unnamed.status == ("paid" if provider.name == "stripe" else "pending")
    world.clock.advance(86_400)  # the provider has forgotten the request by which it was kept
    assert (await provider.confirm(attempt, notices[-1].facts)).stored is not None


@pytest.mark.parametrize(("of", "mode"), portion(product(FREE, PASSING), 3), ids=shown)
async def test_a_passing_fault_keeps_a_way_to_pay_once(world: StandIns, of: Storing, mode: Mode) -> None:
    with world.failing(of[0].name, mode):
        provider, asked, attempt = await free(world, of)
        assert (await provider.register(asked)).provider_ref == attempt.provider_ref
        await world.pay(notify="none")
        kept = {present((await provider.ask(attempt)).stored).token for _ in range(2)}
    assert (len(kept), len(world.sandbox.world.vault.all())) == (1, 1)


async def opened_for_code(
    world: StandIns, entry: ProviderEntry, store_for: str | None = None
) -> tuple[base.CodeProvider, base.PaymentRequest, base.Attempt]:
    provider = a(base.CodeProvider, made(world, entry))
    asked = replace(request(entry), method=min(provider.by_code), payer=PAYER, store_for=store_for)
    reference = await provider.open_for_code(asked)
    return provider, asked, base.Attempt(asked.payment_ref, reference, asked.amount, asked.currency)


@each_coding
@pytest.mark.parametrize(
    ("code", "end"),
    {"777": "paid", "666": "pending", "123": "wrong", "700": "expired", "500": "declined", "510": "limit"}.items(),
)
async def test_a_code_comes_to_what_it_plays(world: StandIns, entry: ProviderEntry, code: str, end: str) -> None:
    provider, asked, attempt = await opened_for_code(world, entry)
    assert (await provider.ask(attempt)).status == "pending"
    refusal = await provider.pay_by_code(asked, present(attempt.provider_ref), Secret(f"{code}493"))
    await world.sandbox.tick(world.clock.now())
    state = await provider.confirm(attempt, (await told(world, provider, 0)).facts if world.notices else {})
    assert (refusal or state.refusal or state.status) == end
    assert world.brought_back == []
    if end == "paid":
        await provider.refund(attempt, amount=12345, key="r1", reason="x", notify_url="http://desk.example/n")
        assert (await provider.ask(attempt)).status == "refunded"
        assert (await provider.returned(attempt)).refunded == 12345


@each_coding
async def test_a_code_that_is_ended_charges_nobody_or_is_found(world: StandIns, entry: ProviderEntry) -> None:
    provider, asked, attempt = await opened_for_code(world, entry)
    await provider.pay_by_code(asked, present(attempt.provider_ref), Secret("666493"))
    ended = await provider.end_code(attempt)
    await world.pay(notify="none")
    (book,) = await world.payments()
    assert (ended.status, book["status"]) in {("expired", "pending"), ("pending", "paid")}
    assert ((await provider.end_code(attempt)).status == "paid") == (book["status"] == "paid")


@each_coding
async def test_a_code_whose_answer_was_lost_is_asked_after(world: StandIns, entry: ProviderEntry) -> None:
    provider, asked, attempt = await opened_for_code(world, entry)
    with world.failing(provider.name, "lost"), pytest.raises(ProviderUnavailable) as raised:
        await provider.pay_by_code(asked, present(attempt.provider_ref), Secret("777493"))
    await world.sandbox.tick(world.clock.now())
    assert (raised.value.uncertain, (await provider.ask(attempt)).status) == (True, "paid")
    assert [book["status"] for book in await world.payments()] == ["paid"]


async def test_blik_kept_by_a_code_is_charged_until_its_holder_ends_it_in_the_bank(world: StandIns) -> None:
    (entry,) = [entry for entry, method in STORING if method == "blik"]
    provider, asked, attempt = await opened_for_code(world, entry, "account-1")
    assert await provider.pay_by_code(asked, present(attempt.provider_ref), Secret("777493")) is None
    await world.sandbox.tick(world.clock.now())
    kept = Keeping(world, a(base.StoringProvider, provider), present((await provider.ask(attempt)).stored), "blik")
    assert (kept.stored.label, kept.stored.expires) == ("BLIK", None)
    assert (await kept.charged(amount=2000_00)).state.status == "paid"
    assert (await kept.charged("0renew-2", 2000_01)).state.refusal == "needs_payer"
    await world.let_next(kept.stored.token, "gone")
    await world.sandbox.tick(world.clock.now())
    notice = await told(world, provider)
    assert (notice.kind, notice.provider_ref) == ("detached", kept.stored.token)
