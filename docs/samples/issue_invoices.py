"""Issue an invoice at Fakturownia for every paid order, and hand it to the desk: `python issue_invoices.py`.

Answers the desk's `payment.paid`; whatever fails is answered 500, so that the desk sends the event again.
"""

import base64
import hmac
import json
import os
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote, urlencode

_MOST_OLD = 300  # seconds


@dataclass
class Invoicing:
    """Your desk and your account at Fakturownia."""

    desk_url: str
    desk_token: str
    events_secret: str
    issuer_url: str
    issuer_token: str
    now: Callable[[], float] = time.time  # noqa: TID251

    def is_from_desk(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Return whether the desk signed this event lately."""
        sent_at = headers.get("webhook-timestamp", "")
        if not sent_at.isdecimal() or abs(self.now() - int(sent_at)) > _MOST_OLD:
            return False
        key = base64.b64decode(self.events_secret.removeprefix("whsec_"))
        signed = f"{headers.get('webhook-id', '')}.{sent_at}.".encode() + body
        own = "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
        return any(hmac.compare_digest(own, one) for one in headers.get("webhook-signature", "").split())

    def issue(self, number: str) -> None:
        """Issue the order's invoice and hand it to the desk, each once however often this is asked."""
        if self._desk(f"invoices?{urlencode({'order_number': number})}")["items"]:
            return
        order = self._desk(f"orders/{quote(number, safe='')}")
        made = self._made_before(number) or self._make(order)
        told = {
            "customer_id": order["customer_id"],
            "order_number": number,
            "number": made["number"],
            "issued_on": made["issue_date"],
            "gross": order["gross"],
            "currency": order["currency"],
            "pdf": base64.b64encode(self._issuer(f"invoices/{made['id']}.pdf")).decode(),
        }
        self._desk("invoices", told)

    def _make(self, order: dict[str, Any]) -> dict[str, Any]:
        """Issue it: one line of the whole order, at the order's rate of VAT, paid already."""
        if order["tax"]["reason"] != "home":
            raise ValueError(f"{order['number']}: ask your accountant how to invoice this one")
        to, day = order["invoice_to"], order["paid_at"][:10]
        line = {
            "name": ", ".join(f"{item['id']} × {item['quantity']}" for item in order["items"]),
            "quantity": 1,
            "tax": order["tax"]["percent"],
            "total_price_gross": f"{order['gross'] // 100}.{order['gross'] % 100:02}",
        }
        invoice = {
            "kind": "vat",
            "oid": order["number"],
            "oid_unique": "yes",
            "sell_date": day,
            "status": "paid",
            "paid_date": day,
            "currency": order["currency"],
            "buyer_name": to["name"],
            "buyer_tax_no": to["tax_number"],
            "buyer_street": to["street"],
            "buyer_post_code": to["postal_code"],
            "buyer_city": to["city"],
            "buyer_country": to["country"],
            "positions": [line],
        }
        return json.loads(self._issuer("invoices.json", {"invoice": invoice}))

    def _made_before(self, number: str) -> dict[str, Any] | None:
        """Return the order's invoice of an earlier try, whose answer was lost."""
        found = json.loads(self._issuer("invoices.json", period="last_30_days", per_page="100"))
        return next((one for one in found if one["oid"] == number), None)

    def _issuer(self, path: str, body: dict[str, Any] | None = None, **query: str) -> bytes:
        asked = {} if body else query | {"api_token": self.issuer_token}
        sent = body and body | {"api_token": self.issuer_token}
        return _ask(f"{self.issuer_url}/{path}?{urlencode(asked)}", sent, {})

    def _desk(self, path: str, body: dict[str, Any] | None = None) -> Any:
        return json.loads(_ask(f"{self.desk_url}/api/v1/{path}", body, {"Authorization": f"Bearer {self.desk_token}"}))


def _ask(url: str, body: dict[str, Any] | None, headers: dict[str, str]) -> bytes:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, headers | {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=5) as answer:
        return answer.read()


def receiver(invoicing: Invoicing, port: int) -> ThreadingHTTPServer:
    """Return the server that takes the desk's events."""

    class Events(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            if not invoicing.is_from_desk({k.lower(): v for k, v in self.headers.items()}, body):
                self.send_error(401)
                return
            event = json.loads(body)
            try:
                if event["type"] == "payment.paid":
                    invoicing.issue(event["data"]["order_number"])
            except (OSError, ValueError) as error:
                self.send_error(500, type(error).__name__)
                return
            self.send_response(204)
            self.end_headers()

    return ThreadingHTTPServer(("127.0.0.1", port), Events)


if __name__ == "__main__":
    names = ("OKIENKO_PUBLIC_URL", "OKIENKO_API_TOKEN", "OKIENKO_EVENTS_SECRET", "FAKTUROWNIA_URL", "FAKTUROWNIA_TOKEN")
    desk, token, secret, issuer, issuer_token = (os.environ[name] for name in names)
    receiver(Invoicing(desk, token, secret, issuer, issuer_token), 9000).serve_forever()
