"""
From settings to a running worker: what must be in order before the first message is served.

Raises what is wrong in one sentence; says on the way what is served.
"""

from __future__ import annotations

from shocpp.log import Log
from shocpp.spool.conf.configuration import find_charge_points
from shocpp.transports import introduction
from shocpp.transports.mqtt.broker_address import BrokerAddress
from shocpp.transports.mqtt.worker import Worker
from shocpp.transports.open_files import allowed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.settings import Settings
    from shocpp.transports.mqtt.task import Task

_FILES_FOR_OTHERS = 100  # records, sightings, configuration, the broker


def serve(settings: Settings, url: str, task: Task, introduce: Callable[[str], None]) -> None:
    """
    Serve charge points over a broker until SIGTERM or SIGINT.

    Args:
        settings: The settings in force.
        url: The broker's.
        task: What shall be done.
        introduce: Is given sentences that say what is served, once it is.

    Raises:
        ShocppError: Something is not in order: address, list of charge points, the broker itself.
    """
    address = BrokerAddress(url, settings)
    find_charge_points(settings.charge_points_file)
    log = Log(settings.log_file, least=settings.log_level)

    def ready() -> None:
        whose = f"those of worker {task.partition}" if task.partition.of > 1 else "all"
        topics = ", ".join(task.filters)
        introduce(f"serving charge points over {address}, {whose}: topics {topics}, as {task.client_id}")
        introduce(f"transaction ids carry {settings.transaction_unit}")
        for said in introduction.accounts_in(settings.tags_file):
            introduce(said)
        introduce(introduction.accounting_in(settings.accounting))

    Worker(settings, address, task, _most_served(settings.connection_limit), log).run(ready)


def _most_served(wanted: int) -> int:
    """Give how many charge points may be served, as far as open files allow: each has its mailbox."""
    return max(1, min(wanted, allowed(wanted + _FILES_FOR_OTHERS) - _FILES_FOR_OTHERS))
