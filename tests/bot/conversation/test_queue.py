"""The queue of a conversation: one at a time, in order, and gone when nobody stands in it."""

import asyncio
import random

from bot.conversation.queue import ConversationQueue


async def test_turns_of_one_conversation_run_one_at_a_time_in_the_order_they_came() -> None:
    lines, ran, inside = ConversationQueue(), list[int](), 0

    async def turn(number: int) -> None:
        nonlocal inside
        async with lines.turn("c1", word=str(number)):
            inside += 1
            assert inside == 1
            await asyncio.sleep(0)
            ran.append(number)
            inside -= 1

    async with asyncio.TaskGroup() as group:
        for number in range(50):
            group.create_task(turn(number))
    assert ran == list(range(50))
    assert len(lines) == 0


async def test_conversations_do_not_wait_for_each_other() -> None:
    lines = ConversationQueue()
    async with lines.turn("c1"), lines.turn("c2"):
        assert len(lines) == 2


async def test_who_waits_behind_is_seen() -> None:
    lines, seen = ConversationQueue(), list[tuple[str, ...]]()

    async def turn(word: str | None) -> None:
        async with lines.turn("c1", word=word) as place:
            await asyncio.sleep(0)
            seen.append(place.behind)

    async with asyncio.TaskGroup() as group:
        for word in ("a", "b", None, "b", "c"):
            group.create_task(turn(word))
    assert seen == [("b", "b", "c"), ("b", "c"), ("b", "c"), ("c",), ()]


async def test_no_line_outlives_who_stood_in_it_whatever_became_of_them() -> None:
    lines, dice = ConversationQueue(), random.Random(7)

    async def turn(number: int) -> None:
        async with lines.turn(f"c{number % 5}", word=str(number)):
            await asyncio.sleep(dice.random() / 1000)
            if number % 3 == 0:
                raise ZeroDivisionError

    tasks = [asyncio.create_task(turn(number)) for number in range(100)]
    await asyncio.sleep(0.002)
    for task in dice.sample(tasks, 40):
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert len(lines) == 0
