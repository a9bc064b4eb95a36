"""What is said back is said once, and as one sentence reads: a refused contact, several ways of contact."""

from dialogs.explorer.outcomes import FOUND
from dialogs.messages import company, on_file
from tests.journeys.konto_scenes import Holder
from tests.journeys.number_scenes import Subscriber
from tests.kit.rows import each_row


def test_a_number_that_is_checked_and_refused_was_never_noted() -> None:
    customer = Subscriber("vectra", "pl")
    customer.channel_asked()
    customer.will(on_file.MatchContact, on_file.ContactDiffers())
    customer.lines.clear()
    customer.write("mój telefon to 512 000 222")
    assert "To nie jest numer zgłoszony w Vectrze." in customer.transcript
    assert "Zapisane" not in customer.transcript


@each_row
def test_several_ways_of_contact_stand_in_a_sentence_as_words_of_it(locale: str, said: str) -> None:
    customer = Holder("konto_insert", locale)
    customer.signs_up()
    customer.follows_link()
    customer.logs_in()
    customer.will(company.LookUpCompany, company.CompanyFound(FOUND, "gus"))
    customer.tap("nexo")
    customer.write("1234563218")
    customer.tap("right", "confirm")
    customer.chooses("contact_forms:several", "contact_forms:toggle:email", "contact_forms:toggle:phone")
    customer.chooses("contact_forms:done", "contact_forms:none")
    assert said in customer.transcript
