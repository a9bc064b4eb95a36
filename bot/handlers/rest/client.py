"""A client of the REST channel: for the terminal and for the action server, which are processes of their own."""

import json
from typing import Any, Literal

import httpx
from pydantic import BaseModel, SecretStr, TypeAdapter, ValidationError

from values.private import HiddenStruct

#: The desk itself waits 10 s for results; it is given a little more.
PATIENCE_S = 20.0


class DeskAway(Exception):
    """No answer, or none of the REST channel's: try again later. `reason` is for the log and holds nothing personal."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class RestButton(BaseModel):
    title: str
    payload: str


class RestLink(BaseModel):
    """A link of the open step."""

    rel: str
    href: str


class RestProgress(BaseModel):
    """So many steps of so many."""

    done: int
    of: int


class RestRow(BaseModel):
    """A row of a card."""

    label: str
    value: str


class RestCard(BaseModel):
    """The card of the open step, or of the last message."""

    title: str
    rows: list[RestRow]
    total: str | None = None
    state: str | None = None


class Custom(BaseModel):
    """The status of the conversation (docs/reference/rest.md)."""

    dialog: str
    step: str
    expects: str
    progress: RestProgress
    links: list[RestLink]
    locale: str
    mode: Literal["bot", "waiting", "agent"]
    seq: int
    card: RestCard | None = None


class _Item(BaseModel):
    text: str | None = None
    buttons: list[RestButton] = []
    custom: dict[str, Any] | None = None


_ITEMS = TypeAdapter(list[_Item])


class RestMessage(HiddenStruct):
    """One message of the desk."""

    text: str
    buttons: tuple[RestButton, ...]


class RestAnswer(HiddenStruct):
    """The desk's replies with the conversation's status; `raw` is the `custom` as it came."""

    said: list[RestMessage]
    custom: Custom
    raw: dict[str, Any]


class RestClient(HiddenStruct):
    """One customer's side of the channel at `url` (without a slash at the end). `sender` is the capability."""

    http: httpx.AsyncClient
    url: str
    sender: str
    token: SecretStr | None = None

    async def say(self, message: str, **metadata: str | int | bool | None) -> RestAnswer:
        """Send a message; with a `message_id` it may be sent again safely. Raises DeskAway."""
        body = {
            "sender": self.sender,
            "message": message,
            "metadata": {name: value for name, value in metadata.items() if value is not None},
        }
        # Escaped: half a surrogate pair, as odd clients send, has no other form.
        return await self._ask("POST", "/webhooks/rest/webhook", content=json.dumps(body))

    async def events(self, after: int | None = None, *, cards: bool = False) -> RestAnswer:
        """Return what was said above seq `after`, or what no answer has carried yet. Raises DeskAway.

        `cards`: the card is drawn here, so the last text needn't hold it.
        """
        params: dict[str, str | int] = {"sender": self.sender, **({"cards": 1} if cards else {})}
        if after is not None:
            params["after"] = after
        return await self._ask("GET", "/webhooks/rest/events", params=params)

    async def _ask(self, method: str, path: str, **what: Any) -> RestAnswer:
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token.get_secret_value()}"
        try:
            answer = await self.http.request(method, self.url + path, headers=headers, timeout=PATIENCE_S, **what)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise DeskAway(type(error).__name__) from None
        if answer.status_code != 200:
            raise DeskAway(f"http {answer.status_code}")
        return _read(answer.content)


def _read(body: bytes) -> RestAnswer:
    try:
        *items, last = _ITEMS.validate_json(body)
        custom = Custom.model_validate(last.custom)
    except (ValidationError, ValueError):  # its text would quote the conversation
        raise DeskAway("not an answer of the REST channel") from None
    said = [RestMessage(item.text, tuple(item.buttons)) for item in items if item.text is not None]
    return RestAnswer(said, custom, last.custom or {})
