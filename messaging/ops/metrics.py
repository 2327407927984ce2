"""What Prometheus reads of this process: numbers that the product has anyway, looked at when they
are asked for.
"""

from collections.abc import Iterator
from itertools import accumulate

from prometheus_client import CollectorRegistry, ProcessCollector, exposition
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from messaging.backends import mailbox, presence
from messaging.consumers.websocket import registry
from messaging.delivery.counters import LAG_BUCKETS, REASONS, counts
from messaging.noscript.streams import streams
from messaging.ops.readiness import CHECKS, readiness

CONTENT_TYPE = exposition.CONTENT_TYPE_PLAIN_0_0_4


class Collector:
    """Collects at each look. No label ever says who somebody is."""

    def collect(self) -> Iterator[Metric]:
        yield self._gauge("windows", "Sockets that are open here.", registry.size)
        yield self._gauge(
            "streams", "Pages without JavaScript that are being loaded here.", len(streams)
        )
        yield self._gauge("people_online", "People who hold a lease.", len(presence.online()))
        yield from self._waiting()
        yield self._ready()
        yield self._counter("messages_posted", "Messages that were taken.", counts.posted)
        yield self._counter(
            "messages_delivered", "Messages that a window has confirmed.", counts.delivered
        )
        yield self._counter(
            "messages_expired", "Messages that no window has shown in time.", counts.expired
        )
        yield self._refused()
        yield self._counter(
            "windows_resumed", "Windows that came back with a cursor.", counts.resumed
        )
        yield self._counter(
            "fragments_passed_over", "For pages that were too far behind.", counts.passed_over
        )
        unreadable = counts.unreadable_addresses
        yield self._counter(
            "unreadable_addresses", "X-Forwarded-For of trusted proxies, not read.", unreadable
        )
        yield self._lag()

    def _waiting(self) -> Iterator[Metric]:
        if held := mailbox.statistics():
            yield self._gauge(
                "mailbox_entries", "Entries that wait to be shown everywhere.", held.entries
            )
            yield self._gauge("mailbox_bytes", "Their texts.", held.size)
            yield self._gauge(
                "people_reachable", "People with a window that is there or awaited.", held.reachable
            )

    def _refused(self) -> Metric:
        family = CounterMetricFamily(
            "sotto_refused", "What was refused, by why.", labels=["reason"]
        )
        for reason in REASONS:
            family.add_metric([reason], counts.refused[reason])
        return family

    def _ready(self) -> Metric:
        family = GaugeMetricFamily(
            "sotto_ready", "1 for each thing that is there.", labels=["check"]
        )
        for check in CHECKS:
            family.add_metric([check], check not in readiness.last)
        return family

    def _lag(self) -> Metric:
        family = HistogramMetricFamily("sotto_loop_lag_seconds", "How late the event loop wakes.")
        borders = [*map(str, LAG_BUCKETS), "+Inf"]
        buckets = list(zip(borders, accumulate(counts.lag_counts), strict=True))
        family.add_metric([], buckets, counts.lag_total)
        return family

    def _gauge(self, name: str, words: str, value: float) -> Metric:
        return GaugeMetricFamily(f"sotto_{name}", words, value)

    def _counter(self, name: str, words: str, value: float) -> Metric:
        return CounterMetricFamily(f"sotto_{name}", words, value)


_registry = CollectorRegistry(auto_describe=False)
_registry.register(Collector())
ProcessCollector(registry=_registry)  # memory, processor time, open files


def text() -> str:
    return exposition.generate_latest(_registry).decode()
