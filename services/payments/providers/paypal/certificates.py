"""Certificates of PayPal's notices: whose they may be, how they are fetched, and what has to be right about them.

Only what is surely right proves anything here. For everything else there is PayPal's own word, asked in a line apart.
"""

import asyncio
import re
from datetime import datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import httpx
import structlog
from msgspec import Struct

from services.clients.http import fetch
from services.clock import Clock
from services.errors import ProviderUnavailable
from values.loopback import leads_to_loopback

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.x509 import Certificate

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

    key: "RSAPublicKey"
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
        self, client: httpx.AsyncClient, clock: Clock, *, api: str, roots: "list[Certificate] | None" = None
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

    async def key(self, url: str) -> "RSAPublicKey | None":
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
            good = self._good(answer.body, now) if answer.status == 200 else None
        except ProviderUnavailable:
            good = None
        if good is None:
            _log.warning("paypal_certificate_unproven")
            _put(self._missed, url, now, _MOST_MISSED)
        else:
            _put(self._kept, url, good, _MOST_KEPT)

    def _good(self, pem: bytes, now: datetime) -> _Kept | None:
        # By name: what it is made of takes 22 ms and 7 MiB, which most desks never need.
        proofs: Any = import_module("services.payments.providers.paypal.proofs")
        roots = None if self._stands_in else proofs.authorities() if self._roots is None else self._roots
        good = proofs.check_certificate(pem, now, roots, domain=DOMAIN)
        return _Kept(good[0], now, min(now + KEPT_FOR, good[1])) if good is not None else None


def _put(kept: dict[str, Value], url: str, value: Value, most: int) -> None:
    kept.pop(url, None)
    kept[url] = value
    while len(kept) > most:
        del kept[next(iter(kept))]
