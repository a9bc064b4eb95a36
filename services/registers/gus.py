"""GUS BIR (REGON register of the statistical office): every business and legal person in Poland, by SOAP.

It needs a key (free, personal) and logs in; the session lasts about an hour and is shared by the whole process.
Its SOAP: version 1.2 with addressing headers out, an escaped document inside a multipart answer back. Parsing is
defensive: the answer is cut out of the multipart, must be UTF-8, and a document type (the door to entity tricks) is
refused before any parser sees it.
Source: the service's public clients and its documentation "UslugaBIR ver 1.2".
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import httpx

from services.clients.http import HttpAnswer
from services.clients.provider_client import Breaker, ProviderClient
from services.clock import Clock
from services.errors import Misconfigured, ProviderUnavailable
from services.registers.address import Address, hyphenate_postal_code, polish
from services.registers.register import CompanyFoundInRegister, Evidence, LegalForm, NotFound, RegisterData, Source

PUBLIC = "http://CIS/BIR/PUBL/2014/07"
#: GetValue alone lives in another namespace.
GENERAL = "http://CIS/BIR/2014/07"

CONTENT_TYPE = "application/soap+xml; charset=utf-8"

_ENVELOPE = re.compile(r"<(?:(\w+):)?Envelope[\s>].*</(?:\1:)?Envelope\s*>", re.DOTALL)
_FORBIDDEN = re.compile(r"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


def log_in(url: str, key: str) -> bytes:
    """Return the request for a session."""
    return _envelope(url, "Zaloguj", f"<ns:pKluczUzytkownika>{escape(key)}</ns:pKluczUzytkownika>")


def search_nip(url: str, nip: str) -> bytes:
    """Return the request for everything under a NIP."""
    inner = f"<ns:pParametryWyszukiwania><dat:Nip>{escape(nip)}</dat:Nip></ns:pParametryWyszukiwania>"
    return _envelope(url, "DaneSzukajPodmioty", inner)


def get_value(url: str, name: str) -> bytes:
    """Return the request for a state of the service or session, such as `KomunikatKod`, the last call's code."""
    inner = f"<ns:pNazwaParametru>{escape(name)}</ns:pNazwaParametru>"
    return _envelope(url, "GetValue", inner, GENERAL, "IUslugaBIR")


def _envelope(
    url: str, operation: str, inner: str, namespace: str = PUBLIC, contract: str = "IUslugaBIRzewnPubl"
) -> bytes:
    return (
        '<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope"'
        f' xmlns:ns="{namespace}" xmlns:dat="{PUBLIC}/DataContract">'
        '<soap:Header xmlns:wsa="http://www.w3.org/2005/08/addressing">'
        f"<wsa:To>{escape(url)}</wsa:To><wsa:Action>{namespace}/{contract}/{operation}</wsa:Action>"
        f"</soap:Header><soap:Body><ns:{operation}>{inner}</ns:{operation}></soap:Body></soap:Envelope>"
    ).encode()


def result_of(body: bytes, operation: str) -> str:
    """Return the text inside `<…Result>` of an answer, empty where it is empty.

    Raises ProviderUnavailable for anything else.
    """
    match = _ENVELOPE.search(_decoded(body))
    if match is None:
        raise _garbage()
    for element in _parsed(match[0]).iter():
        if element.tag.rpartition("}")[2] == f"{operation}Result":
            return (element.text or "").strip()
    raise _garbage()


def entries_of(document: str) -> list[Mapping[str, str]]:
    """Return the `<dane>` of the inner document, each as field → trimmed text."""
    return [
        {field.tag: (field.text or "").strip() for field in entry} for entry in _parsed(document) if entry.tag == "dane"
    ]


