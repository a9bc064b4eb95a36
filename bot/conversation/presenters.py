"""How stored things are shown: journal lines as messages, a conversation as where it stands, links as addresses."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from bot.conversation.outbound import Button, ReachableChannels, Reply, ReplyLink, StatusSnapshot
from bot.conversation.render import Renderer
from bot.conversation.replies import documents_of, links_of
from dialogs.kit import Context, Journey, Question
from dialogs.state import ConversationState
from services.accounts import links, start_links
from services.errors import describe
from services.payments import book
from services.store.conversations import StoredConversation
from services.store.journal import CUSTOMER, JournalEntry
from values.meaning import Expects
from values.seller import Seller

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Presenters:
    """Makes addresses out of what is stored as ids: a token stands nowhere in clear."""

    journey: Journey
    renderer: Renderer
    server_key: bytes
    public_url: str
    panel_url: str
    reach: ReachableChannels

    def message(self, entry: JournalEntry) -> Reply:
        """A line of the transcript."""
        data = entry.data
        return Reply(
            id=entry.id,
            seq=entry.seq,
            author="customer" if entry.kind == CUSTOMER else entry.kind,
            text=data.get("text", ""),
            buttons=tuple(Button(title, payload) for title, payload in data.get("buttons", ())),
            links=tuple(self.link(link, data.get("locale")) for link in data.get("links", ())),
            at=entry.at,
            asks_contact=data.get("asks_contact", False),
            asks=data.get("step") is not None,
            by=data.get("by"),
        )

    def standing(self, conversation: StoredConversation, case: ConversationState, now: datetime) -> StatusSnapshot:
        """Where the conversation stands: what the REST channel calls `custom`; where a dialog raises, at the start."""
        try:
            return self._standing(conversation, case, now)
        except Exception as error:
            _log.error("standing_failed", alarm=True, conversation=conversation.id, **describe(error))
            return self._somewhere(conversation, case)

    def _somewhere(self, conversation: StoredConversation, case: ConversationState) -> StatusSnapshot:
        """As before the first message: anything may be said."""
        locale, mode = case.talk.locale, case.handoff.mode
        expects = str(Expects.agent if mode == "agent" else Expects.free_text)
        part = self.renderer.words("part.account", {}, locale)
        return StatusSnapshot(
            conversation.id, "account", "start", expects, 0, 0, part, (), locale, mode, conversation.seq
        )

    def _standing(self, conversation: StoredConversation, case: ConversationState, now: datetime) -> StatusSnapshot:
        ctx = Context(case, now, conversation.channel, self.renderer.seller, self.reach.beyond(conversation.channel))
        step = self.journey.position(case, ctx)
        done, of = self.journey.progress(case, ctx)
        locale = case.talk.locale
        question = Question(step, {}, ())
        bound = step.bound_to(getattr(case, step.dialog), ctx) if step.bound_to is not None else None
        read = documents_of(self.renderer.seller, bound.reads if bound is not None else (), locale)
        return StatusSnapshot(
            conversation_id=conversation.id,
            dialog=self.journey.shown_dialog(step),
            step=step.name,
            expects=str(Expects.agent if case.handoff.mode == "agent" else step.expects),
            done=done,
            of=of,
            part=self.renderer.words(f"part.{self.journey.shown_dialog(step)}", {}, locale),
            links=tuple(self.link(link, locale) for link in (*links_of(case, question), *read)),
            locale=locale,
            mode=case.handoff.mode,
            seq=conversation.seq,
            heading=_heading(case, self.renderer.seller),
            speaker=None if case.handoff.passed else case.handoff.name,
        )

    def link(self, stored: dict[str, Any], locale: str | None) -> ReplyLink:
        """The address behind a stored link."""
        rel, known = stored["rel"], stored["id"]
        if rel == "document":
            return ReplyLink(rel, f"{self.public_url}/documents/{stored['words']}", stored["name"], known)
        title = self.renderer.words(f"link.{stored.get('title', rel)}", {}, locale or self.renderer.seller.locales[0])
        title = f"{title} ({stored['number']})" if "number" in stored else title
        match rel:
            case "secure_page":
                return ReplyLink(rel, f"{self.public_url}/s/{links.token_of(self.server_key, known)}", title)
            case "payment":
                return ReplyLink(rel, f"{self.public_url}/p/{book.public_token(self.server_key, known)}", title, known)
            case "telegram" | "web":
                return ReplyLink(rel, self.reach.address(rel, start_links.token_of(self.server_key, known)), title)
            case _:
                return ReplyLink(rel, self.panel_url, title)


def _heading(case: ConversationState, seller: Seller) -> str | None:
    """The company that the talk goes on with; while another is being added, still the one that was saved last."""
    company = case.company if case.company.id is not None else case.company.kept
    return company.name if company is not None and seller.company.several else None
