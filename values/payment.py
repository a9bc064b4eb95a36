"""Payment methods: stored ones, offline ones, bank transfers with their QR codes; differences between two books.

The QR text follows the Polish Bank Association's 2D recommendation (1.0 of 2013) for złoty and EPC069-12 for euro.
Strict: where anything doesn't fit, there is no code rather than a wrong one.
"""

import re
from datetime import date, datetime
from typing import Literal

from msgspec import Struct
from stdnum import iban as standard
from stdnum.pl import nip

from values.money import Money
from values.patterns import regex
from values.private import Private, PrivateStruct

OFFLINE_METHODS = ("transfer", "postal_slip")
METHODS = ("card", "paypal", "przelewy24", "blik", *OFFLINE_METHODS)
NO_METHOD = "none"
"""In the place of a method: of an order for which there is nothing to pay."""
UNSOLD_METHODS = ("apple_pay", "google_pay", "direct_debit", "cash", "crypto", "cheque", "wallet")
"""Ways to pay that people name and no seller can take here."""
"""All that a seller may take."""
OFFLINE_PROVIDER = "transfer"  # the name under which such payments stand among the providers'


def is_offline(method: str | None) -> bool:
    """Return whether the customer takes the money to a bank or a post office."""
    return method in OFFLINE_METHODS


class ChargeRules(Struct, frozen=True):
    """Limits of charging a kept method without its payer, as often as was agreed: no provider sets an interval.

    `most`: of one charge, in minor units. Its network demands that the payer is told so many days ahead: `seldom_days`
    of a charge that comes every six months or less often, `trial_days` of the first one after a trial.
    `without_charge`: it is kept by a payment of zero, too.
    """

    most: int | None = None
    seldom_days: int = 0
    trial_days: int = 0
    without_charge: bool = False


BY_CARD = ChargeRules(seldom_days=7, trial_days=7, without_charge=True)
"""Mastercard: of what comes seldom 7 to 30 days ahead, of a trial's end 3 to 7; Visa: of a trial's end 7 at least."""


class StoredWay(PrivateStruct):
    """A stored payment method.

    `label` is fit to be shown ("Visa …4242"), `expires_on` the last day on which a card is good; not `good`: its
    provider says that it can't be charged any more.
    """

    id: str
    method: str
    label: Private[str]
    expires_on: date | None = None
    is_default: bool = False
    good: bool = True

    def is_usable(self, on: date) -> bool:
        """Return whether it can be charged on that day, as far as is known."""
        return self.good and (self.expires_on is None or self.expires_on >= on)


class StoredMethod(PrivateStruct):
    """A payment method stored at its provider, by the provider's own names, of no use elsewhere.

    `customer` is empty where the token alone is enough. `label` is fit to be shown ("Visa …4242"), `expires` the last
    day on which a card is good, None for what doesn't expire.
    """

    token: Private[str]
    customer: Private[str]
    label: Private[str]
    expires: date | None = None


def is_valid_iban(number: str) -> bool:
    """Return whether length, form and check digits are right."""
    return standard.is_valid(number)


def format_iban(number: str) -> str:
    """Format an IBAN in groups of four, as on paper, with no-break spaces."""
    return "\u00a0".join(number[at : at + 4] for at in range(0, len(number), 4))


class Transfer(Struct, frozen=True):
    """An account that customers send money to. `tax_number` and `short_payee` are for the Polish code."""

    payee: str
    iban: str
    bic: str = ""
    bank: str = ""
    tax_number: str = ""
    short_payee: str = ""


class QrText(Struct, frozen=True):
    """The text of a code, and the level of error correction that its standard prescribes."""

    text: str
    level: Literal["L", "M"]


