"""A `Reply` and a `StatusSnapshot` in the JSON that the chat page reads."""

from msgspec import Struct, to_builtins

from bot.conversation.outbound import Button, Reply, ReplyLink, StatusSnapshot

Json = dict[str, object]
_LONGEST_NUMBER = 18  # digits: what a store's whole number holds


def line(message: Reply) -> Json:
    """Return one line of the transcript."""
    return {
        **_named(message, "id seq author by card payload kind confirms quiet"),
        "text": message.words,
        "buttons": [_button(button) for button in message.buttons],
        "links": [_link(link) for link in message.links],
        "at": message.at.isoformat(),
    }


def standing(now: StatusSnapshot) -> Json:
    """Return where the conversation stands; `typing` while a machine's result is due."""
    return {
        **_named(now, "dialog step expects done of part locale mode seq heading speaker card sheet codes docked"),
        "stage": dict(zip(("n", "of", "share"), now.stage, strict=True)),
        "links": [_link(link) for link in now.links],
    }


def _named(shown: Reply | StatusSnapshot, names: str) -> Json:
    """Return these fields alone: others are no page's business."""
    return {name: to_builtins(getattr(shown, name)) for name in names.split()}


def _button(button: Button) -> Json:
    words = {"words": button.words} if button.words is not None else {}
    return {"title": button.title, "payload": button.payload, **words}


def _link(link: ReplyLink) -> Json:
    return {"rel": link.rel, "href": link.href, "title": link.title, "id": link.id}


class Cursor(Struct, frozen=True):
    """A page's position: the journal id of its last line, and the number of the last bot message up to there.

    Written `57.12`; it is the `id` of the stream's events, which a browser sends back as `Last-Event-ID`.
    """

    id: int = 0
    seq: int = 0

    def __str__(self) -> str:
        return f"{self.id}.{self.seq}"

    def past(self, message: Reply) -> "Cursor":
        """Return the cursor after this line."""
        return Cursor(max(self.id, message.id), max(self.seq, message.seq or 0))

    def unread(self, messages: list[Reply]) -> list[Reply]:
        """Return the lines after the cursor, in order."""
        return [message for message in messages if message.id > self.id]


def parse_cursor(text: str) -> Cursor:
    """Return the cursor as it was given; what isn't one means "from the beginning".

    A line twice is better than one lost.
    """
    line_id, _, seq = text.strip().partition(".")
    if not all(part.isascii() and part.isdigit() and len(part) <= _LONGEST_NUMBER for part in (line_id, seq)):
        return Cursor()
    return Cursor(int(line_id), int(seq))
