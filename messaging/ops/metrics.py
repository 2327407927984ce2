"""Prometheus metrics of this process."""

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
from messaging.delivery.counters import LAG_BUCKETS, PUSH_RESULTS, REASONS, counts
from messaging.files.counters import REASONS as FILE_REASONS
from messaging.files.counters import counts as transfers
from messaging.files.registry import registry as files
from messaging.noscript.streams import streams
from messaging.ops.health import CHECKS, Answer, readiness


class Collector:
    """Collect the metrics at each scrape. No label identifies a user."""

    def collect(self) -> Iterator[Metric]:
        yield self._gauge("windows", "Open WebSockets.", registry.size)
        yield self._gauge("streams", "Open pages without JavaScript.", len(streams))
        yield self._gauge("people_online", "Users who are online.", len(presence.online()))
        yield from self._waiting()
        yield self._ready()
        yield self._counter("messages_posted", "Messages accepted.", counts.posted)
        yield self._counter(
            "messages_delivered", "Messages confirmed by a window.", counts.delivered
        )
        yield self._counter(
            "messages_expired", "Messages that no window showed in time.", counts.expired
        )
        yield self._refused()
        yield self._pushes()
        yield self._counter(
            "windows_resumed", "Windows that reconnected with a cursor.", counts.resumed
        )
        yield self._counter(
            "fragments_passed_over",
            "Fragments skipped for pages that were too far behind.",
            counts.passed_over,
        )
        unreadable = counts.unreadable_addresses
        yield self._counter(
            "unreadable_addresses",
            "X-Forwarded-For headers of trusted proxies that could not be parsed.",
            unreadable,
        )
        yield self._lag()
        yield from self._files()

    def _files(self) -> Iterator[Metric]:
        yield self._gauge("file_sockets", "Open WebSockets of files.", len(files.sockets))
        yield self._counter("files_started", "Transfers that began.", transfers.started)
        yield self._counter("files_finished", "Files that a page has whole.", transfers.finished)
        yield self._counter("file_bytes", "Bytes passed on.", transfers.passed)
        closed = CounterMetricFamily(
            "sotto_files_closed", "Sockets of files closed early, by reason.", labels=["reason"]
        )
        for reason in sorted(set(FILE_REASONS.values())):
            closed.add_metric([reason], transfers.closed[reason])
        yield closed

    def _waiting(self) -> Iterator[Metric]:
        if held := mailbox.statistics():
            yield self._gauge(
                "mailbox_entries", "Mailbox entries that some window has not shown.", held.entries
            )
            yield self._gauge("mailbox_bytes", "Size of these entries.", held.size)
            yield self._gauge(
                "people_reachable",
                "Users with a window that is open or may reconnect.",
                held.reachable,
            )

    def _refused(self) -> Metric:
        family = CounterMetricFamily("sotto_refused", "Refusals by reason.", labels=["reason"])
        for reason in REASONS:
            family.add_metric([reason], counts.refused[reason])
        return family

    def _pushes(self) -> Metric:
        family = CounterMetricFamily(
            "sotto_pushes", "Push notifications by result.", labels=["result"]
        )
        for result in PUSH_RESULTS:
            family.add_metric([result], counts.pushes[result])
        return family

    def _ready(self) -> Metric:
        family = GaugeMetricFamily("sotto_ready", "1 for each check that passes.", labels=["check"])
        for check in CHECKS:
            family.add_metric([check], check not in readiness.last)
        return family

    def _lag(self) -> Metric:
        family = HistogramMetricFamily(
            "sotto_loop_lag_seconds", "Delay with which the event loop wakes."
        )
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


async def prometheus() -> Answer:
    await readiness.missing()
    return 200, exposition.generate_latest(_registry).decode(), exposition.CONTENT_TYPE_PLAIN_0_0_4
