"""A password typed into the chat where the page for it is open: nothing of it is kept anywhere."""

from datetime import timedelta
from pathlib import Path

from bot.conversation.inbound import Body, ButtonPressed, Edited, Inbound, Text
from tests.desk.running import running_desk
from tests.desk.scripted import PASSWORD
from tests.kit.talks import says
from values.channel import Channel

TYPED = ("Xk9!kanarekPW-7z", "moje hasło będzie kanarekDrugi88!", "Faktura2026kanarek")


def all_of(folder: Path) -> bytes:
    """Database, write-ahead log and whatever else lies there."""
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


async def test_a_password_typed_at_the_password_step_is_kept_nowhere(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:
        customer = await says(desk.customer(), "start:buy", "account:new", "anna.kanarkowa@example.com")
        assert customer.expects == "secure_page"
        for typed in TYPED:
            await customer.say(typed)
            assert "hasło" in customer.said[-1]
            assert customer.expects == "secure_page"
        await says(customer, "/agent", "nikt.inny@example.com")
        await desk.advance(3600)
        messages = (await desk.http.get("/sandbox/api/messages")).text
        assert "[removed: password]" in messages, "the support's mail tells the talk"
        assert not [word for word in ("kanarekPW", "kanarekDrugi", "2026kanarek") if word in messages]
        stored = all_of(tmp_path)
        assert b"anna.kanarkowa@example.com" in stored
        assert not [word for word in (b"kanarekPW", b"kanarekDrugi", b"2026kanarek") if word in stored]


async def test_nor_is_one_put_into_an_earlier_message_by_an_edit(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:
        door = desk.installation.desk

        async def say(n: int, body: Body) -> str:
            inbound = Inbound(Channel.WEB, "a" * 32, f"{n}", body, reference=f"{n}" if n < 9 else "4")
            receipt = await door.receive(inbound)
            await door.settled(receipt.root, timedelta(seconds=20))
            return receipt.conversation_id

        conversation = ""
        for n, body in enumerate(
            (ButtonPressed("start:buy"), ButtonPressed("account:new"), Text("anna@example.com"), Text("już"))
        ):
            conversation = await say(n + 1, body)
        page = (await door.standing(conversation)).links[0].href
        await desk.http.post(page, data={"password": PASSWORD, "password_repeat": PASSWORD})
        assert (await door.standing(conversation)).step == "consents"
        await say(9, Edited("Faktura2026kanarek"))
        assert (await door.messages(conversation, with_customer=True))[-2].text == "[removed: password]"
        assert b"2026kanarek" not in all_of(tmp_path)
