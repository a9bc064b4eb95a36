"""Consents as boxes to tick: which of them are in view, and what a message says beside its buttons."""

from msgspec.structs import replace

from bot.conversation.outbound import TICKED, Button, Reply
from bot.handlers.telegram.command_menu import Looks

TOGGLE, REQUIRED = "consents:toggle:", "consents:required"


def voluntary_boxes(message: Reply, looks: Looks) -> tuple[Button, ...]:
    """Return the voluntary boxes: while nothing is ticked they stand behind a button, with what they say."""
    boxes = [button for button in message.buttons if button.payload.startswith(TOGGLE)]
    asked = looks.required and any(button.payload == REQUIRED for button in message.buttons)
    if not asked or any(box.title.startswith(TICKED) for box in boxes):
        return ()
    return tuple(box for box in boxes if box.payload.removeprefix(TOGGLE) not in looks.required)


def in_short(message: Reply, looks: Looks, *, opened: bool = False) -> Reply:
    """Return a cardless message without what its buttons say; `opened`: its voluntary boxes are in view, too."""
    behind = () if opened else voluntary_boxes(message, looks)
    told = [button for button in message.buttons if button.words is not None and button not in behind]
    notes = (button.title.partition(" (")[1:] if looks.required else ("", "") for button in told)
    boxes = [f"{one.title[0]} {one.words}{''.join(note)}" for one, note in zip(told, notes, strict=True)]
    words = "\n\n".join(filter(None, (strip_question(message), "\n".join(boxes))))
    buttons = tuple(replace(button, words=None) for button in message.buttons)
    return replace(message, words=words, buttons=buttons) if words else message


def strip_question(message: Reply) -> str:
    """Return the words without those that ask for what its controls ask for."""
    words = message.words.encode("utf-16-le")
    return words[: len(words) - 2 * message.quiet].decode("utf-16-le").rstrip()
