"""The SMS's code and the letter's, typed in one message where the SMS's is asked for."""

from bot.conversation.identity import conversation_id
from sandbox.testing.pages import code_in
from services.store import journal
from tests.desk.running import Running
from tests.desk.scripted import Scripted, until
from tests.desk.test_letter_code import another, letter

WRONG = "To nie ten kod."
WRONG_LETTER = "Kod z e-maila się nie zgadza."


async def awaited(desk: Running) -> tuple[Scripted, str, str]:
    """A buyer at the code's step, the SMS's code and the letter's."""
    buyer = await Scripted(desk).run("contact_code")
    return buyer, await buyer.last_code(), code_in((await letter(desk, buyer))["text"])


async def test_both_are_taken_in_either_order_and_the_letter_isnt_asked_for_again(desk: Running) -> None:
    for swapped in (False, True):
        buyer, by_sms, by_letter = await awaited(desk)
        await buyer.say(f"{by_letter} {by_sms}" if swapped else f"{by_sms} {by_letter}")
        assert buyer.customer.expects == "tax_number"
        await buyer.run("payment")
        assert "order.email_link" not in buyer.trail
        assert (await desk.card(buyer.person.email))["account"]["status"] == "active"


async def test_the_seller_is_told_of_both(desk: Running) -> None:
    buyer, by_sms, by_letter = await awaited(desk)
    await buyer.say(f"{by_sms} {by_letter}")

    async def told() -> bool:
        arrived = [one["data"] for one in (await desk.http.get("/sandbox/api/events")).json()]
        return {one.get("kind") for one in arrived} >= {"phone", "email"}

    await until(told)


async def test_neither_is_kept_as_it_was_typed(desk: Running) -> None:
    buyer, by_sms, by_letter = await awaited(desk)
    await buyer.say(f"sms {by_sms}, mail {by_letter}")
    assert buyer.customer.expects == "tax_number"
    talks = (await desk.card(buyer.person.email))["conversations"]
    lines = repr(await desk.installation.store.read(lambda c: journal.everything(c, talks[0]["id"])))
    assert by_sms not in lines
    assert by_letter not in lines


async def test_the_letters_code_alone_confirms_the_letter_and_is_no_wrong_answer(desk: Running) -> None:
    buyer, by_sms, by_letter = await awaited(desk)
    await buyer.say(by_letter)
    assert buyer.customer.expects == "contact_code"
    assert WRONG not in buyer.customer.said[-1]
    await buyer.say(by_sms)
    assert buyer.customer.expects == "tax_number"


async def test_each_is_told_and_counted_on_its_own(desk: Running) -> None:
    buyer, by_sms, by_letter = await awaited(desk)
    await buyer.say(f"sms {by_sms}, mail {another(by_letter)}")
    assert buyer.customer.expects == "tax_number"
    assert WRONG_LETTER in buyer.customer.said[-1]
    await buyer.run("email_link")
    await buyer.say(another(by_letter))
    assert "3 próby" in buyer.customer.said[-1], "the second wrong one for the letter"
    await buyer.say(by_letter)
    assert buyer.customer.at == "order.method"


async def test_guesses_run_out_as_they_do_one_by_one(desk: Running) -> None:
    buyer, by_sms, by_letter = await awaited(desk)
    for _ in range(2):
        await buyer.say(f"{another(by_sms)} {another(by_letter)}")
    assert "jedna próba" in buyer.customer.said[-1], "four codes were tried"
    await buyer.say(f"mail {by_letter}")
    assert buyer.customer.expects == "contact_code"
    await buyer.say(by_sms)
    assert buyer.customer.expects == "tax_number"


async def test_the_letters_boxes_stay_from_the_texts_code_until_it_is_proven_or_an_order_stands(desk: Running) -> None:
    buyer, by_sms, by_letter = await awaited(desk)
    chat = conversation_id("rest", buyer.customer.sender)
    held = desk.installation.desk

    async def shown() -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
        now = await held.standing(chat)
        return [(one.by, one.proven) for one in now.codes], [(one.by, one.proven) for one in now.docked]

    assert await shown() == ([("sms", False), ("letter", False)], [])
    await buyer.say(by_sms)
    assert buyer.customer.expects == "tax_number"
    assert await shown() == ([], [("sms", True), ("letter", False)])
    await buyer.say("000000")
    assert buyer.customer.expects == "tax_number"
    assert await shown() == ([], [("sms", True), ("letter", False)])
    await buyer.say(by_letter)
    assert buyer.customer.expects == "tax_number"
    assert await shown() == ([], [])

    buyer, by_sms, by_letter = await awaited(desk)
    chat = conversation_id("rest", buyer.customer.sender)
    await buyer.say(by_sms)
    await buyer.run("email_link")
    assert await shown() == ([("letter", False)], []), "asked for by its own step"
    await buyer.say(by_letter)
    await buyer.run("payment")
    assert await shown() == ([], [])
