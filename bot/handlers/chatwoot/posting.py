"""Brings a conversation to the help desk: opened there, its card, each of its lines, its end.

What was made there and never answered for is found again by the name that it bears: our id of the conversation, our
number of the line.
"""

import re
from collections.abc import Awaitable, Callable, Iterable
from itertools import takewhile
from typing import Any

import sqlalchemy as sa
import structlog
from babel import Locale as Culture
from msgspec import Struct
from msgspec.structs import replace

from bot.conversation.outbound import StatusSnapshot
from bot.handlers.chatwoot.thread_lines import as_text, lines_of, transcript
from bot.usecases.agents.lines_outside import OutsideLine, OutsideSounds, drop_unready_recordings, reason_of
from bot.usecases.agents.sight import Sight
from bot.web.page_texts import PageWords
from services.accounts import account_view, accounts
from services.contacts import contacts
from services.crash import crash_point
from services.errors import Misconfigured, ProviderRefused
from services.store import journal
from services.store.conversations import StoredConversation
from services.store.database import Store
from services.support.chatwoot.client import Chatwoot, ChatwootFile, ChatwootGone
from services.support.chatwoot.models import ENDED, OPEN, RESOLVED, ChatwootContact, ChatwootMessage
from services.support.chatwoot.threads import THREADS, Thread
from services.support.handoffs import HandoffRecord
from services.support.mirrors import CLOSED, OPENED, MirrorView
from values import masked
from values.private import Private, PrivateStruct

_log = structlog.get_logger(__name__)
_OURS = re.compile(r"okienko:(\d{1,18})")


class ContactData(PrivateStruct):
    """`email` and `phone` are proven ones only, as a contact is found by them there, and anybody may type another's.

    `given` is an e-mail that isn't proven, for want of a proven one.
    """

    email: Private[str | None] = None
    phone: Private[str | None] = None
    given: Private[str | None] = None


