"""Values sent in two messages, one right after the other."""

from tests.desk.running import Running
from tests.desk.scripted import Person, Scripted


async def test_a_code_in_two_messages_is_the_code(desk: Running) -> None:
    buyer = await Scripted(desk).run("contact_code")
    code = await buyer.last_code()
    await buyer.customer.say(code[:3])
    assert buyer.customer.expects == "contact_code"
    await buyer.customer.say(code[3:])
    assert buyer.customer.expects != "contact_code"


async def test_an_address_in_two_messages_is_one(desk: Running) -> None:
    buyer = await Scripted(desk).run("email")
    name, _, domain = buyer.person.email.partition("@")
    await buyer.customer.say(f"{name}@")
    await buyer.customer.say(domain)
    assert buyer.customer.expects == "secure_page"


async def test_a_part_that_comes_later_is_an_answer_of_its_own(desk: Running) -> None:
    buyer = await Scripted(desk, Person()).run("contact_code")
    code = await buyer.last_code()
    await buyer.customer.say(code[:3])
    await desk.advance(3)
    await buyer.customer.say(code[3:])
    assert buyer.customer.expects == "contact_code"