_POLISH = regex(r"[0-9A-Za-zĄĆĘŁŃÓŚŹŻąćęłńóśźż ,./\\\-@#&*_]+")
_PRINTED = regex(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_BIC = regex(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?")
MOST_POLISH = 160  # characters of the whole text
MOST_GROSZE = 999_999  # the amount has six digits
MOST_EPC = 331  # bytes
MOST_CENTS = 99_999_999_999
# Countries of the Single Euro Payments Area, by the IBAN's first letters.
_SEPA = frozenset(
    "AD AL AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS SE"
    " SI SK SM VA".split()
)


def transfer_qr(to: Transfer, amount: Money, title: str) -> QrText | None:
    """Return the QR text of a transfer; None for another currency, or where a field breaks its standard."""
    if not is_valid_iban(to.iban) or amount.minor <= 0:
        return None
    if amount.currency == "PLN" and to.iban.startswith("PL"):
        return _polish(to, amount, title)
    if amount.currency == "EUR" and to.iban[:2] in _SEPA:
        return _epc(to, amount, title)
    return None


def _polish(to: Transfer, amount: Money, title: str) -> QrText | None:
    """`NIP|PL|NRB|grosze|payee|title|||`: nine fields in one line."""
    payee = to.short_payee or to.payee
    number = nip.compact(to.tax_number)
    fits = (
        bool(nip.is_valid(number))
        and _fits(_POLISH, payee, 20)
        and _fits(_POLISH, title, 32)
        and amount.minor <= MOST_GROSZE
    )
    line = "|".join((number, "PL", to.iban[2:], f"{amount.minor:06d}", payee, title, "", "", ""))
    return QrText(line, "L") if fits and len(line) <= MOST_POLISH else None


def _epc(to: Transfer, amount: Money, title: str) -> QrText | None:
    """Twelve lines, of which the empty ones at the end are left out. Version 2: the BIC may be missing."""
    fits = (
        _fits(_PRINTED, to.payee, 70)
        and _fits(_PRINTED, title, 140)
        and (not to.bic or _BIC.fullmatch(to.bic) is not None)
        and amount.minor <= MOST_CENTS
    )
    euro = f"EUR{amount.decimal}"
    lines = ("BCD", "002", "1", "SCT", to.bic, to.payee, to.iban, euro, "", "", title)
    said = "\n".join(lines)
    return QrText(said, "M") if fits and len(said.encode()) <= MOST_EPC else None


def _fits(alphabet: re.Pattern[str], value: str, most: int) -> bool:
    return len(value) <= most and value == value.strip() and alphabet.fullmatch(value) is not None


DifferenceKind = Literal[
    "paid_there",  # and open here: its notice was lost
    "paid_here",  # and no money there
    "unknown_here",  # paid there under a name of this desk's that the books don't know: perhaps lost with a backup
    "sums_differ",
    "refunds_differ",
    "refund_waits",  # asked for here, for long
    "refund_undone",  # done here, and not with its payer there: it failed after all, or was never made
    "dispute_differs",
    "method_gone",  # charged soon, and no longer kept there: its notice was lost
    "service_unpaid",  # it runs as the seller's rule doesn't let it, or renews, though its money is back or claimed
    "charged_after_end",  # or for an add-on whose plan had ended, or wasn't renewed
    "addon_without_plan",  # it runs, or renews, and its plan has ended, or isn't renewed
    "seats_refunded",  # or another plan: renewed, though the money of the change is back or claimed
]
_MENDED = "asked again, as after a notice: look once more in a minute"
REMEDIES: dict[DifferenceKind, str] = {
    "paid_there": _MENDED,
    "refunds_differ": _MENDED,
    "dispute_differs": _MENDED,
    "method_gone": "by night the desk asks its holder for another one, as after a notice",
    "paid_here": "look for it in the provider's panel; if it isn't there, ask the customer and end the order",
    "unknown_here": "find the payer in the provider's panel; give the money back there, or have them order anew",
    "sums_differ": "compare both in the provider's panel; give back there what isn't owed",
    "refund_waits": "look for it in the provider's panel; the desk goes on asking",
    "refund_undone": "look for it in the provider's panel; if it failed, give the money back there",
    "service_unpaid": "end the service, or switch its renewal off, or have it ordered anew",
    "charged_after_end": "give it back: okienko refund {order} --payment {payment} --reason WHY;"
    " stop what of it renews still",
    "addon_without_plan": "PATCH /subscriptions/{about}: auto_renewal false stops it, status ended at now ends"
    " it; with a plan ordered anew it goes on; okienko refund {order} --amount SUM --reason WHY gives its part back",
    "seats_refunded": "PATCH /subscriptions/{about}: the quantity (or plan) that is paid, from next_term; what a term"
    " took for more goes back by okienko refund with its order, --amount and --reason; it goes on where its"
    " customer wants it",
}


class Difference(Struct, frozen=True):
    """One thing that books and provider, or two books, say differently: sums in minor units, or states.

    `theirs_id` is the provider's name of it; of a service its own id, and of a kept method the desk's.
    """

    kind: DifferenceKind
    provider: str
    theirs_id: str
    payment_id: str
    attempt: int
    order: str
    currency: str
    ours: int | str
    theirs: int | str
    since: datetime

    @property
    def remedy(self) -> str:
        """The remedy, to be done or begun already."""
        return REMEDIES[self.kind].format(order=self.order, payment=self.payment_id, about=self.theirs_id)

    @property
    def shown(self) -> dict[str, str]:
        """The two accounts as a person reads them, and the remedy."""
        said = {"ours": self._shown(self.ours), "theirs": self._shown(self.theirs)}
        return {"kind": self.kind, **said, "remedy": self.remedy}

    def _shown(self, said: int | str) -> str:
        return said if isinstance(said, str) else f"{Money(said, self.currency).decimal} {self.currency}"

    @property
    def case(self) -> tuple[str, ...]:
        """The parts by which a report and an event tell it from others: each difference is told once."""
        return self.payment_id, str(self.attempt), self.kind, str(self.ours), str(self.theirs)

    @property
    def mends_itself(self) -> bool:
        """Return whether asking the provider again, as after its notice, is all that it needs."""
        return self.kind == "method_gone" or self.remedy == _MENDED
