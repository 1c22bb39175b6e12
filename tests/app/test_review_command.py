"""Does `wakeline review` work on a store that no instance holds?"""

from pathlib import Path

from storage.store import Store
from tests.app.commands import invoke
from tests.app.reviewed import WEEK, runs, store_runs


def test_a_week_is_drawn_judged_and_signed_from_the_shell(data: Path) -> None:
    with Store(f"chdb://{data / 'store'}") as store:
        store_runs(store, *runs(4), tenants=["default"])
    here = ("--data", data)
    assert invoke("review", "list", "--format", "json", *here).json == []
    assert "decided anything" in invoke("review", "draw", "2026-W09", *here).refused()
    drawn = invoke("review", "draw", "2026-W02", "--format", "json", *here).json
    assert (drawn["frame"], drawn["drawn"]) == (4, 4)
    case = drawn["queue"][0]["case_id"]
    assert invoke("review", "judge", "2026-W02", case, "fine", *here).code == 0
    report = invoke("review", "report", "2026-W02", "--format", "json", *here).json
    assert (report["figures"]["week"], report["figures"]["fine"]) == (WEEK, 1)
    signed = invoke(
        "review", "sign", "2026-W02", "--name", "Eve", "--sha256", report["sha256"], *here
    )
    assert signed.code == 0, signed
    again = invoke("review", "judge", "2026-W02", case, "fine", *here)
    assert "signed off" in again.refused()
