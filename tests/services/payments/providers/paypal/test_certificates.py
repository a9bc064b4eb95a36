"""Which notices prove themselves: by PayPal's certificate, from PayPal's hosts, once a day; else PayPal is asked."""

import asyncio
import base64
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import cache
from typing import Any, cast

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from services.errors import Forged
from services.payments.providers.paypal.adapter import PayPal
from services.payments.providers.paypal.certificates import Certificates
from tests.kit.clock import ManualClock
from tests.services.outside import NOON, FarEnd, Step, breaker, noon
from tests.services.payments.providers.paypal.test_adapter import CAPTURED, SUCCESS, TOKEN

API = "https://api-m.paypal.com"
URL = "https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594"
NAME = "messageverificationcerts.paypal.com"
DAY = timedelta(days=1)


@cache
def key(_of: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def issued(subject: str, public: Any, by: str, *, ca: bool = False, days: int = 30) -> x509.Certificate:
    usage = x509.KeyUsage(not ca, False, False, False, False, ca, ca, False, False)
    made = (
        x509.CertificateBuilder()
        .subject_name(named(subject))
        .issuer_name(named(by))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOON - DAY)
        .not_valid_after(NOON + days * DAY)
        .add_extension(x509.BasicConstraints(ca, None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key(by).public_key()), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )
    if not ca:
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(subject)]), critical=False)
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    return made.sign(key(by), hashes.SHA256())


ROOT = issued("A Root", key("A Root").public_key(), "A Root", ca=True)
BETWEEN = issued("Between", key("Between").public_key(), "A Root", ca=True)


def pem(*chain: x509.Certificate) -> httpx.Response:
    return httpx.Response(200, content=b"".join(c.public_bytes(serialization.Encoding.PEM) for c in chain))


def good(subject: str = NAME, *, days: int = 30) -> httpx.Response:
    return pem(issued(subject, key(NAME).public_key(), "Between", days=days), BETWEEN)


def certificates(far: FarEnd, clock: ManualClock | None = None, api: str = API) -> Certificates:
    return Certificates(far.client, clock or noon(), api=api, roots=[ROOT])


async def test_a_certificate_of_paypals_is_fetched_once_a_day() -> None:
    clock, far = noon(), FarEnd(good(), good())
    kept = certificates(far, clock)
    assert await kept.key(URL) == key(NAME).public_key()
    clock.advance(86_399)
    assert await kept.key(URL) is not None
    assert len(far.asked) == 1
    clock.advance(1)
    assert await kept.key(URL) is not None
    assert len(far.asked) == 2


@pytest.mark.parametrize(
    "url",
    [
        URL.replace("https", "http"),
        URL.replace("api.paypal.com", "www.paypal.com"),
        URL.replace("api.paypal.com", "api.sandbox.paypal.com"),
        URL.replace("api.paypal.com", "api.paypal.com.evil.example"),
        URL.replace("api.paypal.com", "api.paypal.com:8443"),
        URL.replace("api.paypal.com", "x@api.paypal.com"),
        URL.replace("api.paypal.com", "evil.example"),
        URL + "?x=1",
        URL + "/../../x",
        URL + "#x",
        "https://api.paypal.com/v1/notifications/certs/",
        "https://api.paypal.com/cert",
        "http://127.0.0.1:8080/sandbox/paypal/certs/CERT-SANDBOX-1",
    ],
)
async def test_none_is_fetched_from_anywhere_else(url: str) -> None:
    far = FarEnd()
    assert await certificates(far).key(url) is None
    assert far.asked == []


