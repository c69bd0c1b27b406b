"""What a suite installs for itself, once for as long as what it wants stays the same."""

import shutil
import sys
from pathlib import Path

# The AWS CLI of the suites' own environment.
AWS = Path(sys.executable).with_name("aws")


def once(folder, wanted, install):
    """Calls `install`, which makes `folder`, unless that was done for the same `wanted`."""
    stamp = folder / ".installed"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    shutil.rmtree(folder, ignore_errors=True)
    install()
    # Written last, so that an installation that failed half way is done again.
    stamp.write_text(wanted)
