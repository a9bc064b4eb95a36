"""Stored conversations: through JSON and back, from other releases, and broken ones."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from dialogs.kit import TalkState
from dialogs.messages.contact import CheckCode
from dialogs.messages.letters import SendLetter
from dialogs.state import Account, Company, Contact, ConversationState
from dialogs.versions import VERSION, dump, load
from tests.dialogs.driver import Driver, activated, card_filled, contact_proven, ordered, paid, signed_up


@pytest.mark.parametrize("stage", [Driver, signed_up, contact_proven, card_filled, ordered, paid, activated])
def test_a_conversation_is_the_same_after_it_was_stored(stage: type[Driver]) -> None:
    case = stage().case

    assert load(json.loads(json.dumps(dump(case)))) == case


MANY_THREADS = """
import json, sys, threading
from dialogs.versions import load

sys.setswitchinterval(1e-6)
stored, together = json.load(sys.stdin), threading.Barrier(16)
threads = [threading.Thread(target=lambda: (together.wait(), load(stored))) for _ in range(16)]
for thread in threads:
    thread.start()
"""


@pytest.mark.parametrize("_time", range(4))
def test_many_threads_read_their_first_state_at_once(_time: int) -> None:
    """Left to itself msgspec ends the process then, one time in three."""
    command = [sys.executable, "-c", MANY_THREADS]
    stored = json.dumps(dump(paid().case))
    assert subprocess.run(command, input=stored, text=True, cwd=Path(__file__).parents[2], check=False).returncode == 0


def test_what_isnt_known_isnt_stored() -> None:
    assert dump(ConversationState()) == {"v": VERSION}


def test_what_this_release_does_not_know_is_forgotten() -> None:
    stored = {"v": VERSION, "account": {"email": "jan@example.com", "shoe_size": 43}, "horoscope": {"sign": "lion"}}

    assert load(stored) == ConversationState(account=Account(email="jan@example.com"))


def test_steps_that_are_gone_are_forgotten_and_the_talk_goes_on() -> None:
    customer = contact_proven()
    old = dump(customer.case)
    old["talk"]["answered"] = ["account.start", "account.star_sign", "contact.phone"]
    old["talk"] |= {"awaiting": {"account.horoscope/AskStars": "key-1"}, "revising": "account.star_sign"}
    old["talk"] |= {"editing": "account.summary"}
    customer.case = load(old)

    assert customer.at == "company.tax_number"
    assert customer.command("back").heard == ["kit.act_done.contact.contact_code"]
    assert customer.correct("star_sign", "lion").heard == ["kit.nothing_to_correct"]
    assert customer.command("restart").at == "account.start"


def test_a_later_releases_conversation_is_refused() -> None:
    with pytest.raises(ValueError, match="later release"):
        load({"v": VERSION + 1})


def test_a_broken_conversation_is_named_by_its_slots_never_by_what_they_hold() -> None:
    with pytest.raises(ValueError, match=r"account\.email") as caught:
        load({"v": VERSION, "account": {"email": ["jan@example.com"]}})

    assert "jan" not in str(caught.value)


@pytest.mark.parametrize(
    "thing",
    [
        Account(email="jan@example.com"),
        Contact(phone="+48512000999"),
        Company(tax_number="1234563218", name="Jan Kowalski"),
        SendLetter("letter-1", "jan@example.com"),
        CheckCode("challenge-1", "123456", "account-1", "+48512000999"),
        ConversationState(TalkState(), account=Account(email="jan@example.com")),
    ],
)
def test_what_a_person_typed_is_in_no_repr(thing: object) -> None:
    shown = repr(thing)

    assert not any(word in shown for word in ("jan@", "Jan", "512000999", "123456"))


def test_a_message_shows_what_is_not_private() -> None:
    assert repr(CheckCode("challenge-1", "123456", "account-1", "+48512000999")).startswith("CheckCode(challenge")
