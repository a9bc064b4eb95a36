"""What customers live through whose price hangs on who they are: buyers from abroad, and discount codes."""

from collections.abc import Callable, Mapping

from dialogs.explorer.samples import MOMENT
from dialogs.messages import company, order
from dialogs.state import CompanyData
from tests.journeys.scenes import Scene

PORT = CompanyData("Atelier du Port SARL", "12 quai des Chartrons", "33000", "Bordeaux")
CONFIRMED = company.CompanyFound(PORT, "vies", MOMENT, "WAPI0001")
NUMBER = "FR44732829320"


def typed(s: Scene) -> None:
    """No register gives the company's data."""
    s.write(NUMBER)
    with s.unheard("the company's data are typed in, and all is agreed to"):
        s.write(PORT.name, PORT.street, PORT.postal_code, PORT.city)
        s.tap("right", "renew", "blik", "accept", "confirm")


def a_company_abroad(s: Scene) -> None:
    s.contact_proven()
    s.will(company.LookUpCompany, CONFIRMED)
    s.write(NUMBER)
    s.tap("right", "renew", "blik", "accept", "confirm", "order")


def vies_is_away(s: Scene) -> None:
    s.contact_proven()
    s.will(company.LookUpCompany, company.RegisterSilent())
    typed(s)
    s.tell("help")
    s.tap("wait")
    s.comes("VIES answers after all", company.LookUpCompanyLater, CONFIRMED)


def vies_doesnt_know_the_number(s: Scene) -> None:
    s.contact_proven()
    s.will(company.LookUpCompany, company.CompanyUnknown())
    typed(s)
    s.tap("wait")
    s.comes("VIES answers, and doesn't know it", company.LookUpCompanyLater, company.CompanyUnknown())


def vies_stays_away(s: Scene) -> None:
    s.contact_proven()
    s.will(company.LookUpCompany, company.RegisterSilent())
    typed(s)
    s.tap("wait")
    s.comes("VIES hasn't answered after all tries", company.LookUpCompanyLater, company.RegisterSilent())
    s.tap("with_vat")


def an_amount(s: Scene) -> None:
    s.summary()
    s.write("minus50")


def used_up(s: Scene) -> None:
    s.summary()
    s.will(order.CheckDiscount, *(order.DiscountSpent("OSTATNI", why) for why in ("used_up", "used_by_customer")))
    s.write("OSTATNI", "OSTATNI", "OSTATNI")
    s.tap("all_right")
    s.will(order.PlaceOrder, order.OrderRefused("discount_used_up"))
    s.tap("order")
    s.tap("order")


SCENES: Mapping[str, Callable[[Scene], None]] = {
    "A company in another country": a_company_abroad,
    "VIES is away": vies_is_away,
    "VIES doesn't know the number": vies_doesnt_know_the_number,
    "VIES stays away": vies_stays_away,
    "A code that takes off an amount": an_amount,
    "A code that is used up": used_up,
}
