"""A customer's password is hashed anew at the log-in after the figures were raised."""

import sqlalchemy as sa

from bot.usecases.accounts.passwords import LogIns, RightLogIn, WrongLogIn
from services.store.database import Store
from services.store.tables.accounts import credential
from tests.services.agents.conftest import KEY, Moved, Plain
from tests.services.domain.people import customer
from values.private import Secret


async def test_a_right_password_is_hashed_anew_once(store: Store) -> None:
    def set_hash(connection: sa.Connection) -> None:
        customer(connection)
        connection.execute(sa.update(credential).values(password_hash="weak hash of right"))

    async def kept() -> str:
        return await store.read(lambda c: c.execute(sa.select(credential.c.password_hash)).scalar_one())

    await store.write(set_hash)
    log_ins = LogIns(store, Moved(), Plain(), KEY, by_number=False, quotas=True)
    assert isinstance(await log_ins.attempt("anna@example.com", Secret("wrong"), None), WrongLogIn)
    assert await kept() == "weak hash of right"
    for _ in range(2):
        assert isinstance(await log_ins.attempt("anna@example.com", Secret("right"), None), RightLogIn)
        assert await kept() == "hash of right"
