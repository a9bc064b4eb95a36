"""Stand-ins that speak the real providers' protocols, on loopback.

Here belongs whatever plays the far end: the SMS gateway, the mail relay, the registers, the payment providers and the
payer, with the ledger of what reached them. The room knows nothing of conversations, dialogs or the desk's database;
it is spoken to over HTTP and SMTP only, exactly as the real providers are. It may import `values`, nothing else of
ours. Only the composition root and the tests import it.
"""
