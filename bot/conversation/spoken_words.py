"""The words of a recording: the turn of the job's result reads them at the step that is open by then."""

import sqlalchemy as sa
from msgspec import Struct, structs

from bot.conversation.conversation_states import ConversationStates
from bot.conversation.inbound import Inbound, Provenance, Text
from bot.conversation.stored import StoredCause
from bot.conversation.understanding import MessageUnderstanding
from dialogs.kit import Said
from dialogs.messages.voice import NoteHeard
from dialogs.state import Ctx
from services.accounts.account_books import BooksReader
from services.clock import Clock
from services.store.conversations import StoredConversation
from values.channel import Channel


class HeardWords(Struct, frozen=True):
    """The words of a recording, the state in which it is awaited no more, and the name of the recording."""

    said: Said
    ctx: Ctx
    books: BooksReader
    note: str
    heard: StoredCause

    def line(self, of: StoredCause) -> StoredCause:
        """Return the journal's line of it: the customer's words, with the job that heard them."""
        return structs.replace(self.heard, call=of.call, key=of.key, status=of.status)


class SpokenWords(Struct, frozen=True):
    """Reads what was heard."""

    states: ConversationStates
    understanding: MessageUnderstanding
    clock: Clock

    def read(
        self, connection: sa.Connection, conversation: StoredConversation, key: str, heard: NoteHeard
    ) -> HeardWords | None:
        """Return the words as a message of the customer; None where nobody waits for them any more."""
        case = self.states.case(conversation)
        if key not in case.talk.awaiting.values():
            return None
        note, around = case.voice.note or "", Provenance(second_hand=case.voice.second_hand)
        awaiting = {label: awaited for label, awaited in case.talk.awaiting.items() if awaited != key}
        case = structs.replace(
            case,
            talk=structs.replace(case.talk, awaiting=awaiting),
            voice=structs.replace(case.voice, note=None, place=None, since=None),
        )
        now = self.clock.now()
        books = self.states.books(conversation, now)
        ctx = self.states.context(conversation, now, books)(case)
        inbound = Inbound(Channel(conversation.channel), conversation.address, key, Text(heard.text), provenance=around)
        with books.reading(connection):
            step = self.states.journey.position(case, ctx)
            parsed = self.understanding.hear_spoken(heard.text, inbound, step, ctx)
        return HeardWords(parsed.said, ctx, books, note, parsed.line)
