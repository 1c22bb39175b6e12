"""`python -m dashboards.build`: writes what Grafana provisions; commit what it writes."""

import json
from pathlib import Path

import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder

from dashboards import alerts
from dashboards.registry import BOARDS
from dashboards.rendering import rendered

FOLDER = Path(__file__).parent
RULES = "provisioning/alerting/rules.yaml"


def files() -> dict[str, str]:
    """The text of each file that is made, by its name under dashboards/."""
    made = {
        f"generated/{board.name}.json": json.dumps(
            rendered(board, BOARDS), cls=JSONEncoder, indent=1, ensure_ascii=False
        )
        + "\n"
        for board in BOARDS
    }
    rules = yaml.safe_dump(alerts.provisioned(), sort_keys=False, width=100, allow_unicode=True)
    return made | {
        RULES: "# Made by `python -m dashboards.build` of dashboards/alerts.py.\n" + rules
    }


def main() -> None:
    """Write them all."""
    for name, text in files().items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
