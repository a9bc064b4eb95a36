"""The call that reminds by e-mail of what a customer has left unfinished."""

import sqlalchemy as sa

from bot.usecases.emails import rendering
from bot.usecases.job_deps import JobDeps
from bot.usecases.reminders import unfinished
from bot.usecases.reminders.unfinished import LETTER, PRESS
from dialogs.kit import Event
from dialogs.messages.letters import MailUnfinished, UnfinishedMailed
from dialogs.versions import load
from services.accounts import one_time_links, start_links
from services.accounts.start_links import StartToken
from services.errors import ProviderUnavailable
from services.jobs.port import StoredJob
from services.messaging.mail import Mail


async def mail_unfinished(tools: JobDeps, call: MailUnfinished, stored: StoredJob) -> Event:
    """Once: where a process died while it was sending, rather none than two."""
    now, id = tools.clock.now(), call.link_id
    letter = await tools.store.read(lambda connection: _letter(tools, call, connection))
    if letter is None:
        return UnfinishedMailed()
    what, of = LETTER, (LETTER, PRESS)
    if not await tools.store.write(lambda c: one_time_links.give(c, link_id=id, what=what, of=of, now=now)):
        return UnfinishedMailed()
    try:
        return await tools.post(letter, stored.key, UnfinishedMailed(), lambda _r: UnfinishedMailed())
    except ProviderUnavailable as error:
        if not error.uncertain:
            await tools.store.write(lambda c: one_time_links.take_back(c, link_id=id, what=what))
        raise


def _letter(tools: JobDeps, call: MailUnfinished, connection: sa.Connection) -> Mail | None:
    """None where the customer has come back, has finished or stopped, or is no longer to be written to."""
    now = tools.clock.now()
    link = one_time_links.get(connection, link_id=call.link_id, now=now)
    token = start_links.token_of(tools.server_key, call.link_id)
    way: StartToken | None = start_links.get(connection, token=token)
    to = unfinished.addressee(connection, call.account_id)
    if link is None or link.state != "open" or way is None or to is None:
        return None
    here = unfinished.left(connection, link)
    if here is None:
        return None
    case = load(here.state)
    if not unfinished.is_open(case):
        return None
    leave = f"{tools.public_url}/s/{one_time_links.token_of(tools.server_key, link.id)}"
    params = {**unfinished.shown(case), "expires_at": way.expires_at}
    return rendering.unfinished(
        tools.renderer, to, f"{tools.public_url}/chat?start={token}", leave, params, here.locale
    )