async def test_the_stand_ins_is_taken_on_loopback_alone() -> None:
    itself = pem(issued("Stand-in", key("Stand-in").public_key(), "Stand-in"))
    for api, asked in (("http://127.0.0.1:8080/sandbox/paypal", 1), ("http://sandbox.example/sandbox/paypal", 0)):
        far = FarEnd(itself)
        found = await certificates(far, api=api).key(f"{api}/certs/CERT-SANDBOX-1")
        assert (found is not None, len(far.asked)) == (asked == 1, asked)
    far = FarEnd()
    for elsewhere in (URL, "http://127.0.0.1:8081/sandbox/paypal/certs/C", "http://127.0.0.1:8080/desk/certs/C"):
        assert await certificates(far, api="http://127.0.0.1:8080/sandbox/paypal").key(elsewhere) is None
    assert far.asked == []


BAD: dict[str, Step] = {
    "another name": good("paypal.com.evil.example"),
    "expired": good(days=0),
    "signed by itself": pem(issued(NAME, key(NAME).public_key(), NAME)),
    "by an authority that is none": pem(issued(NAME, key(NAME).public_key(), "Mallory"), BETWEEN),
    "without those between": pem(issued(NAME, key(NAME).public_key(), "Between")),
    "another kind of key": pem(issued(NAME, ec.generate_private_key(ec.SECP256R1()).public_key(), "Between"), BETWEEN),
    "no certificate": httpx.Response(200, content=b"hello"),
    "too long": httpx.Response(200, content=b"x" * 100_000),
    "elsewhere": httpx.Response(302, headers={"location": "https://evil.example/cert"}),
    "missing": httpx.Response(404),
    "no answer": httpx.ReadTimeout("slow"),
}


@pytest.mark.parametrize("what", BAD)
async def test_a_certificate_that_isnt_right_in_everything_proves_nothing(what: str) -> None:
    clock, far = noon(), FarEnd(BAD[what], good())
    kept = certificates(far, clock)
    assert await kept.key(URL) is None
    assert await kept.key(URL) is None
    assert len(far.asked) == 1, "nor is it fetched for each notice that names it"
    clock.advance(60)
    assert await kept.key(URL) is not None


# --- notices ---


def sent(body: bytes = CAPTURED, *, age_s: float = 0, **changed: str) -> dict[str, str]:
    """The headers of a notice that the certificate's key has signed."""
    time = (NOON - timedelta(seconds=age_s)).isoformat().replace("+00:00", "Z")
    text = f"t1|{time}|WH1|{zlib.crc32(body)}".encode()
    signature = base64.b64encode(key("Stand-in").sign(text, padding.PKCS1v15(), hashes.SHA256())).decode()
    return {
        "paypal-auth-algo": "SHA256withRSA",
        "paypal-cert-url": "http://127.0.0.1:9/paypal/certs/CERT-1",
        "paypal-transmission-id": "t1",
        "paypal-transmission-sig": signature,
        "paypal-transmission-time": time,
        **{f"paypal-{name.replace('_', '-')}": value for name, value in changed.items()},
    }


CERTIFICATE = pem(issued("Stand-in", key("Stand-in").public_key(), "Stand-in"))


def paypal(*steps: Step) -> tuple[PayPal, FarEnd]:
    far = FarEnd(*steps)
    url = "http://127.0.0.1:9/paypal"
    keys: dict[str, Any] = {"client_id": "id", "client_secret": "s", "webhook_id": "WH1"}
    return PayPal(far.client, url=url, **keys, clock=noon(), breaker=breaker("paypal")), far


async def test_a_fresh_notice_under_paypals_signature_is_read_without_asking() -> None:
    provider, far = paypal(CERTIFICATE)
    for age_s in (0, 299, -299):
        notice = await provider.read_notice(sent(age_s=age_s), CAPTURED)
        assert (notice.kind, notice.dedup_key) == ("paid", "WH-1")
    assert [request.url.path for request in far.asked] == ["/paypal/certs/CERT-1"]


