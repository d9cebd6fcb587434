"""Charge points over a message broker: what a gateway put on topics is answered on others. Needs the extra ``mqtt``."""
