"""The call that sends a code by SMS."""

from bot.usecases.job_deps import JobDeps
from dialogs.kit import Event
from dialogs.messages.contact import CodeNotSent, CodeSent, SendCode
from services.contacts import codes
from services.errors import ProviderRefused
from services.jobs.port import StoredJob


async def send_code(tools: JobDeps, call: SendCode, stored: StoredJob) -> Event:
    """Made anew from its challenge: nowhere is it written down. One that the operator refuses counts for no quota."""
    locale = await tools.locale(stored)
    code = codes.derive(tools.server_key, call.challenge)
    text = tools.renderer.words("sms.code", {"code": code}, locale)
    try:
        await tools.sms.send(call.phone, text, stored.key)
    except ProviderRefused as error:
        await tools.store.write(lambda connection: codes.not_sent(connection, call.challenge))
        return CodeNotSent(error.reason)
    return CodeSent(tools.clock.now())
