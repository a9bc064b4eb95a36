"""The fields of Chatwoot's answers that are read; all else is ignored."""

from enum import IntEnum

from pydantic import ConfigDict, Field, JsonValue

from services.late_model import LateModel

ENDED = frozenset({"resolved", "pending"})
"""States in which the help desk's people have nothing to do: done, or left to the bot."""
OPEN, RESOLVED = "open", "resolved"


class Kind(IntEnum):
    """Origin of a message."""

    INCOMING = 0
    OUTGOING = 1
    ACTIVITY = 2
    TEMPLATE = 3


class ChatwootModel(LateModel):
    """Base of all answers."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class ChatwootPerson(ChatwootModel):
    """A sender or an assignee. `type`: user, agent_bot, contact …; `available_name` is the name for others."""

    id: int | None = None
    name: str | None = Field(default=None, repr=False)
    available_name: str | None = Field(default=None, repr=False)
    type: str | None = None


class ChatwootContact(ChatwootModel):
    """A customer there; `identifier` is ours."""

    id: int
    identifier: str | None = None
    email: str | None = Field(default=None, repr=False)


class _Made(ChatwootModel):
    contact: ChatwootContact


class ContactMade(ChatwootModel):
    """Answer to a new contact."""

    payload: _Made


class ContactsFound(ChatwootModel):
    """Answer to a search."""

    payload: tuple[ChatwootContact, ...]


class Meta(ChatwootModel):
    """A conversation's assignee; `assignee_type`, where Chatwoot sends it, is User or AgentBot."""

    assignee: ChatwootPerson | None = None
    assignee_type: str | None = None


class ChatwootConversation(ChatwootModel):
    """A conversation there. `status`: open, pending, snoozed, resolved."""

    id: int
    inbox_id: int
    status: str
    meta: Meta = Meta()
    custom_attributes: dict[str, JsonValue] | None = Field(default=None, repr=False)


class ConversationsFound(ChatwootModel):
    """A contact's conversations."""

    payload: tuple[ChatwootConversation, ...]


class ChatwootMessage(ChatwootModel):
    """One message. `source_id` is the sender's own name for it; `created_at` in seconds since 1970."""

    id: int
    content: str | None = Field(default=None, repr=False)
    message_type: int
    private: bool = False
    source_id: str | None = None
    created_at: int = 0
    sender: ChatwootPerson | None = None
    content_attributes: JsonValue = Field(default=None, repr=False)

    @property
    def is_deleted(self) -> bool:
        """Return whether it was deleted there: it stands on with a sentence of Chatwoot's own in place of its words."""
        return isinstance(self.content_attributes, dict) and bool(self.content_attributes.get("deleted"))


class MessagesFound(ChatwootModel):
    """A page of messages."""

    payload: tuple[ChatwootMessage, ...]


class ChatwootProfile(ChatwootModel):
    """The user whose token is used."""

    id: int


class ChatwootAccepted(ChatwootModel):
    """Answer to a message: it stands there."""

    id: int
