"""The parts of the desk that the seller's API is given, and the one path that it answers without a token."""

from msgspec import Struct

from bot.conversation.outbound import ReachableChannels
from bot.conversation.port import Desk
from bot.usecases.billing.bookings import Bookings
from bot.usecases.renewals.quotes import Quotes
from bot.web.flood import Flood
from bot.web.guard import Tokens
from bot.web.network import AddressOf
from services.clock import Clock
from services.jobs.port import Outbox
from services.store.database import Store
from values.seller import Seller

DESCRIPTION = "/openapi.json"


class SellerApi(Struct, frozen=True):
    """The API's dependencies. `money_tokens` may give back; `reach`: where start links lead; `quotes`: charges."""

    desk: Desk
    store: Store
    clock: Clock
    outbox: Outbox
    tokens: Tokens
    money_tokens: Tokens
    reach: ReachableChannels
    server_key: bytes
    bookings: Bookings
    flood: Flood
    address_of: AddressOf

    @property
    def seller(self) -> Seller:
        return self.quotes.seller

    @property
    def quotes(self) -> Quotes:
        return self.bookings.quotes
