"""The wrapping of GUS BIR: SOAP 1.2 with WS-Addressing in, multipart/related (MTOM) with XML inside XML out."""

import re
from collections.abc import Sequence
from typing import Final
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from msgspec import Struct
from starlette.responses import Response

SOAP: Final = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING: Final = "http://www.w3.org/2005/08/addressing"
SEARCH: Final = "http://CIS/BIR/PUBL/2014/07"
PARAMETERS: Final = "http://CIS/BIR/PUBL/2014/07/DataContract"
COMMON: Final = "http://CIS/BIR/2014/07"
ROOT: Final = "root"
BOUNDARY: Final = "uuid:3b0d2a0e-4b0e-4a37-9a9d-0b7c1a4f2c51+id=1"


class BadEnvelope(ValueError):
    """A body that is no request to this service."""


class SoapCall(Struct, frozen=True):
    """One operation asked for; `parameters` by local name, those of a search among them."""

    operation: str
    parameters: dict[str, str]


def action_of(operation: str) -> str:
    """Return the WS-Addressing action of an operation; `GetValue` has a namespace of its own."""
    if operation == "GetValue":
        return f"{COMMON}/IUslugaBIR/GetValue"
    return f"{SEARCH}/IUslugaBIRzewnPubl/{operation}"


def read_call(body: bytes) -> SoapCall:
    """Take an envelope apart; raises BadEnvelope for what the real service would refuse, too."""
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise BadEnvelope("DTD is prohibited")
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError as error:
        raise BadEnvelope("not XML") from error
    action = root.findtext(f"{{{SOAP}}}Header/{{{ADDRESSING}}}Action", "").strip()
    to = root.findtext(f"{{{SOAP}}}Header/{{{ADDRESSING}}}To", "").strip()
    content = root.find(f"{{{SOAP}}}Body")
    if not action or not to or content is None or len(content) != 1:
        raise BadEnvelope("the envelope needs wsa:To, wsa:Action and one element in its body")
    asked = content[0]
    namespace, _, operation = asked.tag.removeprefix("{").rpartition("}")
    if action != action_of(operation) or namespace != (COMMON if operation == "GetValue" else SEARCH):
        raise BadEnvelope("the action does not match the body")
    return SoapCall(operation, dict(_leaves(asked)))


def _leaves(element: ElementTree.Element) -> list[tuple[str, str]]:
    """Return the parameters; those of a search count only in their own namespace, as the service ignores any other."""
    found: list[tuple[str, str]] = []
    for child in element:
        if child.tag == f"{{{SEARCH}}}pParametryWyszukiwania":
            inner = [grandchild for grandchild in child if grandchild.tag.startswith(f"{{{PARAMETERS}}}")]
            found += [(grandchild.tag.rpartition("}")[2], (grandchild.text or "").strip()) for grandchild in inner]
        else:
            found.append((child.tag.rpartition("}")[2], (child.text or "").strip()))
    return found


def answer(operation: str, result: str) -> Response:
    """Return the answer to an operation, `result` as text in its Result element."""
    namespace = COMMON if operation == "GetValue" else SEARCH
    inner = f"<{operation}Result>{escape(result)}</{operation}Result>" if result else f"<{operation}Result/>"
    return _multipart(
        f"{action_of(operation)}Response", f'<{operation}Response xmlns="{namespace}">{inner}</{operation}Response>'
    )


def fault(reason: str, status: int = 500) -> Response:
    """Return a SOAP fault."""
    return _multipart(
        f"{ADDRESSING}/soap/fault",
        f"<s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code><s:Reason>"
        f'<s:Text xml:lang="pl-PL">{escape(reason)}</s:Text></s:Reason></s:Fault>',
        status,
    )


def rows(entries: Sequence[dict[str, str]]) -> str:
    """Return the inner XML: `<root><dane>…`, an empty field as an empty element."""
    lines = [f"<{ROOT}>"]
    for entry in entries:
        lines.append("  <dane>")
        lines += [f"    <{k}>{escape(v)}</{k}>" if v else f"    <{k} />" for k, v in entry.items()]
        lines.append("  </dane>")
    return "\r\n".join([*lines, f"</{ROOT}>"])


def _multipart(action: str, body: str, status: int = 200) -> Response:
    envelope = (
        f'<s:Envelope xmlns:s="{SOAP}" xmlns:a="{ADDRESSING}"><s:Header>'
        f'<a:Action s:mustUnderstand="1">{action}</a:Action></s:Header><s:Body>{body}</s:Body></s:Envelope>'
    )
    text = "\r\n".join(
        [
            "",
            f"--{BOUNDARY}",
            "Content-ID: <http://tempuri.org/0>",
            "Content-Transfer-Encoding: 8bit",
            'Content-Type: application/xop+xml;charset=utf-8;type="application/soap+xml"',
            "",
            envelope,
            f"--{BOUNDARY}--",
            "",
        ]
    )
    kind = (
        'multipart/related; type="application/xop+xml";start="<http://tempuri.org/0>";'
        f'boundary="{BOUNDARY}";start-info="application/soap+xml"'
    )
    return Response(text.encode(), status, headers={"Content-Type": kind})


def split_street(street: str) -> tuple[str, str, str]:
    """Return a street line as GUS keeps it: street, house number, flat number."""
    match = re.fullmatch(r"(.+?)\s+(\d+\w*)(?:/(\w+))?", street)
    return (match[1], match[2], match[3] or "") if match else (street, "", "")
