"""The order in which a crowded network's requests are served beside everybody else's."""

import random
from datetime import datetime

import pytest
import sqlalchemy as sa

from services.accounts import visits
from services.store.tables.core import conversation as talks
from services.support import handoffs, second_line
from services.support.second_line import CEILING
from tests.services.domain.people import conversation, customer, later

CROWD, ELSEWHERE = "a crowded network", "another network"


def ask(connection: sa.Connection, talk: str, network: str | None, now: datetime) -> None:
    conversation(connection, talk)
    connection.execute(sa.update(talks).where(talks.c.id == talk).values(network=network))
    handoffs.ask(connection, conversation_id=talk, reason="asked", email=None, now=now)


def take(connection: sa.Connection, talk: str, now: datetime) -> None:
    handoffs.take(connection, conversation_id=talk, agent_id="anna", now=now)


def log_in(connection: sa.Connection, talk: str, account: str, now: datetime) -> None:
    connection.execute(sa.update(talks).where(talks.c.id == talk).values(account_id=account))
    visits.begin(connection, conversation_id=talk, account_id=account, now=now)


def in_order(connection: sa.Connection) -> list[str]:
    return [one.conversation_id for one in second_line.order_waiting_requests(connection).queue]


def test_who_moves_up_stands_behind_whoever_asked_before_that(connection: sa.Connection) -> None:
    for n in range(60):
        ask(connection, f"crowd-{n}", CROWD, later(minutes=n))
    ask(connection, "one", ELSEWHERE, later(minutes=60))
    assert in_order(connection).index("one") == CEILING
    served = list[str]()
    while "one" not in served:
        served.append(in_order(connection)[0])
        take(connection, served[-1], later(minutes=60 + len(served)))
        assert len(in_order(connection)) == CEILING + ("one" not in served), "the next of the network has moved up"
    assert len(served) == CEILING + 1
    assert in_order(connection) == [f"crowd-{n}" for n in range(10, 20)]
    line = second_line.order_waiting_requests(connection)
    assert [one.conversation_id for one in line.second] == [f"crowd-{n}" for n in range(20, 60)]


@pytest.mark.parametrize("way", ["ends", "logs in", "is taken and put back"])
def test_each_way_out_of_the_ten_makes_room_from_its_hour_on(connection: sa.Connection, way: str) -> None:
    for n in range(CEILING + 1):
        ask(connection, f"crowd-{n}", CROWD, later(minutes=n))
    ask(connection, "early", ELSEWHERE, later(minutes=20))
    at = later(minutes=30)
    if way == "ends":
        handoffs.end(connection, conversation_id="crowd-3", now=at)
    elif way == "logs in":
        log_in(connection, "crowd-3", customer(connection), at)
    else:
        take(connection, "crowd-3", at)
    ask(connection, "late", ELSEWHERE, later(minutes=40))
    assert in_order(connection)[-3:] == ["early", f"crowd-{CEILING}", "late"]
    if way == "is taken and put back":
        handoffs.put_back(connection, conversation_id="crowd-3")
        assert in_order(connection)[3] == "crowd-3", "at its old place"
        assert second_line.ids(connection) == {f"crowd-{CEILING}"}


def test_who_logs_in_while_in_the_second_line_stands_by_that_hour(connection: sa.Connection) -> None:
    for n in range(CEILING + 1):
        ask(connection, f"crowd-{n}", CROWD, later(minutes=n))
    ask(connection, "early", ELSEWHERE, later(minutes=20))
    log_in(connection, f"crowd-{CEILING}", customer(connection), later(minutes=30))
    assert in_order(connection)[-2:] == ["early", f"crowd-{CEILING}"]


@pytest.mark.parametrize("seed", range(6))
def test_the_order_is_that_of_a_queue_in_which_each_was_put_at_its_hour(connection: sa.Connection, seed: int) -> None:
    """Played beside a plain queue that moves people up one by one, as if the line were stored."""
    dice = random.Random(seed)
    customer(connection)
    queue, second, counted = list[str](), list[str](), set[str]()
    network_of = dict[str, str]()
    for minute in range(150):
        now, talk = later(minutes=minute), f"talk-{minute}"
        if dice.random() < 0.6 or not queue:
            network_of[talk] = network = dice.choice([CROWD, CROWD, CROWD, ELSEWHERE])
            ask(connection, talk, network, now)
            full = sum(network_of[one] == network for one in counted) >= CEILING
            (second if full else queue).append(talk)
            counted |= set() if full else {talk}
        elif dice.random() < 0.7:
            gone = dice.choice([queue[0], *queue, *second])
            if dice.random() < 0.5:
                take(connection, gone, now)
            else:
                handoffs.end(connection, conversation_id=gone, now=now)
            (queue if gone in queue else second).remove(gone)
            counted.discard(gone)
        else:
            known = dice.choice([*queue, *second])
            log_in(connection, known, "a1", now)
            counted.discard(known)
            if known in second:
                second.remove(known)
                queue.append(known)
        for one in list(second):
            if sum(network_of[other] == network_of[one] for other in counted) < CEILING:
                second.remove(one)
                queue.append(one)
                counted.add(one)
        line = second_line.order_waiting_requests(connection)
        assert [one.conversation_id for one in line.queue] == queue
        assert [one.conversation_id for one in line.second] == second
        assert second_line.ids(connection) == set(second)