def _decoded(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise _garbage() from None


def _parsed(text: str) -> ElementTree.Element:
    if _FORBIDDEN.search(text):
        raise _garbage()
    try:
        return ElementTree.fromstring(text)
    except ElementTree.ParseError:
        raise _garbage() from None


def _garbage() -> ProviderUnavailable:
    return ProviderUnavailable("garbage", origin="gus", uncertain=True)


NOTHING_FOUND = "4"
NO_SESSION = "7"
OUR_MISTAKE = frozenset({"2", "5"})  # too many numbers, no right to it

#: Kinds of entry, best first; local units (LP, LF) say nothing that their parent doesn't.
KINDS: Mapping[str, LegalForm] = {"P": "company", "F": "sole_trader"}
CEIDG = "1"


class _SessionLostError(Exception):
    """The session ended; log in again."""


class Gus:
    """Asks GUS BIR at `url` (the full address of the .svc) with the account's `key`."""

    source: Source = "gus"
    countries = frozenset({"PL"})

    def __init__(
        self, client: httpx.AsyncClient, *, url: str, key: str, clock: Clock, breaker: Breaker, timeout_s: float = 8.0
    ) -> None:
        self._client = client
        self._url = url
        self._key = key
        self._clock = clock
        self._line = ProviderClient(client, breaker, timeout_s=timeout_s, tries=2)
        self._session: str | None = None
        self._log_in_lock = asyncio.Lock()

    async def find(self, country: str, tax_number: str, *, within_s: float) -> CompanyFoundInRegister | NotFound:
        """Ask for a NIP of ten digits. Raises ProviderUnavailable, Misconfigured (the key is refused)."""
        async with self._line.operation(tax_number, within_s):
            session = await self._logged_in(lost=None)
            try:
                entries = await self._search(session, tax_number)
            except _SessionLostError:
                entries = await self._search_again(session, tax_number)
        best = _best(entries)
        if best is None:
            return NotFound(self.source)
        return CompanyFoundInRegister(_company(tax_number, best), self.source, Evidence(None, self._clock.now()))

    async def _search_again(self, lost: str, tax_number: str) -> Sequence[Mapping[str, str]]:
        session = await self._logged_in(lost=lost)
        try:
            return await self._search(session, tax_number)
        except _SessionLostError:
            raise ProviderUnavailable("session_refused", origin=f"gus {NO_SESSION}") from None

    async def _logged_in(self, lost: str | None) -> str:
        """Return the session in use; a new one when there is none or it is the `lost` one. Many who ask log in once."""
        async with self._log_in_lock:
            if self._session is None or self._session == lost:
                self._session = None
                session = await self._call("Zaloguj", log_in(self._url, self._key))
                if not session:
                    raise Misconfigured("credentials_refused", origin="gus")
                self._session = session
            return self._session

    async def _search(self, session: str, nip: str) -> Sequence[Mapping[str, str]]:
        document = await self._call("DaneSzukajPodmioty", search_nip(self._url, nip), session)
        if not document:
            self._stop_at(await self._call("GetValue", get_value(self._url, "KomunikatKod"), session))
            return []
        entries = entries_of(document)
        for entry in entries:
            if code := entry.get("ErrorCode"):
                self._stop_at(code)
                return []
        return entries

    def _stop_at(self, code: str) -> None:
        """Return when `code` means that nothing was found, raise what else it means."""
        if code == NO_SESSION:
            raise _SessionLostError
        if code in OUR_MISTAKE:
            raise Misconfigured("register_request", origin=f"gus {code}")
        if code != NOTHING_FOUND:
            raise ProviderUnavailable(origin=f"gus {code}" if code.isalnum() else "gus")

    async def _call(self, operation: str, envelope: bytes, session: str | None = None) -> str:
        def read(answer: HttpAnswer) -> str:
            return result_of(answer.checked().body, operation)

        headers = {"Content-Type": CONTENT_TYPE, **({"sid": session} if session else {})}
        request = self._client.build_request("POST", self._url, content=envelope, headers=headers)
        return await self._line.send(request, read, repeatable=True)


def _best(entries: Sequence[Mapping[str, str]]) -> Mapping[str, str] | None:
    """Return the entry to show: living before ended, company before person, CEIDG's before a farm's."""
    known = [entry for entry in entries if entry.get("Typ") in KINDS and entry.get("Nazwa")]

    def order(entry: Mapping[str, str]) -> tuple[bool, int, bool]:
        ended = bool(entry.get("DataZakonczeniaDzialalnosci"))
        return ended, list(KINDS).index(entry["Typ"]), entry.get("SilosID") != CEIDG

    return min(known, key=order, default=None)


def _company(tax_number: str, entry: Mapping[str, str]) -> RegisterData:
    def of(name: str) -> str:
        return entry.get(name, "")

    number = "/".join(part for part in (of("NrNieruchomosci"), of("NrLokalu")) if part)
    # A village without streets: the number belongs to the village, the letter goes to the post office's town.
    road, city = (of("Ulica"), of("Miejscowosc")) if of("Ulica") else (of("Miejscowosc"), of("MiejscowoscPoczty"))
    street, code, city = f"{road} {number}".strip(), of("KodPocztowy"), city or of("Miejscowosc")
    address = polish(f"{street}, {code} {city}")
    if not address.country:
        address = Address(street, hyphenate_postal_code(code), city)
    ended = of("DataZakonczeniaDzialalnosci")
    return RegisterData(
        country="PL",
        tax_number=tax_number,
        name=of("Nazwa"),
        street=address.street,
        postal_code=address.postal_code,
        city=address.city,
        seat=address.country,
        legal_form=KINDS[of("Typ")],
        notes=(f"ended:{ended}",) if ended else (),
    )
