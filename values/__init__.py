"""The vocabulary of all rooms: typed values, one file per subject.

Belongs here: values with their parsers (phone, e-mail, tax number, money …), each `parse` → value or reason; what a
step expects and what a message can mean; the rules of a seller; cleaning and redaction of incoming text. Must not know:
dialogs, language understanding, services, channels, settings, the clock or any I/O.
"""
