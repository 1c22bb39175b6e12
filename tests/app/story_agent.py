"""An agent in a process of its own: it asks whether it may act alone, and obeys.

python -m tests.app.story_agent API OTLP KEY FOLDER
"""

import json
import sys
import time

import wakeline

CASES = 100


def work(api: str, otlp: str, key: str, folder: str) -> None:
    """Writes a line whenever its limits, or what it may do, are others; for ever."""
    wakeline.init("clerk", version="2.1", endpoint=otlp)
    wakeline.thresholds.connect(api, key=key, folder=folder)
    told = None
    while True:
        limits = wakeline.thresholds.get("clerk", "refund", agent_version="2.1")
        answers = [
            limits.decide(0.95, 40.0, case=f"case-{number}", record=False).answer
            for number in range(CASES)
        ]
        now = {"version": limits.version, "alone": answers.count("proceed")}
        if now != told:
            with wakeline.agent("clerk"):
                limits.decide(0.95, 40.0, case="case-0")
            sys.stdout.write(json.dumps(now) + "\n")
            sys.stdout.flush()
            told = now
        time.sleep(0.1)


if __name__ == "__main__":
    work(*sys.argv[1:])
