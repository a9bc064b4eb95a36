"""Full texts of terms and consents: `/documents/FINGERPRINT`, each version in each language at an address of its own.

What a customer has accepted is read under the same address for as long as the acceptance is kept, whatever the profile
says by then.
"""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.web.pages import Pages
from bot.web.policy import content_policy
from services import consents
from services.store.database import Store
from values.document import blocks, heading, is_document
from values.seller import Seller

_HEADERS = {"cache-control": "no-cache", "content-security-policy": content_policy()}


@dataclass(frozen=True)
class Library:
    """Today's texts, and those of former versions that somebody has accepted."""

    seller: Seller
    store: Store

    async def find(self, print_: str) -> tuple[str, str] | None:
        """Return a text and its language."""
        for one in self.seller.readable:
            for locale, text in one.words:
                if one.fingerprint(locale) == print_:
                    return text, locale
        found = await self.store.read(lambda connection: consents.words_under(connection, print_))
        return found if found is not None and is_document(found[0]) else None


def routes(library: Library, pages: Pages) -> list[Route]:
    """One page for every text."""

    async def document(request: Request) -> Response:
        found = await library.find(request.path_params["fingerprint"])
        if found is None:
            return pages.answer("secure_unknown.html", pages.locale_of(request), status=404, headers=_HEADERS)
        text, locale = found
        return pages.answer("document.html", locale, headers=_HEADERS, title=heading(text), blocks=blocks(text))

    return [Route("/documents/{fingerprint}", document)]
