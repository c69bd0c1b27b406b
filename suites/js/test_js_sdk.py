"""Runs the tests of `@aws-sdk/client-iam` with node, which must be there."""

import subprocess
from pathlib import Path

from support.installed import once
from support.program import clean_environment

HERE = Path(__file__).parent
TESTS = 5


def test_the_javascript_sdk(server, tmp_path):
    def install():
        # `ci` installs what the lock file says and nothing else.
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=HERE, check=True, timeout=300)

    once(HERE / "node_modules", (HERE / "package-lock.json").read_text(), install)
    environment = {"ENDPOINT": server.endpoint, "HOME": str(tmp_path)}
    done = subprocess.run(
        ["node", "--test", "--test-reporter=tap", "iam.test.mjs"],
        cwd=HERE,
        env=clean_environment(environment),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"# pass {TESTS}\n" in done.stdout and "# fail 0\n" in done.stdout
