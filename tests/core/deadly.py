"""What can happen to a worker, for tests: this module can be imported by its process."""

from __future__ import annotations

import os
import signal
from typing import Any

from landscape.tuning.company import advance

DEADLY = 7  # the trial that ends its process
BROKEN = 9  # the trial that raises


def advance_or_die(company: Any, data: Any, seconds: float) -> Any:
    if DEADLY in company.numbers:
        os.kill(os.getpid(), signal.SIGKILL)
    if BROKEN in company.numbers:
        raise ZeroDivisionError("what cannot be")
    return advance(company, data, seconds)
