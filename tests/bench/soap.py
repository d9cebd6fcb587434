"""
What a request over SOAP costs: processor time, beside the same one as JSON, and beside a server of spyne.

    python -m tests.bench.soap [ROUNDS]

A MeterValues of OCPP 1.5 with two sampled values: served by a backend in this process, as a frame of JSON and in an
envelope. What spyne (2.14, not installed by us: ``pip install spyne pytz``) takes is for its own part alone: it reads
the envelope and writes the answer, and does nothing in between.
"""

from __future__ import annotations

import io
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from shocpp.log import Log
from shocpp.ocpp import frames
from shocpp.ocpp.soap.dialects import CENTRAL_SYSTEM
from tests.support.in_place import InPlace
from tests.support.scratch import Scratch
from tests.support.soap_peers import asked, call_in

COUNT = 2_000  # requests of a round
_VALUE = {"value": "9050000", "measurand": "Energy.Active.Import.Register", "unit": "Wh"}
PAYLOAD: dict[str, Any] = {
    "connectorId": 1,
    "transactionId": 20_009_042,
    "meterValue": [{"timestamp": "2026-01-31T11:00:00Z", "sampledValue": [_VALUE, _VALUE]}],
}
ENVELOPE = asked("1.5", "MeterValues", PAYLOAD, sender="http://127.0.0.1:1/")


def _json_of(backend: InPlace) -> Callable[[], object]:
    data = json.dumps([2, "1", "MeterValues", PAYLOAD]).encode()
    return lambda: backend.receive(data)


def _soap_of(backend: InPlace) -> Callable[[], object]:
    def serve() -> bytes:
        soap_call = call_in(ENVELOPE, CENTRAL_SYSTEM)
        (line,) = backend.receive(soap_call.call.encode().encode())
        frame = frames.parse(json.loads(line))
        assert isinstance(frame, frames.CallResult)
        return soap_call.answer(frame)[1]

    return serve


def _spyne() -> Callable[[], object] | None:
    """Give what has spyne answer the same envelope; None where it is not installed."""
    try:
        from spyne import Application, ComplexModel, DateTime, Integer, ServiceBase, Unicode, XmlAttribute, XmlData, rpc
        from spyne.protocol.soap import Soap12
        from spyne.server.wsgi import WsgiApplication
    except ImportError:
        return None
    namespace = "urn://Ocpp/Cs/2012/06/"
    text = {"__namespace__": namespace}
    value: Any = type("value", (ComplexModel,), text | {
        "text": XmlData(Unicode), "measurand": XmlAttribute(Unicode), "unit": XmlAttribute(Unicode),
    })  # fmt: skip
    values: Any = type(
        "values", (ComplexModel,), text | {"timestamp": DateTime, "value": value.customize(max_occurs=9)}
    )

    def meterValuesRequest(  # noqa: N802 - spyne takes the names of elements from here
        ctx: object,
        connectorId: int,  # noqa: N803
        transactionId: int,  # noqa: N803
        values: object,
    ) -> None:
        """Do nothing."""

    made = rpc(Integer, Integer, values.customize(max_occurs=9))(meterValuesRequest)
    service = type("CentralSystemService", (ServiceBase,), {"meterValuesRequest": made})
    application = WsgiApplication(Application([service], namespace, in_protocol=Soap12(), out_protocol=Soap12()))
    environ = {
        "REQUEST_METHOD": "POST", "PATH_INFO": "/", "SCRIPT_NAME": "", "QUERY_STRING": "", "SERVER_NAME": "h",
        "SERVER_PORT": "80", "wsgi.url_scheme": "http", "CONTENT_TYPE": "application/soap+xml; charset=utf-8",
        "CONTENT_LENGTH": str(len(ENVELOPE)),
    }  # fmt: skip

    def serve() -> bytes:
        said: list[str] = []
        body = application({**environ, "wsgi.input": io.BytesIO(ENVELOPE)}, lambda status, _: said.append(status))
        answer = b"".join(body)
        assert said[0].startswith("200"), answer
        return answer

    return serve


def _each_us(serve: Callable[[], object]) -> float:
    began = time.process_time()
    for _ in range(COUNT):
        serve()
    return (time.process_time() - began) / COUNT * 1e6


def main(rounds: int = 5) -> None:
    """Print a line for each: the median of some rounds, which are taken in turns."""
    with tempfile.TemporaryDirectory() as folder:
        scratch = Scratch(Path(folder))
        backend = InPlace("CP001", scratch.settings, Log(str(scratch.home / "log")))
        backend.open()
        served = {"JSON": _json_of(backend), "SOAP": _soap_of(backend), "spyne, without a backend": _spyne()}
        took: dict[str, list[float]] = {name: [] for name in served}
        for _ in range(rounds):
            for name, serve in served.items():
                if serve is not None:
                    took[name].append(_each_us(serve))
            backend.do_deferred(is_idle=True)
        for name, each in took.items():
            print(f"{name:<26}{f'{statistics.median(each):.0f} µs' if each else 'is not installed'}")
        backend.close()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
