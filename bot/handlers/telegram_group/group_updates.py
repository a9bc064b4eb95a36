"""Parses an update that concerns the agents' group: what somebody did there. Pure: nothing is looked up."""

import re

from msgspec import Struct
from telegram.constants import ChatType

from bot.handlers.telegram.incoming import Json, body_of

_JOIN = re.compile(r"^/join(?:@\w+)?\s+(\S{1,100})\s*$")
_COMMAND = re.compile(r"^/([A-Za-z_]+)(?:@\w+)?(?:\s+(.*))?$", re.DOTALL)
NOTE_SIGN = "//"


class Wrote(Struct, frozen=True):
    """A message in a topic. `text` None: something that is no text. `anonymous`: in the name of the group."""

    text: str | None
    edited: bool
    anonymous: bool


class CardPressed(Struct, frozen=True):
    """A button of a card."""

    data: str
    query_id: str


class Joins(Struct, frozen=True):
    """A code by which a member shows which agent they are."""

    code: str


class Other(Struct, frozen=True):
    """Nothing to be answered; `rights`: what the bot may do in the group has changed."""

    rights: bool = False


class GroupUpdate(Struct, frozen=True):
    """An update of the group: `what` was done `by` a Telegram user, where; `thread_id` is None in the General topic."""

    update_id: int
    chat_id: int
    by: int
    message_id: int
    thread_id: int | None
    what: Wrote | CardPressed | Joins | Other

    @property
    def key(self) -> str:
        """The command's key: the same when Telegram brings the update again."""
        return f"telegram:{self.update_id}"

    @property
    def door(self) -> str:
        """Key of the lock under which updates of one topic are handled in order."""
        return f"forum:{self.chat_id}:{self.thread_id or self.message_id}"


def group_update(update: Json, chat_id: int) -> GroupUpdate | None:
    """Parse an update of the group `chat_id`; None if it isn't the group's.

    Raises TypeError, KeyError and others for nonsense.
    """
    if query := update.get("callback_query"):
        return _press(update["update_id"], query, chat_id)
    if member := update.get("my_chat_member"):
        ours = member["chat"]["id"] == chat_id
        by = member["from"]["id"]
        return GroupUpdate(update["update_id"], chat_id, by, 0, None, Other(rights=True)) if ours else None
    message = update.get("message") or update.get("edited_message")
    if message is None:
        return None
    if message["chat"]["id"] == chat_id:
        return _in_group(update, message)
    join = _JOIN.match(message.get("text") or "") if message["chat"]["type"] == ChatType.PRIVATE else None
    sender = message.get("from")
    if join is None or sender is None or sender["is_bot"] or not update.get("message"):
        return None
    here = (update["update_id"], message["chat"]["id"], sender["id"], message["message_id"], None)
    return GroupUpdate(*here, Joins(join[1]))


def _in_group(update: Json, message: Json) -> GroupUpdate:
    sender = message.get("from")
    thread = message.get("message_thread_id") if message.get("is_topic_message") else None
    here = (update["update_id"], message["chat"]["id"], sender["id"] if sender else 0, message["message_id"], thread)
    anonymous = message.get("sender_chat") is not None
    if (sender is None or sender["is_bot"]) and not anonymous:
        return GroupUpdate(*here, Other())
    if body_of(message) is None:  # Telegram itself wrote it
        return GroupUpdate(*here, Other())
    text, edited = message.get("text"), not update.get("message")
    if (join := _JOIN.match(text or "")) and not edited and not anonymous:
        return GroupUpdate(*here, Joins(join[1]))
    return GroupUpdate(*here, Wrote(text, edited, anonymous)) if thread is not None else GroupUpdate(*here, Other())


def _press(update_id: int, query: Json, chat_id: int) -> GroupUpdate | None:
    message = query.get("message")
    if message is None or message["chat"]["id"] != chat_id:
        return None
    data = query.get("data")
    pressed = CardPressed(data if isinstance(data, str) else "", query["id"])
    # An old message comes without its topic ("inaccessible"): then the card tells it.
    thread = message.get("message_thread_id")
    return GroupUpdate(update_id, chat_id, query["from"]["id"], message["message_id"], thread, pressed)


def command(text: str) -> tuple[str, str] | None:
    """Return a command's name and its argument; None for plain words. `/note …` and `// …` are `note`."""
    if text.startswith(NOTE_SIGN):
        return "note", text.removeprefix(NOTE_SIGN).strip()
    if found := _COMMAND.match(text):
        return found[1].lower(), (found[2] or "").strip()
    return ("", "") if text.startswith("/") else None
