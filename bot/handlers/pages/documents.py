"""Full texts of terms and consents, `/documents/FINGERPRINT`, and invoices' PDFs, `/i/INVOICE/PROOF`.

Each version of a text has in each language an address of its own.

What a customer has accepted is read under the same address for as long as the acceptance is kept, whatever the profile
says by then.
"""

import re

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.web.pages import Pages
from bot.web.policy import SAVED_FILE, SECRET_PAGE, content_policy
from services.accounts import consents
from services.einvoicing import issued_invoices
from services.store.database import Store
from values.consent import document_blocks, document_heading, is_document
from values.seller import Seller

_HEADERS = {"cache-control": "no-cache", "content-security-policy": content_policy()}


class FoundDocument(Struct, frozen=True):
    """A text and its language. `today`: of a former one, the fingerprint of the one in force, where there is one."""

    text: str
    locale: str
    former: bool = False
    today: str | None = None


class Library(Struct, frozen=True):
    """Today's texts, and those of former versions that were accepted."""

    seller: Seller
    store: Store
    server_key: bytes

    async def find(self, print_: str) -> FoundDocument | None:
        """Return the text of this fingerprint."""
        for one in self.seller.readable:
            for locale, text in one.words:
                if one.fingerprint(locale) == print_:
                    return FoundDocument(text, locale)
        kept = await self.store.read(lambda connection: consents.find_accepted_words(connection, print_))
        if kept is None or not is_document(kept.words):
            return None
        same = (one.fingerprint(kept.locale) for one in self.seller.readable if one.id == kept.consent_id)
        return FoundDocument(kept.words, kept.locale, former=True, today=next(same, None))


def routes(library: Library, pages: Pages) -> list[Route]:
    """Return one page for every text."""

    async def document(request: Request) -> Response:
        found = await library.find(request.path_params["fingerprint"])
        if found is None:
            return pages.answer("secure_unknown.html", pages.locale_of(request), status=404, headers=_HEADERS)
        return pages.answer(
            "document.html",
            found.locale,
            headers=_HEADERS,
            title=document_heading(found.text),
            blocks=document_blocks(found.text),
            former=found.former,
            today=found.today,
        )

    async def invoice(request: Request) -> Response:
        asked = (request.path_params["invoice"], request.path_params["proof"])
        found = await library.store.read(lambda c: issued_invoices.document(c, library.server_key, *asked))
        if found is None:
            return pages.answer("secure_unknown.html", pages.locale_of(request), status=404, headers=SECRET_PAGE)
        pdf, number = found
        name = re.sub(r"[^0-9A-Za-z_.]+", "-", number).strip("-.") or "invoice"
        saved = {"content-disposition": f'attachment; filename="{name}.pdf"'}
        return Response(pdf, media_type="application/pdf", headers=SAVED_FILE | saved)

    return [Route("/documents/{fingerprint}", document), Route("/i/{invoice}/{proof}", invoice)]
