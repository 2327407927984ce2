"""`python -m tests.browser.engines`: install Firefox and WebKitGTK for the browser tests, if
Debian's packages can be installed.
"""

import sys

from tests.browser.engines.drivers import ENGINES
from tests.project import debian

if missing := [engine for engine in ENGINES if not engine.is_there()]:
    sys.stderr.write("Firefox or WebKitGTK is not here yet: installing for the tests ...\n")
    debian.install(*(package for engine in missing for package in engine.packages))
