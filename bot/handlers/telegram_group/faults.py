"""What the Bot API's errors mean for the agents' group."""

from datetime import timedelta
from typing import Literal

from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.handlers.telegram.client import wait_of

Kind = Literal["no_rights", "no_forum", "not_found", "migrated", "token", "unreachable", "topics"]

AFTER_A_FAULT = timedelta(seconds=5)
#: Descriptions of "400 Bad Request" in the Bot API's own words, in small letters.
_TOPIC_GONE = ("message thread not found", "topic_id_invalid", "topic_deleted", "topic not found")
_CARD_GONE = ("message to edit not found", "message_id_invalid", "message can't be edited")
_UNCHANGED = ("not modified", "not_modified")
_NO_FORUM = ("the chat is not a forum", "chat is not a forum", "not a supergroup")
_NO_RIGHTS = ("not enough rights", "chat_admin_required", "have no rights", "need administrator rights")
_NOT_FOUND = ("chat not found", "chat_id is empty", "peer_id_invalid", "chat was deactivated")


class TopicGone(Exception):
    """The group has no such topic any more."""


class TopicShut(Exception):
    """The topic is closed, and takes nothing."""


class CardGone(Exception):
    """The card can't be changed any more: it was deleted."""


class NotAccepted(Exception):
    """Telegram refuses this very message; the error's words say why."""


class Wait(Exception):
    """Not now: again after that time. `silent`: Telegram didn't answer at all."""

    def __init__(self, after: timedelta, *, silent: bool = False) -> None:
        super().__init__("not now")
        self.after = after
        self.silent = silent


class Shut(Exception):
    """The group can't be written to until somebody mends it. `number` is the group's new one, where it has one."""

    def __init__(self, kind: Kind, number: int | None = None) -> None:
        super().__init__(kind)
        self.kind: Kind = kind
        self.number = number


def meaning(error: TelegramError) -> Exception | None:
    """Return the exception to raise instead; None if the wanted state holds already."""
    match error:
        case RetryAfter():
            return Wait(wait_of(error))
        case ChatMigrated():
            return Shut("migrated", error.new_chat_id)
        case Forbidden():
            return Shut("not_found")
        case InvalidToken():
            return Shut("token")
        case BadRequest():
            return _refusal(error.message.lower(), error.message)
        case _:
            return Wait(AFTER_A_FAULT, silent=True)


def _refusal(said: str, whole: str) -> Exception | None:
    if any(sign in said for sign in _UNCHANGED):
        return None
    if "topic_closed" in said:
        return TopicShut()
    for signs, found in ((_TOPIC_GONE, TopicGone()), (_CARD_GONE, CardGone())):
        if any(sign in said for sign in signs):
            return found
    kinds: tuple[tuple[tuple[str, ...], Kind], ...] = (
        (_NO_FORUM, "no_forum"),
        (_NO_RIGHTS, "no_rights"),
        (_NOT_FOUND, "not_found"),
    )
    kind: Kind | None = next((kind for signs, kind in kinds if any(sign in said for sign in signs)), None)
    return Shut(kind) if kind is not None else NotAccepted(whole)
