"""What of Chatwoot's answers is read; all else is passed over."""

from enum import IntEnum

from pydantic import BaseModel, ConfigDict, Field, JsonValue

ENDED = frozenset({"resolved", "pending"})
"""States in which the help desk's people have nothing to do: done, or left to the bot."""
OPEN, RESOLVED = "open", "resolved"


class Kind(IntEnum):
    """Who a message is from."""

    INCOMING = 0
    OUTGOING = 1
    ACTIVITY = 2
    TEMPLATE = 3


class Read(BaseModel):
    """The ground of all answers."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Person(Read):
    """Who wrote, or has a conversation. `type`: user, agent_bot, contact …; `available_name` is the name for others."""

    id: int | None = None
    name: str | None = Field(default=None, repr=False)
    available_name: str | None = Field(default=None, repr=False)
    type: str | None = None


class Contact(Read):
    """A customer there; `identifier` is ours."""

    id: int
    identifier: str | None = None
    email: str | None = Field(default=None, repr=False)


class _Made(Read):
    contact: Contact


class ContactMade(Read):
    """Answer to a new contact."""

    payload: _Made


class ContactsFound(Read):
    """Answer to a search."""

    payload: tuple[Contact, ...]


class Meta(Read):
    """Beside a conversation: who has it. `assignee_type`, where it is told: User or AgentBot."""

    assignee: Person | None = None
    assignee_type: str | None = None


class Conversation(Read):
    """A conversation there. `status`: open, pending, snoozed, resolved."""

    id: int
    inbox_id: int
    status: str
    meta: Meta = Meta()
    custom_attributes: dict[str, JsonValue] | None = Field(default=None, repr=False)


class ConversationsFound(Read):
    """A contact's conversations."""

    payload: tuple[Conversation, ...]


class Message(Read):
    """One message. `source_id` is the sender's own name for it; `created_at` in seconds since 1970."""

    id: int
    content: str | None = Field(default=None, repr=False)
    message_type: int
    private: bool = False
    source_id: str | None = None
    created_at: int = 0
    sender: Person | None = None


class MessagesFound(Read):
    """A page of messages."""

    payload: tuple[Message, ...]


class Profile(Read):
    """Whose token it is."""

    id: int


class Taken(Read):
    """Answer to a message: it stands there."""

    id: int
