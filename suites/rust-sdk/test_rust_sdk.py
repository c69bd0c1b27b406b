"""Runs the tests of `aws-sdk-iam`, which cargo builds from the lock file."""

import os
import re
import subprocess
from pathlib import Path

from support.program import clean_environment

HERE = Path(__file__).parent
TESTS = 4


def test_the_rust_sdk(server):
    environment = {
        "ENDPOINT": server.endpoint,
        # Beside the build of the workspace: the two have nothing in common.
        "CARGO_TARGET_DIR": os.environ.get("RUST_SDK_TARGET", str(HERE / "target")),
    }
    done = subprocess.run(
        ["cargo", "test", "--locked", "--quiet"],
        cwd=HERE,
        env=clean_environment(environment),
        capture_output=True,
        encoding="utf-8",
        timeout=1200,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(rf"{TESTS} passed; 0 failed", done.stdout), done.stdout
