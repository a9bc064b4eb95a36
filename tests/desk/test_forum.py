"""The agents' Telegram group: who waits has a topic, what agents write there goes to the customer, and nothing else."""

from services.agents import audit
from services.support import notes
from tests.desk.databases import on_each_database
from tests.desk.forum import Forum, id_of
from tests.desk.scripted import Person, Scripted
from tests.desk.telegram_chat import soon


@on_each_database
async def test_a_stuck_customer_is_helped_in_the_group_and_finishes(forum: Forum) -> None:
    anna = await forum.agent("anna", 71)
    scripted = await Scripted(forum.desk, Person()).run("tax_number")
    customer = scripted.customer
    await customer.say("/agent")
    topic = await forum.topic()
    await soon(lambda: any(message.get("reply_markup") for message in topic.messages))
    (card,) = (message["text"] for message in topic.messages if message.get("reply_markup"))
    assert card != topic.texts[0], "words come first, the card last"
    assert "prośba o rozmowę z człowiekiem" in topic.name
    assert "NIP" in card
    assert scripted.person.email not in topic.name + topic.whole, "contact data are masked"
    assert scripted.person.email.partition("@")[2] in topic.name

    await customer.say("Nie wiem, jaki mam NIP")
    await forum.reads(topic, "Nie wiem, jaki mam NIP")
    assert await anna.presses(topic, "take") == "Rozmowa jest Twoja."
    await customer.look()
    assert customer.custom["mode"] == "agent"
    await forum.reads(topic, "Rozmowę prowadzi teraz Anna.")
    await anna.says(topic, "Już sprawdzam <b>w rejestrze</b>.")
    await customer.look()
    assert customer.said[-1] == "Już sprawdzam <b>w rejestrze</b>."
    assert await anna.presses(topic, "give_back") == "Oddano."
    await customer.look()
    assert customer.custom["mode"] == "bot"
    await soon(lambda: not topic.open)
    assert topic.name.startswith("✓ ")
    assert topic.whole.count("Już sprawdzam") == 0, "what was written there isn't written there again"
    await scripted.run()
    assert [order["status"] for order in (await forum.desk.card(scripted.person.email))["orders"]] == ["paid"]
    assert "Nie wiem" in topic.whole
    assert len(forum.api.topics) == 1


@on_each_database
async def test_what_is_no_answer_never_reaches_the_customer(forum: Forum) -> None:
    anna, marek = await forum.agent("anna", 71), await forum.agent("marek", 72)
    stranger = forum.member(99)
    customer = forum.desk.customer()
    await customer.say("/start")
    await customer.say("/agent")
    where, topic = await id_of(forum.desk, customer), await forum.topic()
    await anna.says(topic, "/note klient był u nas wczoraj")
    await anna.says(topic, "// drugi raz w tym tygodniu")
    await stranger.says(topic, "ja też coś powiem")
    await forum.reads(topic, "/join KOD")
    await stranger.says(topic, "i jeszcze")
    await customer.look()
    assert await forum.request(where)
    kept = await forum.desk.installation.store.read(lambda c: notes.of_conversation(c, where))
    assert [note.words for note in kept] == ["klient był u nas wczoraj", "drugi raz w tym tygodniu"]
    trail = await forum.desk.installation.store.read(lambda c: audit.page(c, most=100))
    assert [(line.what, line.conversation_id) for line in trail].count(("noted", where)) == 2
    assert topic.whole.count("/join KOD") == 1, "told once"

    said = len(customer.said)
    await anna.says(topic, "Dzień dobry, tu Anna.")
    await forum.reads(topic, "Rozmowę prowadzi teraz Anna.")
    await marek.says(topic, "A ja jestem Marek.")
    await forum.reads(topic, "Tę rozmowę prowadzi Anna.")
    await anna.sends(topic, photo=[{"file_id": "x", "file_unique_id": "y", "width": 1, "height": 1}], caption="patrz")
    await forum.reads(topic, "Do klienta trafia tylko tekst")
    await anna.says(topic, "/nte pomyłka")
    await forum.reads(topic, "Nie znam tego polecenia")
    await anna.says(topic, "Zamówienie {order} w drodze")
    await forum.reads(topic, "nieuzupełnione {order}")
    assert await marek.presses(topic, "done") == "Tę rozmowę prowadzi Anna."
    mine = await anna.says(topic, "Ostatnie słowo")
    edited = mine["message"] | {"text": "Poprawione słowo", "edit_date": 1763629300}
    await anna.done(forum.api.update(edited_message=edited))
    await forum.reads(topic, "Klient ma to, co wysłano najpierw")
    await anna.done(forum.api.says(anna.id, None, "w wątku ogólnym"))
    forum.api.message_id += 1
    elsewhere = forum.api.writes(anna.id, topic.id, text="w innej grupie") | {
        "chat": {"id": -100777, "type": "supergroup", "title": "X", "is_forum": True}
    }
    await anna.done(forum.api.update(message=elsewhere))
    await customer.look()
    new = customer.said[said:]
    assert [text for text in new if "Anna" not in text] == ["Ostatnie słowo"]
    assert new[-2:] == ["Dzień dobry, tu Anna.", "Ostatnie słowo"]
