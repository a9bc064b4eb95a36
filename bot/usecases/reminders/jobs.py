"""The call that reminds by e-mail of what a customer has left unfinished."""

import sqlalchemy as sa

from bot.usecases.emails import rendering
from bot.usecases.job_deps import JobDeps, does
from bot.usecases.reminders import stop_links, unfinished
from dialogs.kit import Event
from dialogs.messages.letters import MailUnfinished, UnfinishedMailed
from dialogs.versions import load
from services.accounts import account_view, one_time_links, start_links
from services.errors import ProviderUnavailable
from services.jobs.port import StoredJob
from services.messaging.mail import Mail


@does(MailUnfinished, tries=12, given_up=lambda _: UnfinishedMailed(), writes=True)
async def mail_unfinished(deps: JobDeps, job: MailUnfinished, stored: StoredJob) -> Event:
    """Once: where a process died while it was sending, rather none than two."""
    now, id = deps.clock.now(), job.link_id
    letter = await deps.store.read(lambda connection: _letter(deps, job, connection))
    if letter is None:
        return UnfinishedMailed()
    what, of = unfinished.LETTER, (unfinished.LETTER, unfinished.PRESS)

    def leaves(connection: sa.Connection) -> bool:
        link = one_time_links.get(connection, link_id=id, now=now)
        if link is None or not one_time_links.hand_out(connection, link_id=id, what=what, of=of, now=now):
            return False
        stop_links.note_letter_address(connection, link, deps.server_key, letter.to)
        return True

    if not await deps.store.write(leaves):
        return UnfinishedMailed()
    try:
        return await deps.post(letter, stored.key, UnfinishedMailed(), lambda _r: UnfinishedMailed())
    except ProviderUnavailable as error:
        if not error.uncertain:
            await deps.store.write(lambda c: one_time_links.take_back(c, link_id=id, what=what))
        raise


def _letter(deps: JobDeps, job: MailUnfinished, connection: sa.Connection) -> Mail | None:
    """None where the customer has come back, has finished or stopped, or is no longer to be written to."""
    now = deps.clock.now()
    link = one_time_links.get(connection, link_id=job.link_id, now=now)
    token = start_links.token_of(deps.server_key, job.link_id)
    way: start_links.StartToken | None = start_links.get(connection, token=token)
    to = unfinished.find_reminder_address(connection, job.account_id)
    if link is None or link.state != "open" or way is None or to is None:
        return None
    here = unfinished.find_left_conversation(connection, link)
    if here is None:
        return None
    case = load(here.state)
    order = account_view.order_view(connection, job.account_id, case.order.id or "")
    if not unfinished.is_still_unfinished(case, order, now):
        return None
    leave = f"{deps.public_url}/s/{one_time_links.token_of(deps.server_key, link.id)}"
    params = {**unfinished.show_order(order), "expires_at": way.expires_at}
    return rendering.write_unfinished(
        deps.renderer, to, f"{deps.public_url}/chat?start={token}", leave, params, here.locale
    )
