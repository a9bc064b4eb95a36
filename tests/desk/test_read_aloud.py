"""`custom.speech` over REST: there where a text is read otherwise than it is written, and only there."""

from tests.desk.running import Running
from tests.desk.scripted import Person, Scripted


async def test_an_answer_says_how_it_is_read_where_that_differs(desk: Running) -> None:
    scripted = Scripted(desk, Person(locale="pl", nip="123-456-32-18"))
    customer = (await scripted.run("account.email")).customer
    assert "speech" not in customer.custom  # a question in plain words

    await scripted.run("company.confirm")

    assert "NIP: 1 2 3, 4 5 6, 3 2, 1 8." in customer.custom["speech"]
    assert customer.custom["speech"].endswith(customer.said[-1].rpartition("\n")[2])
    assert "NIP: 123-456-32-18" in customer.said[-1]


async def test_no_link_is_read_and_the_order_is_told_in_words(desk: Running) -> None:
    scripted = Scripted(desk, Person(locale="it"))
    customer = (await scripted.run("secure_page")).customer
    assert customer.link("secure_page")["href"] not in customer.custom.get("speech", "")

    await scripted.run("order.pay", "payment.pay")

    assert "zloty e " in customer.custom["speech"]
    assert "PLN" not in customer.custom["speech"]
