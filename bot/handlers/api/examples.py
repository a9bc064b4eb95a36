"""Examples of answers in the OpenAPI description and on docs/reference/api.md; invented, like the sandbox."""

from typing import Any

from values.account_view import ANSWERS

Example = dict[str, Any]

CUSTOMER_ID = "209a09737562f1cd594a8060eb3aa35f"
OWNED: Example = {"customer_id": CUSTOMER_ID}
CURSOR = "1763632457044895-1a5f0d7a3c0e4b0f9d2b6f6d5a6f1c33"

HEAD: Example = {
    "id": CUSTOMER_ID,
    "email": "jan@bursztyn.example.com",
    "user_name": "jan@bursztyn.example.com",
    "phone": "+48512000999",
    "locale": "pl",
    "created_at": "2026-11-20T09:44:15.569009Z",
    "account": {"status": "active", "answers": {"source": "friend"}},
    **ANSWERS,
}
COMPANY: Example = {
    "id": "30b34cb5e894cfc8c162581d614c8587",
    "country": "PL",
    "tax_number": "1234563218",
    "name": "Pracownia Bursztyn sp. z o.o.",
    "street": "ul. Długa 12/4",
    "postal_code": "80-831",
    "city": "Gdańsk",
    "sdi_code": None,
    "pec": None,
    "source": "mf",
    "check": "verified",
    "confirmed_at": "2026-11-20T09:44:16.340761Z",
    "contact_form": None,
    "contact_forms": [],
    "vat_checked_at": None,
    "vat_check_id": None,
    "answers": {"staff": 12},
}
ORDER: Example = {
    "id": "1a5f0d7a3c0e4b0f9d2b6f6d5a6f1c33",
    "number": "FS/2026/000001",
    "company_id": COMPANY["id"],
    "items": [{"id": "standard", "quantity": 1, "years": 1}],
    "discount_code": "START20",
    "net": 23920,
    "vat": 5502,
    "gross": 29422,
    "currency": "PLN",
    "tax": {
        "percent": 23,
        "reason": "home",
        "country": "PL",
        "vat_number": None,
        "checked_at": None,
        "check_id": None,
    },
    "method": "blik",
    "status": "paid",
    "refunded_amount": 0,
    "placed_at": "2026-11-20T09:44:17.044895Z",
    "withdrawn_at": None,
    "answers": {"note": None},
}
PAYMENT: Example = {
    "id": "79b5c5594477c52c3eb508dab27f8470",
    "order_number": "FS/2026/000001",
    "method": "blik",
    "provider": "przelewy24",
    "amount": 29422,
    "currency": "PLN",
    "status": "paid",
    "refunded_amount": 0,
    "disputed": None,
}
SUBSCRIPTION: Example = {
    "id": "c2b8a1d4e6f0498fb1a2c3d4e5f60718",
    "product": "standard",
    "quantity": 1,
    "years": 1,
    "status": "active",
    "starts_at": "2026-11-20T09:44:17.478542Z",
    "ends_at": "2027-11-20T09:44:17.478542Z",
    "auto_renewal": True,
    "end_reason": None,
}
EINVOICE: Example = {
    "id": "9e107d9d372bb6826bd81d3542a419d6",
    "status": "active",
    "email": "jan@bursztyn.example.com",
    "activated_at": "2026-11-20T09:44:17.860712Z",
}
CARD: Example = {
    **HEAD,
    "contacts": [{"kind": "email", "value": HEAD["email"], "verified_at": "2026-11-20T09:44:17.031388Z"}],
    "companies": [COMPANY],
    "consents": [
        {
            "id": "privacy",
            "version": "2026-09",
            "locale": "pl",
            "given_at": "2026-11-20T09:44:15.569009Z",
            "withdrawn_at": None,
            "channel": "web",
            "how": "button",
            "words": "I agree to the processing of my e-mail, phone and company data.",
        }
    ],
    "orders": [ORDER],
    "payments": [PAYMENT],
    "subscriptions": [SUBSCRIPTION],
    "methods": [{"id": "5d41402abc4b2a76b9719d911017c592", "method": "blik", "label": "BLIK", "default": True}],
    "einvoice": EINVOICE,
    "conversations": [{"id": "e4d909c290d0fb1ca068ffaddf22cbd0", "channel": "web", "mode": "bot"}],
}
ORDER_IN_FULL: Example = {
    **ORDER,
    **OWNED,
    "auto_renewal": False,
    "paid_at": "2026-11-23T08:15:02.120417Z",
    "cancelled_at": None,
    "method": "transfer",
    "invoice_to": {
        name: COMPANY[name]
        for name in ("country", "tax_number", "name", "street", "postal_code", "city", "sdi_code", "pec")
    },
    "payments": [PAYMENT | {"method": "transfer", "provider": "transfer"}],
    "transfers": [
        {
            "reference": "WB/2026/11/0042",
            "amount": 29422,
            "currency": "PLN",
            "status": "booked",
            "told_at": "2026-11-23T08:15:02.120417Z",
        }
    ],
}
TRANSFER: Example = {
    "reference": "WB/2026/11/0043",
    "amount": 29400,
    "currency": "PLN",
    "status": "kept",
    "told_at": "2026-11-23T08:16:40.501122Z",
    "order_number": ORDER["number"],
    **OWNED,
}
START_LINK: Example = {
    "token": "Vb3kq0x8zT1m2n3p4q5r6s7t8u9v0w1x",
    "telegram": "https://t.me/your_bot?start=Vb3kq0x8zT1m2n3p4q5r6s7t8u9v0w1x",
    "web": "https://desk.example.com/chat?start=Vb3kq0x8zT1m2n3p4q5r6s7t8u9v0w1x",
    "expires_at": "2026-11-27T09:44:15Z",
}
ON_FILE: Example = {
    "ref": "K-10000017",
    "customer_number": "10000017",
    "user_name": None,
    "name": "Anna Nowak",
    "email": "anna.nowak@example.com",
    "phone": "+48512000111",
    "country": None,
    "tax_number": None,
    "legal_form": "natural_person",
    "programs": [{"product": "r2p", "serial": "R2P-0001-7788", "subscription_ends_at": "2026-12-21T00:00:00Z"}],
}
ON_FILE_ROW: Example = {
    "id": "6a1b0d7a3c0e4b0f9d2b6f6d5a6f1c33",
    **ON_FILE,
    "customer_id": None,
    "imported_at": "2026-11-20T09:44:15.569009Z",
}
NEW_INVOICE: Example = {
    "ref": "K-10000017",
    "number": "F/11/2026/0815",
    "issued_on": "2026-11-20",
    "due_on": "2026-12-04",
    "gross": 8900,
    "currency": "PLN",
    "url": "https://panel.example.com/invoices/0815",
}
INVOICE: Example = {
    "id": "7b1c0d7a3c0e4b0f9d2b6f6d5a6f1c33",
    "customer_id": CUSTOMER_ID,
    **{name: value for name, value in NEW_INVOICE.items() if name != "ref"},
    "told_at": "2026-11-20T09:44:15.569009Z",
}
FEEDBACK: Example = {
    "id": "7d0b3fa8c1e94f0e8a5b2c6d9e1f4a37",
    "conversation_id": "c4f1b7d25e8a4390b6d1f0a7e3c59b82",
    "about": "faq:how_to_pay",
    "locale": "pl",
    "helpful": False,
    "words": "Nie ma nic o płatności w ratach.",
    "at": "2026-11-20T09:46:02.118306Z",
}

EVENT: Example = {
    "id": "evt_5c1f0d7a3c0e4b0f9d2b6f6d5a6f1c33",
    "type": "payment.paid",
    "timestamp": "2026-11-20T09:44:17.478542Z",
    "data": {
        **OWNED,
        "order_id": ORDER["id"],
        "order_number": ORDER["number"],
        "payment_id": PAYMENT["id"],
        "method": "blik",
        "provider": "przelewy24",
        "amount": 29422,
        "currency": "PLN",
    },
    "delivery": "delivered",
    "attempts": 1,
}
