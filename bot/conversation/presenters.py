"""Stored messages, links and conversations as channels show them: the addresses of links are made here."""

from datetime import datetime
from typing import Any

import structlog
from msgspec import Struct

from bot.conversation import outbound
from bot.conversation.labelled_lines import judge
from bot.conversation.render import Renderer
from bot.conversation.replies import documents_of, links_of, list_code_fields
from bot.conversation.stored import StoredCause, StoredLink, StoredMessage
from dialogs.company.data import read_company
from dialogs.kit import Context, Journey, Question, Step, sheet_at
from dialogs.kit.once import read_slots
from dialogs.state import ConversationState, Ctx
from services.accounts import one_time_links, start_links
from services.einvoicing import issued_invoices
from services.errors import describe
from services.payments import book, order_pages
from services.store.conversations import StoredConversation
from services.store.journal import CUSTOMER, JournalEntry
from values.account_view import AccountView, BooksUnread
from values.channel import Channel
from values.meaning import Expects

_log = structlog.get_logger(__name__)


class Presenters(Struct, frozen=True):
    """Makes addresses out of what is stored as ids: a token stands nowhere in clear."""

    journey: Journey
    renderer: Renderer
    server_key: bytes
    public_url: str
    panel_url: str
    reach: outbound.ReachableChannels

    def message(self, entry: JournalEntry) -> outbound.Reply:
        """Show a line of the transcript."""
        stored = StoredMessage.from_json(entry.data)
        cause = StoredCause.from_json(entry.data) if entry.kind == CUSTOMER else StoredCause()
        return outbound.Reply(
            id=entry.id,
            seq=entry.seq,
            author="customer" if entry.kind == CUSTOMER else entry.kind,
            words=stored.text,
            buttons=stored.buttons,
            links=tuple(self.link(link, stored.locale) for link in stored.links),
            at=entry.at,
            payload=cause.payload,
            kind=cause.kind,
            confirms=stored.confirms,
            quiet=stored.quiet,
            **{name: getattr(stored, name) for name in outbound.MessageFacts.__struct_fields__},
        )

    def standing(
        self,
        conversation: StoredConversation,
        case: ConversationState,
        now: datetime,
        books: AccountView,
        said: outbound.Card | None = None,
    ) -> outbound.StatusSnapshot:
        """Show the conversation's status, the REST channel's `custom`; where a dialog raises, that of the start.

        `books` are its account's; `said`: the card just handed over, which counts more than the open question's own.
        Raises BooksUnread.
        """
        try:
            return self._standing(conversation, case, now, books, said)
        except BooksUnread:
            raise
        except Exception as error:
            _log.error("standing_failed", alarm=True, conversation=conversation.id, **describe(error))
            return self._somewhere(conversation, case)

    def _somewhere(self, conversation: StoredConversation, case: ConversationState) -> outbound.StatusSnapshot:
        """Show the status before the first message, at which anything may be said."""
        locale, mode = case.talk.locale, case.handoff.mode
        expects = str(Expects.agent if mode == "agent" else Expects.free_text)
        part = self.renderer.words("part.account", {}, locale)
        return outbound.StatusSnapshot(
            *(conversation.id, "account", "start", expects, 0, 0, part, (), locale, mode, conversation.seq),
            holder=conversation.holder if conversation.channel == "web" else None,
        )

    def _standing(
        self,
        conversation: StoredConversation,
        case: ConversationState,
        now: datetime,
        books: AccountView,
        said: outbound.Card | None,
    ) -> outbound.StatusSnapshot:
        channel, seller = conversation.channel, self.renderer.seller
        ctx = Context(case, now, channel, seller, self.reach.beyond(channel), books=books)
        step = self.journey.position(case, ctx)
        done, of = self.journey.progress(case, ctx)
        locale = case.talk.locale
        question = Question(step, {}, ())
        shows = step.display.bound_to
        bound = shows(read_slots(case, step.dialog, ctx), ctx) if shows is not None else None
        read = documents_of(self.renderer.seller, bound.reads if bound is not None else (), locale)
        shown = self.journey.card(step, ctx) if said is None else None
        codes, docked = (list_code_fields(one, case, ctx) for one in (step, self.journey.awaits_code(case, ctx)))
        return outbound.StatusSnapshot(
            conversation_id=conversation.id,
            dialog=self.journey.shown_dialog(step),
            step=step.name,
            expects=str(Expects.agent if case.handoff.mode == "agent" else step.expects),
            done=done,
            of=of,
            part=self.renderer.words(f"part.{self.journey.shown_dialog(step)}", {}, locale),
            links=tuple(self.link(link, locale) for link in (*links_of(ctx, question), *read)),
            locale=locale,
            mode=case.handoff.mode,
            seq=conversation.seq,
            heading=_heading(ctx),
            card=self.renderer.card(shown, locale) if shown is not None else said,
            sheet=self._sheet(step, case, ctx),
            codes=codes,
            docked=docked if not codes and any(code.proven for code in docked) else (),
            stage=self.journey.stage(step, case, ctx),
            speaker=None if case.handoff.passed else case.handoff.name,
            holder=conversation.holder if conversation.channel == "web" else None,
        )

    def _sheet(self, step: Step[Any], case: ConversationState, ctx: Ctx) -> outbound.Sheet | None:
        found = sheet_at(self.journey, step, case, ctx) if case.handoff.mode != "agent" else None
        if found is None:
            return None
        return outbound.Sheet(tuple(self._field(field, case.talk.locale, ctx) for field in found.steps), found.instead)

    def judge(self, name: str, text: str, ctx: Ctx) -> outbound.JudgedValue | None:
        """Return what is said of a value in a field of the open sheet; None where it has no such field."""
        found = sheet_at(self.journey, self.journey.position(ctx.case, ctx), ctx.case, ctx)
        step = next((one for one in found.steps if one.name == name), None) if found is not None else None
        return judge(step, text, ctx, self.renderer) if step is not None else None

    def _field(self, step: Step[Any], locale: str, ctx: Ctx) -> outbound.SheetField:
        known = step.answer.on_file(read_slots(ctx.case, step.dialog, ctx), ctx) or ""
        return outbound.SheetField(
            step.name, self.renderer.words(f"label.{step.name}", {}, locale), str(step.expects), known
        )

    def link(self, stored: StoredLink, locale: str | None) -> outbound.ReplyLink:
        """Return the address behind a stored link."""
        rel, known = stored.rel, stored.id
        if rel == "document":
            return outbound.ReplyLink(rel, f"{self.public_url}/documents/{stored.words}", stored.name or "", known)
        title = self.renderer.words(f"link.{stored.title or rel}", {}, locale or self.renderer.seller.locales[0])
        title = f"{title} ({stored.number})" if stored.number is not None else title
        match rel:
            case "secure_page":
                return outbound.ReplyLink(
                    rel, f"{self.public_url}/s/{one_time_links.token_of(self.server_key, known)}", title
                )
            case "payment":
                return outbound.ReplyLink(
                    rel, f"{self.public_url}/p/{book.public_token(self.server_key, known)}", title, known
                )
            case "invoice":
                way = issued_invoices.path_of(self.server_key, known)
                return outbound.ReplyLink(rel, f"{self.public_url}/{way}", title, known)
            case "pay_page":
                return outbound.ReplyLink(
                    rel, f"{self.public_url}/{order_pages.path_of(self.server_key, known)}", title
                )
            case "telegram" | "web":
                token = start_links.token_of(self.server_key, known)
                return outbound.ReplyLink(rel, self.reach.address(Channel(rel), token), title)
            case _:
                return outbound.ReplyLink(rel, self.panel_url, title)


def _heading(ctx: Ctx) -> str | None:
    """Return the company in use; while another is being added, the one that was saved last."""
    here = read_company(ctx) if ctx.seller.company.several else None
    company = here if here is None or here.id is not None else here.kept
    return company.name if company is not None else None
