"""The call that sends a code by SMS."""

from urllib.parse import urlsplit

from bot.usecases.job_deps import JobDeps, does
from dialogs.kit import Event
from dialogs.messages.contact import CodeNotSent, CodeSent, SendCode
from services.contacts import codes
from services.errors import ProviderRefused
from services.jobs.port import StoredJob
from values import sms


@does(SendCode, tries=3, given_up=lambda _: CodeNotSent("unavailable"), writes=True)
async def send_code(deps: JobDeps, job: SendCode, stored: StoredJob) -> Event:
    """Made anew from its challenge: nowhere is it written down. One that the operator refuses counts for no quota."""
    locale = await deps.locale(stored)
    code = codes.derive(deps.server_key, job.challenge)
    text = deps.renderer.words("sms.code", {"code": code}, locale)
    host = urlsplit(deps.public_url).hostname
    if deps.renderer.seller.sign_up.code_line and host is not None:
        text = sms.bound_to(host, code, text)
    try:
        await deps.sms.send(job.phone, text, stored.key)
    except ProviderRefused as error:
        await deps.store.write(lambda connection: codes.not_sent(connection, job.challenge))
        return CodeNotSent(error.reason)
    return CodeSent(deps.clock.now())
