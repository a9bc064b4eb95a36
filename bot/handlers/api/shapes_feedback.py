"""The shape of the API's list of feedback. As in `shapes.py`, the names are fixed."""

from pydantic import BaseModel, ConfigDict

from bot.handlers.api import examples
from bot.handlers.api.shapes import When
from bot.handlers.api.shapes_listed import Page


class FeedbackRow(BaseModel):
    """Whether it helped: an answer of the FAQ (`faq:ENTRY`), or a way to its end (`end:DIALOG`). `words`: why not."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.FEEDBACK]})

    id: str
    conversation_id: str
    about: str
    locale: str
    helpful: bool
    words: str | None
    at: When


class FeedbackPage(Page[FeedbackRow]):
    """Feedback, in the order in which it was given."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [examples.FEEDBACK], "next": None}]})
