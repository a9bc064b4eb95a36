"""The use cases behind the secure pages and the payment link, in memory: each link by a telling token."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.usecases.accounts.page_results import Accepted, FormRefused, LinkGone, PageText, PageView, TooMany, UnknownLink
from bot.usecases.billing.payment_links import (
    ClosedState,
    Opened,
    PaymentClosed,
    PaymentUnavailable,
    PaymentView,
    PayTo,
    Redirect,
    Status,
    UnknownPayment,
)
from bot.web.session import WebSession
from services.accounts.one_time_links import Purpose
from services.payments.record import PaymentRecord
from services.store.errors import StoreUnavailable
from values.payment import Transfer
from values.private import Secret

HOLDER = WebSession("k" * 43)
"""Whose web chat the links come from."""
CHAT = HOLDER.address
EXPIRES = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
RULES = (PageText("min_length", {"n": 12}), PageText("max_length", {"n": 128}))
VECTRA_RULES = (
    PageText("min_length", {"n": 8}),
    PageText("max_length", {"n": 32}),
    PageText("upper", {}),
    PageText("lower", {}),
    PageText("digit", {}),
    PageText("allowed", {"characters": "!@#$%^&*(){}[]\\:\";'<>?,./-_=+"}),
    PageText("not_guessable", {}),
)
PURPOSES: dict[str, Purpose] = {
    "set": "set_password",
    "once": "set_password",
    "reset": "reset_password",
    "log-in": "log_in",
    "taken": "taken_log_in",
    "confirm": "confirm_email",
    "vectra": "set_password",
    "stop": "stop_reminders",
    "stop-unfinished": "stop_unfinished",
}
PAY_TO = PayTo(
    Transfer(
        "FakturaSmart sp. z o.o.", "PL61109010140000071219812874", "WBKPPLPP", "Bank", "1234563218", "FakturaSmart"
    )
)
OWED = PaymentRecord("p1", "o1", "transfer", "transfer", 36777, "PLN", "pending", EXPIRES, EXPIRES, None)
CLOSED: dict[str, ClosedState] = {"done": "paid", "done-kept": "kept", "cancelled": "cancelled", "expired": "expired"}
STATUSES: dict[str, Status] = {
    "checking": "checking",
    "paid": "paid",
    "kept": "kept",
    "failed": "failed",
    "cancelled": "cancelled",
    "expired": "expired",
}

QUESTIONS = (
    ("Google Play", "Aplikacja jest tutaj: https://play.google.com/store/apps."),
    ("Co to <b>jest</b>?", "To & <script>alert(1)</script>"),
)


@dataclass
class Links:
    """`/s/{token}`: the tokens of `PURPOSES` are open until a POST succeeds."""

    locale: str = "pl"
    chat: str = CHAT
    used: set[str] = field(default_factory=set)
    taken: list[tuple[str, dict[str, str], str | None]] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    down: bool = False

    async def open(self, token: str, held: object = None) -> PageView | LinkGone | UnknownLink:
        """What stands behind the token."""
        self.opened.append(token)
        if self.down:
            raise StoreUnavailable
        if token in ("expired", "replaced"):
            return LinkGone(token, "FakturaSmart", self.locale, self.chat)
        if token not in PURPOSES:
            return UnknownLink()
        if token in self.used:
            return LinkGone("confirmed" if token == "confirm" else "used", "FakturaSmart", self.locale, self.chat)
        rules = VECTRA_RULES if token == "vectra" else RULES
        new = PURPOSES[token] in ("set_password", "reset_password")
        forgot = (("forgot_password", "Przypomnij hasło"),) if token == "log-in" else ()
        return PageView(
            PURPOSES[token],
            "FakturaSmart",
            self.locale,
            EXPIRES,
            rules if new else (),
            self.chat,
            forgot=forgot,
            questions=QUESTIONS if token == "log-in" else (),
            repeat=token != "once",
            login="anna@example.com" if token == "once" else "",
            stays=token == "log-in",
        )

    async def submit(
        self, token: str, fields: Mapping[str, Secret], address: str | None, chat: object = None
    ) -> Accepted | FormRefused | TooMany | LinkGone | UnknownLink:
        """Takes what satisfies the shown rule; "wrong" and "often" are the log-in's bad words."""
        if token not in PURPOSES or token in self.used:
            return LinkGone("used", "FakturaSmart", self.locale, self.chat)
        sent = {name: value.reveal() for name, value in fields.items()}
        self.taken.append((token, sent, address))
        if "forgot" in sent:
            self.used.add(token)
            return Accepted(sent["forgot"])
        if PURPOSES[token] == "confirm_email":
            self.used.add(token)
            return Accepted("email_confirmed")
        if token == "once":
            sent.setdefault("password_repeat", sent.get("password", ""))
        needed = ("password", "password_repeat") if "repeat" in str(sent) or token in ("set", "reset", "vectra") else ()
        if not all(sent.get(name) for name in needed or ("login", "password")):
            return FormRefused((PageText("missing", {}),))
        if sent["password"] == "often":
            return TooMany(90)
        if sent["password"] == "wrong":
            return FormRefused((PageText("wrong_login", {}),))
        if needed and sent["password"] != sent["password_repeat"]:
            return FormRefused((PageText("differ", {}),))
        if needed and len(sent["password"]) < 12:
            return FormRefused(
                (PageText("too_short", {"length": len(sent["password"]), "n": 12}), PageText("of_tomorrow", {}))
            )
        self.used.add(token)
        return Accepted("password_set" if needed else "logged_in", "/s/set" if token == "taken" else None)


@dataclass
class Payments:
    """`/p/{token}`: the token says what becomes of it."""

    provider: str = "http://127.0.0.1/provider"
    locale: str = "pl"
    chat: str = CHAT
    attempts: list[str] = field(default_factory=list)
    down: bool = False

    async def open(self, token: str) -> Opened:
        """Registers an attempt for the open ones."""
        if self.down:
            raise StoreUnavailable
        if token in CLOSED:
            return PaymentClosed(CLOSED[token], self.locale, self.chat)
        if token == "away":
            return PaymentUnavailable(self.locale, self.chat)
        if token == "transfer":
            return PAY_TO.page("FS/2026/000001", OWED, self.locale, self.chat) or UnknownPayment()
        if token == "none":
            return UnknownPayment()
        self.attempts.append(token)
        return Redirect(self.provider)

    async def returned(self, token: str) -> PaymentView | UnknownPayment:
        """The state is the token."""
        if self.down:
            raise StoreUnavailable
        return PaymentView(STATUSES[token], self.locale, self.chat) if token in STATUSES else UnknownPayment()
