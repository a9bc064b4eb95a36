"""Certificates of PayPal's notices: whose they may be, how they are fetched, and what has to be right about them.

Only what is surely right proves anything here. For everything else there is PayPal's own word, asked in a line apart.
"""

import asyncio
import re
from datetime import datetime, timedelta
from functools import cache
from typing import TypeVar
from urllib.parse import urlsplit

import httpx
import structlog
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError
from msgspec import Struct

from services.clients.http import fetch, trusted
from services.clock import Clock
from services.errors import ProviderUnavailable
from values.loopback import leads_to_loopback

Value = TypeVar("Value")
_log = structlog.get_logger(__name__)

DOMAIN = "paypal.com"
LIVE = frozenset({"api.paypal.com", "api-m.paypal.com"})
TEST = frozenset({"api.sandbox.paypal.com", "api-m.sandbox.paypal.com"})
KEPT_FOR = timedelta(hours=24)
_MISSED_FOR = timedelta(minutes=1)
_FOLDER = "/v1/notifications/certs/"
_NAME = re.compile(r"[A-Za-z0-9-]{1,100}")
_MOST_BYTES = 64 * 1024
_FETCH_S = 3.0
_AT_ONCE = 4  # fetches of certificates that were never good; those that were don't wait for them
_MOST_KEPT = 16
_MOST_MISSED = 256


class _Kept(Struct, frozen=True):
    """A good certificate: its key, and the time in which it is looked at no more."""

    key: rsa.RSAPublicKey
    since: datetime
    until: datetime

    def holds(self, now: datetime) -> bool:
        return self.since <= now < self.until


class Certificates:
    """The keys of PayPal's certificates, each fetched at most once a day.

    `api` is PayPal's address: of its live hosts or its test ones, or of a stand-in on loopback, whose certificate is
    signed by itself. `roots` are the authorities that are believed, else those that all clients go by.
    """

    def __init__(
        self, client: httpx.AsyncClient, clock: Clock, *, api: str, roots: list[x509.Certificate] | None = None
    ) -> None:
        self._client = client
        self._clock = clock
        self._api = urlsplit(api)
        self._stands_in = leads_to_loopback(api)
        self._hosts = TEST if self._api.hostname in TEST else LIVE
        self._roots = roots
        self._kept: dict[str, _Kept] = {}
        self._missed: dict[str, datetime] = {}
        self._fetching: dict[str, asyncio.Lock] = {}

    def may_be_named(self, url: str) -> bool:
        """Return whether a genuine notice could name this address at all. Raises ValueError for what is none."""
        named = urlsplit(url)
        if (named.scheme, named.netloc) == (self._api.scheme, self._api.netloc):
            return True
        host = named.hostname or ""
        return named.scheme == "https" and (host == DOMAIN or host.endswith(f".{DOMAIN}"))

    async def key(self, url: str) -> rsa.RSAPublicKey | None:
        """Return the key of a certificate that is right in everything; None for any other, or if it can't be had."""
        if not self._is_fetched(url):
            return None
        if (known := self._known(url)) is not None:
            return known.key
        if self._was_missed(url) or (url not in self._kept and len(self._fetching.keys() - {url}) >= _AT_ONCE):
            return None
        lock = self._fetching.setdefault(url, asyncio.Lock())
        try:
            async with lock:
                if self._known(url) is None and not self._was_missed(url):
                    await self._look(url)
        finally:
            if not lock.locked():
                self._fetching.pop(url, None)
        known = self._known(url)
        return None if known is None else known.key

    def _is_fetched(self, url: str) -> bool:
        """Return whether a certificate may be fetched there: exact hosts and folders, nothing to be led astray by."""
        named = urlsplit(url)
        if self._stands_in:
            ours = (named.scheme, named.netloc) == (self._api.scheme, self._api.netloc)
            folder = f"{self._api.path.rstrip('/')}/certs/"
        else:
            ours, folder = named.scheme == "https" and named.netloc in self._hosts, _FOLDER
        plain = not named.query and not named.fragment and named.path.startswith(folder)
        return ours and plain and _NAME.fullmatch(named.path.removeprefix(folder)) is not None

    def _known(self, url: str) -> _Kept | None:
        known = self._kept.get(url)
        return known if known is not None and known.holds(self._clock.now()) else None

    def _was_missed(self, url: str) -> bool:
        missed = self._missed.get(url)
        return missed is not None and timedelta(0) <= self._clock.now() - missed < _MISSED_FOR

    async def _look(self, url: str) -> None:
        now = self._clock.now()
        try:
            request = self._client.build_request("GET", url)
            answer = await fetch(self._client, request, timeout_s=_FETCH_S, most_bytes=_MOST_BYTES)
            good = _good(answer.body, now, self._believed()) if answer.status == 200 else None
        except ProviderUnavailable:
            good = None
        if good is None:
            _log.warning("paypal_certificate_unproven")
            _put(self._missed, url, now, _MOST_MISSED)
        else:
            _put(self._kept, url, good, _MOST_KEPT)

    def _believed(self) -> list[x509.Certificate] | None:
        if self._stands_in:
            return None
        return _authorities() if self._roots is None else self._roots


def _good(pem: bytes, now: datetime, roots: list[x509.Certificate] | None) -> _Kept | None:
    """Return the key of a certificate that is valid now, is PayPal's by name and leads to one of the `roots`.

    Without roots it answers for itself.
    """
    try:
        leaf, *between = x509.load_pem_x509_certificates(pem)
        key = leaf.public_key()
        if roots is not None:
            _proven(leaf, between, roots, now)
    except (ValueError, VerificationError, x509.ExtensionNotFound):
        return None
    valid = leaf.not_valid_before_utc <= now < leaf.not_valid_after_utc
    if not valid or not isinstance(key, rsa.RSAPublicKey) or key.key_size < 2048:
        return None
    return _Kept(key, now, min(now + KEPT_FOR, leaf.not_valid_after_utc))


def _proven(
    leaf: x509.Certificate, between: list[x509.Certificate], roots: list[x509.Certificate], now: datetime
) -> None:
    """Raise ValueError or VerificationError unless the certificate is PayPal's by name and by whom it was given."""
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    ours = [name for name in names.get_values_for_type(x509.DNSName) if name.lower().endswith(f".{DOMAIN}")]
    if not ours:
        raise ValueError("no name of PayPal's")
    verifier = PolicyBuilder().store(Store(roots)).time(now).build_server_verifier(x509.DNSName(ours[0]))
    verifier.verify(leaf, between)


@cache
def _authorities() -> list[x509.Certificate]:
    """Return the authorities that all clients of a process go by."""
    return [x509.load_der_x509_certificate(each) for each in trusted().get_ca_certs(binary_form=True)]


def _put(kept: dict[str, Value], url: str, value: Value, most: int) -> None:
    kept.pop(url, None)
    kept[url] = value
    while len(kept) > most:
        del kept[next(iter(kept))]
