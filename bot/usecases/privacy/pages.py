"""One-time pages of a person's own data: the copy, the files, the erasure."""

from collections.abc import Mapping

import sqlalchemy as sa
from msgspec import Struct

from bot.conversation.identity import marked_id
from bot.conversation.port import Desk, UnitOfWork
from bot.usecases.accounts.page_results import Accepted, FormRefused, Handed, PageText, TooMany
from bot.usecases.accounts.passwords import LogIns, RightLogIn, try_password
from bot.usecases.privacy import own_file
from bot.usecases.privacy.erasing import Erasing
from bot.web.pages import Pages
from dialogs.messages.own_data import DataHandedOut
from services.accounts import accounts, one_time_links
from services.accounts.one_time_links import OneTimeLink
from services.clock import Clock
from services.directory import directory
from services.orders import order_record
from services.privacy import export
from services.store import conversations
from services.store.database import Store
from services.subscriptions import subscription_record
from values.private import Secret
from values.seller import Seller

PURPOSES = frozenset({"export", "export_files", "erase"})
Outcome = Accepted | Handed | FormRefused | TooMany | None


class PageDeps(Struct, frozen=True):
    """The dependencies of all one-time pages of one seller."""

    desk: Desk
    store: Store
    clock: Clock
    seller: Seller
    server_key: bytes
    log_ins: LogIns


class OwnPages(PageDeps, frozen=True):
    """The pages' use cases for one seller."""

    erasing: Erasing
    pages: Pages

    async def said(self, link: OneTimeLink) -> tuple[PageText, ...]:
        """Return the warnings shown before something irreversible."""
        account_id = link.account_id
        if link.purpose != "erase" or account_id is None:
            return ()
        return await self.store.read(lambda c: tuple(self._stays(c, account_id)))

    async def submit(self, link: OneTimeLink, fields: Mapping[str, Secret], address: str | None) -> Outcome:
        """Take the form of an open link; None if somebody else's POST won."""
        if link.account_id is None:
            return None
        if link.purpose == "export_files":
            typed = fields.get("file")
            kind = own_file.HTML if typed is not None and typed.reveal() == own_file.HTML else own_file.JSON
            return await self._hand_out(link, link.account_id, kind)
        typed = (fields.get("login"), fields.get("password"))
        tried = await try_password(self.log_ins, *typed, address, wrong="wrong_login", of=link.account_id, shadows=True)
        if not isinstance(tried, RightLogIn):
            return tried
        work = self._erase if link.purpose == "erase" else self._lead_on
        return await self.desk.happen(lambda tx: work(tx, link, tried))

    def _lead_on(self, tx: UnitOfWork, link: OneTimeLink, tried: RightLogIn) -> Accepted | None:
        """Issue the page of the files, for a few minutes."""
        self.log_ins.take_back(tx.connection, tried, tx.now)
        if not one_time_links.use(tx.connection, link_id=link.id, now=tx.now):
            return None
        files = marked_id(self.server_key, f"{link.id}:files")
        one_time_links.issue(
            tx.connection,
            link_id=files,
            purpose="export_files",
            conversation_id=link.conversation_id,
            account_id=tried.account_id,
            data={},
            server_key=self.server_key,
            now=tx.now,
        )
        return Accepted("logged_in", f"/s/{one_time_links.token_of(self.server_key, files)}")

    def _erase(self, tx: UnitOfWork, link: OneTimeLink, tried: RightLogIn) -> Accepted | None:
        # The conversations are locked before anything else, as in turns.
        done = self.erasing.erase(tx, tried.account_id, here=link.conversation_id)
        if done is None:
            return None
        self.log_ins.take_back(tx.connection, tried, tx.now)
        one_time_links.mark_used(tx.connection, link_id=link.id, now=tx.now)
        return Accepted("erased")

    async def _hand_out(self, link: OneTimeLink, account_id: str, kind: str) -> Handed | FormRefused | None:
        """One of the two files, once."""

        def work(tx: UnitOfWork) -> bool:
            first = not one_time_links.list_given_things(tx.connection, link_id=link.id)
            if not one_time_links.hand_out(tx.connection, link_id=link.id, what=kind, of=own_file.KINDS, now=tx.now):
                return False
            if first:
                tx.tell(link.conversation_id, DataHandedOut(account_id))
            return True

        if not await self.desk.happen(work):
            return FormRefused((PageText("file_given", {}),))
        now = self.clock.now()
        found = await self.store.read(
            lambda c: export.of_account(c, account_id, seller=self.seller.name, server_key=self.server_key, now=now)
        )
        if found is None:
            return None
        locale = await self._locale(link)
        name = own_file.name_of(self.seller.id, now, kind)
        return Handed(name, own_file.KINDS[kind], own_file.content(found, kind, self.pages, locale))

    async def _locale(self, link: OneTimeLink) -> str:
        known = await self.store.read(lambda c: conversations.load(c, link.conversation_id, lock=False))
        return known.locale if known is not None else self.seller.locales[0]

    def _stays(self, connection: sa.Connection, account_id: str) -> list[PageText]:
        rules, mine = self.seller.privacy, accounts.get(connection, account_id)
        orders = order_record.of_account(connection, account_id) if mine is not None else []
        said = [PageText("goes", {})]
        if orders:
            said.append(PageText("keep_orders", {"years": rules.keep_invoices_years}))
        said.append(PageText("keep_consents", {"years": rules.keep_consents_years}))
        if rules.directory == "keep" and directory.of_account(connection, account_id) is not None:
            said.append(PageText("keep_file", {}))
        running = subscription_record.list_owned(connection, account_id)
        said += [PageText("ends_service", {})] if running else []
        return said + [PageText("ends_order", {"number": o.number}) for o in orders if o.status == "placed"]
