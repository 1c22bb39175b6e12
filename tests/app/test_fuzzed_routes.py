"""Does any request that fits the OpenAPI document, or nearly fits it, make the API fail?"""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.app.governed import QUIET, Governed

# They answer for as long as somebody listens.
STREAMS = ("/v1/findings/stream", "/v1/threshold-stream/{agent}")
SECONDS_MAX = 110


@pytest.mark.timeout(SECONDS_MAX + 10)
def test_no_request_by_the_document_is_answered_with_a_failure(tmp_path: Path) -> None:
    command = [
        str(Path(sys.executable).with_name("st")), "run", "--checks", "not_a_server_error",
        "--phases", "coverage,fuzzing", "--mode", "all", "--max-examples", "5", "--seed", "1",
        "--no-color", "--max-time", "25",
        *(part for path in STREAMS for part in ("--exclude-path", path)),
    ]  # fmt: skip
    with Governed(tmp_path / "data", QUIET) as live:
        done = subprocess.run(
            # Its local token: a key would revoke itself.
            [*command, "--header", f"x-api-key: {live.token}",
             f"{live.process.api_url}/openapi.json"],
            capture_output=True, text=True, timeout=SECONDS_MAX, cwd=tmp_path,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]