class ChatwootOutbound(Struct, frozen=True):
    """Posts to one inbox. `t` are the words of the help desk's people, `desk_url` leads to Okienko's own desk."""

    store: Store
    chatwoot: Chatwoot
    standing: Callable[[str], Awaitable[StatusSnapshot]]
    t: PageWords
    desk_url: str
    sounds: OutsideSounds
    sight: Sight

    async def open(self, view: MirrorView[Thread]) -> None:
        """Open it there, making it if need be. Raises what `Chatwoot` does, LookupError if our conversation is gone."""
        here, row = view.conversation, view.row
        if here is None:
            return
        attributes = self._attributes(view.reason, await self.standing(here.id), here.id)
        if row is None or row.outside_id is None:
            await self._make(view, here, attributes)
            return
        there = await self.chatwoot.conversation(row.outside_id)
        if there.status != OPEN:
            await self.chatwoot.set_status(row.outside_id, OPEN)
        await self.chatwoot.describe(row.outside_id, here.id, attributes)
        changed = {
            "state": OPENED,
            "carded": False,
            "told_status": OPEN,
            "mirrored_id": max(row.mirrored_id, view.begins),
        }
        await self.store.write(lambda c: THREADS.note(c, row, **changed))

    async def lines(self, view: MirrorView[Thread], standing: StatusSnapshot) -> bool:
        """Post the lines that aren't there yet; return False if one waits for its recording. Raises as `Chatwoot`.

        The card holds what was said before, as far as the first recording: from there on each line has its message.
        """
        row, here = view.row, view.conversation
        if row is None or row.outside_id is None or here is None or not (view.entries or not row.carded):
            return True
        known = await self.sounds.known(row.conversation_id)
        masks = await self.store.read(lambda c: self.sight.masks(c, here, self.sight.turn.states.case(here)))
        told = lines_of(self.t, view.entries, await self._earlier(view), view.reason, masks)
        lines = drop_unready_recordings(self.t, told, known, ("kept", "coming"))
        if not row.carded:
            before = list(takewhile(lambda line: line.sound is None, lines))
            through = before[-1].id if before else max(row.mirrored_id, view.begins)
            given = (await self._contact_data(view)).given
            card = [*self._card(view, standing, given), "", self.t("card.before"), transcript(self.t, before)]
            await self._post(row.outside_id, "\n".join(card), through, own=False)
            row = await self._note(row, mirrored_id=through, carded=True)
            lines = lines[len(before) :]
        return await self._each(view, row, lines)

    async def _each(self, view: MirrorView[Thread], row: Thread, lines: Iterable[OutsideLine]) -> bool:
        """Post each line; return False at the first one that waits for its recording."""
        if (there := row.outside_id) is None:
            return True
        # A customer's word opens a conversation there again: when it is over it comes as a note.
        wanted = view.request is not None and row.told_status not in ENDED
        for line in lines:
            if line.text:
                if await self._waits(row.conversation_id, line):
                    return False
                file = await self._file(row.conversation_id, line)
                own = line.own and wanted
                text = self.t("line.customer", text=as_text(line.text)) if line.own and not own else line.text
                await self._post(there, text, line.id, own=own, file=file)
                row = await self._note(row, mirrored_id=line.id)
        through = max((entry.id for entry in view.entries), default=row.mirrored_id)
        if through > row.mirrored_id:
            await self._note(row, mirrored_id=through)
        return True

    async def _file(self, conversation_id: str, line: OutsideLine) -> ChatwootFile | None:
        """Return the line's recording as a file; None without one, and for one that was deleted meanwhile."""
        found = await self.sounds.sound(conversation_id, line.sound.note) if line.sound is not None else None
        return None if found is None else ChatwootFile(found.kind.file_name, found.audio, found.kind.media_type)

    async def _waits(self, conversation_id: str, line: OutsideLine) -> bool:
        """Return whether the line's recording is still being fetched: its job ends within minutes, well or not."""
        if line.sound is None:
            return False
        found = (await self.sounds.known(conversation_id)).get(line.sound.note)
        return found is not None and not found.sounds

    async def found(self, row: Thread, messages: Iterable[ChatwootMessage]) -> None:
        """Note lines that stand there though their posting was never answered for."""
        names = (_OURS.fullmatch(message.source_id or "") for message in messages)
        through = max((int(name[1]) for name in names if name), default=0)
        if through > row.mirrored_id:
            await self._note(row, mirrored_id=through, carded=True)

    async def close(self, row: Thread, last_seen: int) -> None:
        """Resolve it there, unless it is over there already."""
        if row.outside_id is None:
            return
        status = row.told_status
        if status not in ENDED:
            await self.chatwoot.set_status(row.outside_id, RESOLVED)
            status = RESOLVED
        await self._note(row, state=CLOSED, told_status=status, seen_id=max(row.seen_id, last_seen))

    async def remove(self, row: Thread) -> None:
        """Delete what was said there; raise an alarm for what can't be deleted, to be done by hand."""
        alone = not await self.store.read(lambda c: THREADS.others_of_contact(c, row))
        try:
            if row.outside_id is not None:
                await self._delete(self.chatwoot.delete_conversation(row.outside_id))
            if row.own_contact and alone:
                await self._delete(self.chatwoot.delete_contact(row.contact_id))
        except (Misconfigured, ProviderRefused) as error:
            left = {"outside_conversation": row.outside_id, "outside_contact": row.contact_id, "reason": error.reason}
            _log.error("helpdesk_not_erased", alarm=True, **left)
        await self.store.write(lambda c: THREADS.forget(c, row.conversation_id))

    async def note(self, row: Thread, text: str, name: str) -> None:
        """Post a private note of the desk's own."""
        if row.outside_id is not None:
            await self.chatwoot.add(row.outside_id, text, from_customer=False, source_id=f"okienko-{name}")

    async def _make(self, view: MirrorView[Thread], here: StoredConversation, attributes: dict[str, str]) -> None:
        contact, own = await self._contact(view, here)
        crash_point("between a contact and its conversation outside")
        there = await self.chatwoot.find_conversation(contact.id, here.id)
        there = there or await self.chatwoot.make_conversation(contact.id, here.id, attributes)
        crash_point("between a conversation outside and the note of it")
        if there.status != OPEN:
            await self.chatwoot.set_status(there.id, OPEN)
        before = view.row
        row = Thread(
            conversation_id=here.id,
            account_id=self.chatwoot.account_id,
            inbox_id=self.chatwoot.inbox_id,
            contact_id=contact.id,
            own_contact=own,
            outside_id=there.id,
            carded=False,
            mirrored_id=view.begins if before is None else before.mirrored_id,
            seen_id=0,
            told_status=OPEN,
            assignee_id=there.meta.assignee.id if there.meta.assignee is not None else None,
            knocked=0,
            heard=0,
            state=OPENED,
        )
        await self.store.write(lambda c: THREADS.make(c, row))

    async def _contact(self, view: MirrorView[Thread], here: StoredConversation) -> tuple[ChatwootContact, bool]:
        """Return the contact there, and whether this desk made it."""
        ours, data = f"okienko-{here.id}", await self._contact_data(view)
        if known := await self.chatwoot.find_contact(ours):
            return known, True
        if data.email and (known := await self.chatwoot.find_contact(data.email)):
            return known, False
        channel = self.t(f"channel.{here.channel}")
        nameless = self.t("card.name", channel=channel, short=here.id[:6])
        fields = {"identifier": ours, "name": masked.email(data.email) if data.email else nameless}
        given = {"email": data.email, "phone_number": data.phone}
        try:
            return await self.chatwoot.make_contact({**fields, **{k: v for k, v in given.items() if v}}), True
        except ChatwootGone:
            raise
        except ProviderRefused:  # a number that is another contact's, or of a form that isn't taken
            return await self.chatwoot.make_contact(fields), True

    def _attributes(self, reason: str, standing: StatusSnapshot, conversation_id: str) -> dict[str, str]:
        return {
            "okienko_reason": reason_of(self.t, reason),
            "okienko_step": f"{standing.dialog}.{standing.step}",
            "okienko_language": standing.locale,
            "okienko_link": f"{self.desk_url}/{conversation_id}",
        }

    def _card(self, view: MirrorView[Thread], standing: StatusSnapshot, given: str | None) -> list[str]:
        here, t = view.conversation, self.t
        assert here is not None
        language = Culture.parse(standing.locale).get_language_name(t.locale) or standing.locale
        step = as_text(f"{standing.dialog}.{standing.step}")
        place = {"step": step, "done": standing.done, "of": standing.of}
        rows = [
            t("card.reason", reason=reason_of(t, view.reason)),
            t("card.where", channel=self.t(f"channel.{here.channel}"), language=language, **place),
        ]
        if given:
            rows.append(t("card.email", email=as_text(masked.email(given))))
        return [*rows, t("card.link", link=f"{self.desk_url}/{here.id}"), "", t("card.how")]

    async def _post(
        self, outside_id: int, text: str, through: int, *, own: bool, file: ChatwootFile | None = None
    ) -> None:
        name = f"okienko:{through}"
        try:
            await self.chatwoot.add(outside_id, text, from_customer=own, source_id=name, file=file)
        except ChatwootGone:
            raise
        except ProviderRefused as error:  # one line that isn't taken must not hold up those behind it
            if file is not None:  # too large for it, or of a kind that it doesn't take: the words say where it is
                _log.warning("helpdesk_recording_refused", line=through, reason=error.origin)
                await self._post(outside_id, text, through, own=own)
                return
            _log.error("helpdesk_line_refused", alarm=True, line=through, reason=error.origin)
        crash_point("between a line outside and the note of it")

    async def _delete(self, deleting: Awaitable[None]) -> None:
        try:
            await deleting
        except ChatwootGone:
            _log.info("helpdesk_nothing_to_delete")

    async def _earlier(self, view: MirrorView[Thread]) -> tuple[journal.JournalEntry, ...]:
        """Return what was said before the lines that aren't there yet: it has the titles of their buttons."""
        if view.conversation is None or not view.entries:
            return ()
        id, first = view.conversation.id, view.entries[0].id
        said = await self.store.read(lambda c: journal.messages(c, id, with_customer=True))
        return tuple(entry for entry in said if entry.id < first)

    async def _contact_data(self, view: MirrorView[Thread]) -> ContactData:
        return await self.store.read(lambda c: _contact_data(c, view.conversation, view.last))

    async def _note(self, row: Thread, **changed: Any) -> Thread:
        await self.store.write(lambda c: THREADS.note(c, row, **changed))
        return replace(row, **changed)


def _contact_data(
    connection: sa.Connection, here: StoredConversation | None, last: HandoffRecord | None
) -> ContactData:
    account = accounts.get(connection, here.account_id) if here is not None and here.account_id is not None else None
    known = contacts.of_account(connection, account.id) if account is not None else []
    best = (account_view.choose_best_contact(known, "email"), account_view.choose_best_contact(known, "phone"))
    proven = {one.kind: one.value for one in best if one is not None and one.verified_at is not None}
    email = proven.get("email")
    given = (last.email if last is not None else None) or (account.email if account is not None else None) or None
    return ContactData(email, proven.get("phone"), None if email is not None else given)
