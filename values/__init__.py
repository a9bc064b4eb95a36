"""The words all rooms share.

Belongs here: the typed values of the desk (phone, e-mail, tax number, money …), each as `parse` → value or reason,
the kinds of expectation, the meanings a message can have, the border rule for incoming text and the redaction of
secrets. Must not know: dialogs, language understanding, services, channels, settings, the clock or any I/O.
"""
