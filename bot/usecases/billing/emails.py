"""The letter about a transfer or a postal slip, with what a machine can read: the page to copy from, the QR code."""

from dataclasses import dataclass, replace
from html import escape

import sqlalchemy as sa

from bot.conversation.render import Renderer
from bot.usecases.billing.pages import PayTo
from services.messaging import qr_codes
from services.messaging.mail import Mail, Picture
from services.orders import order_record
from services.payments import book, record

PICTURE = "transfer-qr"


@dataclass(frozen=True)
class Instructions:
    """Adds to such letters of one seller."""

    renderer: Renderer
    server_key: bytes
    public_url: str
    pay_to: PayTo

    def with_code(self, connection: sa.Connection, letter: Mail, order_id: str, locale: str) -> Mail:
        """Return the e-mail with the payment link, and with the QR code where there is one."""
        order = order_record.get(connection, order_id)
        if order is None:
            return letter
        waiting = next((p for p in record.of_order(connection, order.id) if p.status == "pending"), None)
        if waiting is None:
            return letter
        page, alt = (self.renderer.words(f"note.by_hand.{name}", {}, locale) for name in ("page", "qr"))
        href = f"{self.public_url}/p/{book.public_token(self.server_key, waiting.id)}"
        more = f'<p><a href="{escape(href, quote=True)}">{escape(page)}</a></p>'
        code = self.pay_to.code(order)
        png = qr_codes.png(code.text, code.level) if code is not None else None
        if png is not None:
            more += f'<p><img src="cid:{PICTURE}" alt="{escape(alt, quote=True)}" width="240"></p>'
        return replace(
            letter,
            text=f"{letter.text}\n{page}:\n{href}\n",
            html=letter.html.replace("</body>", f"{more}</body>"),
            picture=Picture(PICTURE, png) if png is not None else None,
        )
