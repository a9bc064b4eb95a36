"""The SOAP of GUS BIR: version 1.2 with addressing headers out, an escaped document inside a multipart answer back.

Parsing is defensive: the answer is cut out of the multipart, must be UTF-8, and a document type (the door to entity
tricks) is refused before any parser sees it.
"""

import re
from collections.abc import Mapping
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from services.errors import ProviderUnavailable

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
