"""If Redis refuses a command for whatever reason, live state is not available."""

import pytest

from messaging.domain.messages import StateUnavailable
from tests.messaging.backends.mailboxes import new_client


@pytest.mark.parametrize(
    "command",
    [
        ("EVAL", "return redis.error_reply('OOM command not allowed')", 0),
        ("EVAL", "return redis.error_reply('NOREPLICAS Not enough good replicas')", 0),
        ("EVAL", "return redis.error_reply('NOPERM this user has no permissions')", 0),
    ],
)
async def test_a_refused_command_means_that_state_is_unavailable(redis_url, command):
    client = new_client(redis_url)
    with pytest.raises(StateUnavailable):
        await client.call(*command)
    assert client.is_recovering()
    await client.close()
