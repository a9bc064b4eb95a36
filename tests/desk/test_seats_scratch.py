import os
from pathlib import Path
from tests.desk.running import running_desk
from tests.desk.scripted import Person, Scripted

WAYS=("start:buy","account:new","seats:5","term:1m","terms:accept","clauses:accept","pay:now","einvoice:activate")
async def test_talk(tmp_path: Path) -> None:
    async with running_desk(tmp_path/"d", profile=Path("/tmp/seats/mo")) as desk:
        lines = Path(os.environ["TALK"]).read_text().splitlines()
        locale = lines[0]
        b = Scripted(desk, Person(locale=locale, ways=WAYS))
        for line in lines[1:]:
            if not line: continue
            if line.startswith("@"):
                await b.run(*line[1:].split())
            elif line == "!card":
                import json
                c = await desk.card(b.person.email)
                print(json.dumps({k:c[k] for k in ("orders","subscriptions")}, indent=1))
                continue
            elif line == "!mail":
                for m in await desk.outbox(b.person.email): print(m)
                continue
            elif line == "!new":
                b = Scripted(desk, Person(locale=locale, ways=WAYS)); continue
            else:
                n = len(b.customer.said)
                await b.say(line)
                print(">>", line)
            print("   ", b.customer.at, b.customer.expects, b.customer.buttons)
            for s in b.customer.said[n if not line.startswith("@") else -2:]: print("    |", s.replace("\n","\n    | "))
