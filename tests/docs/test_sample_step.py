"""The sample step of the docs, played with its command."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest
import sqlalchemy as sa

from dialogs.kit import Command, Context, Event, Journey, Outcome, Said, decide
from docs.dev.samples.step import Case, KeepCompanySize, dialog, keep_company_size
from tests.dialogs.driver import NOW, SELLER
from values.meaning import Answer, Meaning, NavigationCommand, Press


@dataclass
class Chat:
    """A conversation with the sample's dialog alone."""

    connection: sa.Connection
    case: Case = field(default_factory=Case)

    def say(self, *meanings: Meaning) -> Outcome[Case]:
        outcome, journey = None, Journey([dialog])
        for meaning in meanings:
            outcome = decide(
                journey,
                self.case,
                Said(meaning),
                context=lambda case: Context(case, NOW, "rest", SELLER),
                perform=self.perform,
                new_key=lambda: "key",
            )
            self.case = outcome.case
        assert outcome is not None
        return outcome

    def perform(self, command: Command, _key: str) -> Event:
        assert isinstance(command, KeepCompanySize)
        return keep_company_size(cast("Any", None), command, cast("Any", SimpleNamespace(connection=self.connection)))

    @property
    def stored(self) -> str | None:
        return self.connection.scalar(sa.text("select company_size from account"))


@pytest.fixture
def chat() -> Iterator[Chat]:
    with sa.create_engine("sqlite://").begin() as connection:
        connection.execute(sa.text("create table account (id text, company_size text)"))
        connection.execute(sa.text("insert into account values ('account-1', null)"))
        yield Chat(connection)


def asked(outcome: Outcome[Case]) -> str | None:
    return outcome.question.step.path if outcome.question else None


@pytest.mark.parametrize(("meaning", "size"), [(Press("size:2-9"), "2-9"), (Answer("12 people"), "10-49")])
def test_an_answer_by_button_or_in_words_is_kept_with_the_account(chat: Chat, meaning: Meaning, size: str) -> None:
    assert asked(chat.say(meaning)) == "firm.sign"
    assert (chat.case.firm.company_size, chat.stored) == (size, size)


@pytest.mark.parametrize(("text", "reason"), [("many", "none"), ("10-20", "range"), ("5-8 osób", "range")])
def test_what_the_parser_refuses_is_asked_again(chat: Chat, text: str, reason: str) -> None:
    outcome = chat.say(Answer(text))
    assert asked(outcome) == "firm.size"
    assert outcome.says[-1].key == f"refused.number.{reason}"


def test_it_may_be_passed_over_also_after_an_answer(chat: Chat) -> None:
    assert asked(chat.say(Press("size:1"), NavigationCommand("back"), Press("size:skip"))) == "firm.sign"
    assert (chat.case.firm.company_size, chat.stored) == ("", None)


@pytest.mark.parametrize("way", [NavigationCommand("back"), Press("sign:edit"), Press("edit:size")])
def test_back_and_change_ask_again_and_the_new_answer_is_kept(chat: Chat, way: Meaning) -> None:
    assert asked(chat.say(Press("size:1"), way)) == "firm.size"
    assert asked(chat.say(Press("size:50+"))) == "firm.sign"
    assert chat.stored == "50+"


def test_behind_the_act_back_stops_and_a_new_answer_is_taken_all_the_same(chat: Chat) -> None:
    back = chat.say(Press("size:1"), Press("sign:yes"), NavigationCommand("back"))
    assert [say.key for say in back.says] == ["kit.act_done.firm.sign"]
    assert asked(chat.say(Press("edit:size"), Press("size:2-9"))) == "firm.end"
    assert chat.stored == "2-9"
