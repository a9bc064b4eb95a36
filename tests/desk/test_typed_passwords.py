"""A password typed into the chat where the page for it is open: nothing of it is kept anywhere."""

from pathlib import Path

import pytest

from tests.desk.running import running_desk

pytestmark = pytest.mark.anyio
TYPED = ("Xk9!kanarekPW-7z", "moje hasło będzie kanarekDrugi88!", "Faktura2026kanarek")


def all_of(folder: Path) -> bytes:
    """Database, write-ahead log and whatever else lies there."""
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


async def test_a_password_typed_at_the_password_step_is_kept_nowhere(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:
        customer = desk.customer()
        for message in ("start:buy", "account:new", "anna.kanarkowa@example.com"):
            await customer.say(message)
        assert customer.expects == "secure_page"
        for typed in TYPED:
            await customer.say(typed)
            assert "hasło" in customer.said[-1]
            assert customer.expects == "secure_page"
        await customer.say("/agent")
        await customer.say("nikt.inny@example.com")
        await desk.advance(3600)
        messages = (await desk.http.get("/sandbox/api/messages")).text
        assert "[removed: password]" in messages, "the support's mail tells the talk"
        assert not [word for word in ("kanarekPW", "kanarekDrugi", "2026kanarek") if word in messages]
        stored = all_of(tmp_path)
        assert b"anna.kanarkowa@example.com" in stored
        assert not [word for word in (b"kanarekPW", b"kanarekDrugi", b"2026kanarek") if word in stored]
