"""The page at `/`: the chat; with the sandbox on, its instruments beside it and the ways to everything else."""

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.web.pages import Pages
from bot.web.policy import content_policy


@dataclass(frozen=True, slots=True)
class LandingLink:
    """A link at the foot of the page; `key` names its words in the page texts (`[landing]` `way_…`)."""

    key: str
    href: str


def routes(pages: Pages, *, sandbox: bool, ways: tuple[LandingLink, ...] = ()) -> list[Route]:
    """Return the landing page; `ways` are shown with the sandbox on only."""

    async def landing(request: Request) -> Response:
        locale = pages.locale_of(request)
        headers = {"cache-control": "no-cache", "content-security-policy": content_policy(frames=True)}
        asked = {"embed": "1", "lang": locale}
        if "start" in request.query_params:
            asked["start"] = request.query_params["start"]
        return pages.answer(
            "landing.html" if sandbox else "landing_plain.html",
            locale,
            headers=headers,
            chat=f"/chat?{urlencode(asked)}",
            ways=ways,
            words=pages.words(locale).section("sandbox"),
        )

    return [Route("/", landing)]
