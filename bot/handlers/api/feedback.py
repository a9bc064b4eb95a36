"""`/feedback`: what customers said of answers and of the way: did it help, and if not, why."""

from typing import Annotated

from fastapi import APIRouter, Query

from bot.handlers.api.shapes_listed import FeedbackPage
from bot.handlers.api.work import Api, Asked, page
from services.seller import seller_lists

router = APIRouter(tags=["feedback"])
About = Annotated[
    str | None,
    Query(pattern=r"^(faq|end):[a-z0-9_]{1,60}$", description="Only on this: `faq:ENTRY` or `end:DIALOG`."),
]
Helpful = Annotated[bool | None, Query(description="Only the yeses (`true`), or the noes.")]


@router.get("/feedback", operation_id="list_feedback")
async def feedback(api: Api, asked: Asked, about: About = None, helpful: Helpful = None) -> FeedbackPage:
    """Each yes or no, page by page, with the reason where a customer gave one."""
    found = await api.store.read(lambda c: seller_lists.feedback_list(c, **asked.args, about=about, helpful=helpful))
    return FeedbackPage(**page(found, asked))
