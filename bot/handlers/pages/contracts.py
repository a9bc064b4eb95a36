"""The pages `/withdraw` and `/end`: what a customer states about a contract without the chat.

`/withdraw` takes a statement without a log-in (Directive 2011/83, article 11a), in two steps: who withdraws from which
contract, then *confirm withdrawal*. `/end` leads to the page that ends a contract with its term, by a log-in or a
letter. Whether there is such a contract is told to nobody: the answer is the same.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import partial
from typing import ClassVar

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.conversation.port import Desk
from bot.handlers.pages.secure import SecurePageParts, read_form
from bot.usecases.accounts.page_results import FormRefused, PageText, TooMany
from bot.usecases.orders.withdrawals import StatedOnPage, declare_without_chat
from bot.web.flood import Flood, FloodRules
from bot.web.guard import RequestTurnedAway, same_origin
from bot.web.network import AddressOf
from bot.web.pages import Pages
from bot.web.policy import SECRET_PAGE
from services.store.errors import StoreUnavailable
from values import email as emails
from values.incoming_text import clean
from values.parsing import Ok
from values.private import Secret

# Letters to one mailbox, whoever asks for them; forms of one network.
FLOOD = FloodRules(session="5/hour", address="60/hour")
# Without a referrer browsers send `Origin: null`.
_HEADERS = {**SECRET_PAGE, "referrer-policy": "same-origin"}
_UNFIT = (PageText("unfit", {}),)


class ContractPage(ABC):
    """A page of one desk, with a form whose fields may be so long."""

    path: ClassVar[str]
    longest: ClassVar[Mapping[str, int]]
    more: ClassVar[tuple[str, ...]]

    def __init__(self, pages: Pages, flood: Flood, address_of: AddressOf) -> None:
        self._pages = pages
        self._flood = flood
        self._address_of = address_of

    def routes(self) -> list[Route]:
        return [Route(f"/{self.path}", self._page, methods=["GET", "POST"])]

    @abstractmethod
    async def _taken(self, request: Request, sent: Mapping[str, Secret]) -> Response:
        """Take a form. Errors: RequestTurnedAway, StoreUnavailable."""

    async def _page(self, request: Request) -> Response:
        if request.method != "POST":
            return self._shown(request, "form", {})
        try:
            same_origin(request, self._pages.site)
            return await self._taken(request, await read_form(request, (*self.longest, *self.more)))
        except RequestTurnedAway as turned:
            return self._busy(request, turned.status, turned.wait)
        except StoreUnavailable:
            return self._busy(request, 503, 3)

    def _typed(self, sent: Mapping[str, Secret]) -> tuple[dict[str, str], str | None]:
        """Return the fields, and the e-mail address where all of them are filled in as they must be."""
        typed = {name: clean(sent[name].reveal()).text.strip() if name in sent else "" for name in self.longest}
        email = emails.parse(typed["email"])
        fits = all(0 < len(typed[name]) <= most for name, most in self.longest.items())
        return typed, email.value if fits and isinstance(email, Ok) else None

    def _count(self, request: Request, email: str | None) -> None:
        """Count one more form, and a letter to `email`. Errors: RequestTurnedAway."""
        mailbox = emails.key(email) if email is not None else None
        if wait := self._flood.wait(mailbox, self._address_of(request)):
            raise RequestTurnedAway(429, "too_many", wait)

    def _shown(
        self, request: Request, step: str, typed: Mapping[str, str], reasons: tuple[PageText, ...] = (), at: str = ""
    ) -> Response:
        fields = {name: typed.get(name, "") for name in self.longest}
        of = {"page": self.path, "step": step, "typed": fields, "longest": self.longest, "reasons": reasons, "at": at}
        status = 422 if reasons else 200
        return self._pages.answer(
            "contract.html", self._pages.locale_of(request), status=status, headers=_HEADERS, **of
        )

    def _busy(self, request: Request, status: int, wait: int) -> Response:
        headers = {**_HEADERS, "retry-after": str(wait)}
        locale = self._pages.locale_of(request)
        return self._pages.answer("busy.html", locale, status=status, headers=headers, again=self.path)


class WithdrawPage(ContractPage):
    """A withdrawal is stated, and confirmed. `quotas`: its receipt counts among its network's letters."""

    path = "withdraw"
    longest: ClassVar = {"name": 120, "number": 40, "email": 254}
    more = ("confirmed",)

    def __init__(
        self,
        desk: Desk,
        pages: Pages,
        flood: Flood,
        address_of: AddressOf,
        server_key: bytes,
        *,
        quotas: bool,
    ) -> None:
        super().__init__(pages, flood, address_of)
        self._desk = desk
        self._declare = partial(declare_without_chat, server_key=server_key, quotas=quotas)

    async def _taken(self, request: Request, sent: Mapping[str, Secret]) -> Response:
        typed, email = self._typed(sent)
        if email is None:
            return self._shown(request, "form", typed, _UNFIT)
        self._count(request, None)  # not the mailbox: whoever writes to it often holds back letters, no statement
        if "confirmed" not in sent:
            return self._shown(request, "confirm", typed)
        locale = self._pages.locale_of(request)
        words = self._pages.words(locale)("withdraw.stated", name=typed["name"], number=typed["number"])
        stated = StatedOnPage(words, typed["name"], email, locale, self._address_of(request))
        mailed, at = await self._desk.happen(lambda tx: (self._declare(tx, stated), tx.now))
        return self._shown(request, "done" if mailed else "kept", typed, at=self._pages.day_and_hour(at, locale))


class EndPage(ContractPage):
    """A contract's end is asked for: by whoever logs in, or by a letter to its proven address."""

    path = "end"
    longest: ClassVar = {"number": 40, "email": 254}
    more = ("login", "password")

    def __init__(self, door: SecurePageParts, flood: Flood) -> None:
        super().__init__(door.pages, flood, door.address_of)
        self._door = door

    async def _taken(self, request: Request, sent: Mapping[str, Secret]) -> Response:
        if "password" in sent:
            return await self._logged_in(request, sent)
        typed, email = self._typed(sent)
        if email is None:
            return self._shown(request, "form", typed, _UNFIT)
        self._count(request, email)
        await self._door.links.ending.mail(typed["number"], email, self._address_of(request))
        return self._shown(request, "done", typed)

    async def _logged_in(self, request: Request, sent: Mapping[str, Secret]) -> Response:
        self._count(request, None)
        address = self._address_of(request)
        with self._door.hashes.place(address):
            found = await self._door.links.ending.log_in(sent.get("login"), sent["password"], address)
        match found:
            case str(path):
                return RedirectResponse(self._door.way_back.onwards(request, path), 303, headers=SECRET_PAGE)
            case FormRefused(reasons):
                return self._shown(request, "form", {}, reasons)
            case TooMany(seconds):
                raise RequestTurnedAway(429, "too_many", seconds)
            case None:
                return self._shown(request, "nothing", {})
