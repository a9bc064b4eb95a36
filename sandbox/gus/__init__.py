"""The stand-in of the REGON register (GUS BIR): SOAP in, MTOM out."""