ANSWERS = {
    "/paypal/certs/CERT-1": CERTIFICATE,
    "/paypal/v1/oauth2/token": TOKEN,
    "/paypal/v1/notifications/verify-webhook-signature": SUCCESS,
}
LATE = (301.0, -301.0, 3 * 86_400.0)
FALSE: tuple[tuple[dict[str, str], bytes], ...] = (
    (sent(), CAPTURED.replace(b"49.00", b"49.01")),
    (sent(transmission_id="t2"), CAPTURED),
    (sent(transmission_sig="c2ln"), CAPTURED),
    (sent(transmission_sig="?"), CAPTURED),
    (sent(auth_algo="SHA1withRSA"), CAPTURED),
    (sent(transmission_time="yesterday"), CAPTURED),
)


@pytest.mark.parametrize(
    ("headers", "body"), [*((sent(age_s=age_s), CAPTURED) for age_s in LATE), *FALSE], ids=range(len(LATE) + len(FALSE))
)
async def test_a_late_notice_and_one_that_proves_nothing_are_asked_about(headers: dict[str, str], body: bytes) -> None:
    provider, far = paypal(*[lambda request: ANSWERS[request.url.path]] * 3)
    assert await provider.proven_notice(headers, body) is None
    assert (await provider.read_notice(headers, body)).kind == "paid"
    assert far.asked[-1].url.path == "/paypal/v1/notifications/verify-webhook-signature"


async def test_what_is_older_than_paypal_repeats_its_notices_is_forged_unasked() -> None:
    provider, far = paypal()
    for age_s in (3 * 86_400 + 3_601, 6 * 365 * 86_400):
        with pytest.raises(Forged):
            await provider.read_notice(sent(age_s=age_s), CAPTURED)
    assert far.asked == []


@asynccontextmanager
async def held_up(pem: Step) -> AsyncIterator[tuple[Certificates, list[httpx.Request], asyncio.Event]]:
    """Certificates whose far end answers with this once it may, and what it was asked."""
    asked, may_answer = list[httpx.Request](), asyncio.Event()

    async def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        await may_answer.wait()
        return cast(httpx.Response, pem)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        yield Certificates(client, noon(), api=API, roots=[ROOT]), asked, may_answer


async def until(asked: list[httpx.Request], many: int) -> None:
    while len(asked) < many:  # noqa: ASYNC110 - nothing else tells
        await asyncio.sleep(0)


@pytest.mark.parametrize(("pem", "found"), [(good(), True), (BAD["missing"], False)], ids=["good", "bad"])
async def test_notices_that_come_at_once_fetch_their_certificate_once_even_if_one_gives_up(
    pem: Step, found: bool
) -> None:
    async with held_up(pem) as (kept, asked, may_answer):
        first, gone, last = (asyncio.create_task(kept.key(URL)) for _ in range(3))
        await until(asked, 1)
        gone.cancel()
        await asyncio.wait([gone])
        late = asyncio.create_task(kept.key(URL))
        for _ in range(20):
            await asyncio.sleep(0)
        may_answer.set()
        assert [key is not None for key in await asyncio.gather(first, last, late)] == [found] * 3
        assert len(asked) == 1


async def test_no_more_than_four_unknown_certificates_are_waited_for_at_once() -> None:
    urls = [f"{URL}-{n}" for n in range(5)]
    async with held_up(good()) as (kept, asked, may_answer):
        waiting = [asyncio.create_task(kept.key(url)) for url in urls[:4]]
        await until(asked, 4)
        assert await kept.key(urls[4]) is None
        assert len(asked) == 4
        may_answer.set()
        assert None not in await asyncio.gather(*waiting)
        assert await kept.key(urls[4]) is not None, "the places are free again"


async def test_sixteen_certificates_are_kept_and_the_oldest_gives_way() -> None:
    far = FarEnd(*[good()] * 18)
    kept = certificates(far)
    for n in range(17):
        assert await kept.key(f"{URL}-{n}") is not None
    assert [await kept.key(f"{URL}-{n}") is not None for n in (16, 1)] == [True, True]
    assert len(far.asked) == 17
    assert await kept.key(f"{URL}-0") is not None
    assert len(far.asked) == 18
