"""The product's settings for several processes, with limits that one machine playing hundreds does
not run into.
"""

from tests.load.bench.settings import *  # noqa: F403
