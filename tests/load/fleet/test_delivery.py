"""Delivery over several processes: every message once and in order, whatever fails."""

import subprocess

import pytest

from tests.load.fleet.delivery import (
    one_order,
    process_is_killed,
    processes_are_restarted,
    redis_is_lost,
    talk_without_a_fault,
)
from tests.load.fleet.rolling import follow
from tests.server.stub_server import Handler, answering
from tests.support.servers import free_port


async def test_every_message_arrives_once_and_in_order(fleet, record_property):
    await talk_without_a_fault(fleet, record_property, people=40, seconds=3)


async def test_messages_of_two_senders_at_two_processes_arrive_in_one_order(fleet):
    await one_order(fleet, each=100)


async def test_a_killed_process_loses_nothing(fleet, record_property):
    await process_is_killed(fleet, record_property, people=90, per_second=60, seconds=(1, 4))


async def test_processes_are_restarted_in_turn_during_conversations(fleet, record_property):
    await processes_are_restarted(fleet, record_property, people=30, per_second=30)


def test_a_rolling_restart_stops_at_a_process_that_does_not_become_ready(tmp_path):
    class NotReady(Handler):
        def respond(self):
            self.send_error(503)

    with answering(NotReady) as port, pytest.raises(subprocess.TimeoutExpired):
        follow([port, free_port()], f'echo "$*" >> {tmp_path}/asked', tmp_path, seconds=3)
    assert (tmp_path / "asked").read_text() == f"restart sotto@{port}\n"


async def test_redis_is_killed_and_returns_empty(fleet, store, record_property):
    await redis_is_lost(fleet, store, record_property, people=12, away=2)
