"""
OCPP over SOAP (1.2, 1.5, 1.6): elements of XML to payloads with the words of OCPP 1.6-J, and back.

From below: ``elements`` is the notation in which ``v12``, ``v15`` and ``v16`` say what their messages hold, which
``dialects`` puts together. ``read_payload`` makes payloads of elements, ``write_payload`` elements of payloads, both by
these tables; ``read_envelope`` and ``write_envelope`` know what stands around them. ``wsdl`` writes the tables in the
form that other programs read.
"""
