"""Does `wakeline prices list` say what a token costs here?"""

from pathlib import Path

import pytest

from tests.app.commands import invoke


def test_every_price_in_force_is_listed_in_usd_for_a_million_tokens() -> None:
    outcome = invoke("prices", "list")
    head, *rows = outcome.out.splitlines()
    assert head.split("\t") == [
        "model", "provider", "input", "output", "cached", "cache write", "reasoning", "batch",
        "source",
    ]  # fmt: skip
    assert "gpt-4o\topenai\t2.5\t10\t1.25\t2.5\t10\t0.5\tshipped" in rows
    assert rows == sorted(rows)
    assert outcome.err.startswith("shipped prices are of 20")


def test_one_model_is_found_under_any_of_its_names() -> None:
    outcome = invoke("prices", "list", "openai/gpt-4o-2024-08-06")
    assert [row.split("\t")[0] for row in outcome.out.splitlines()] == ["model", "gpt-4o"]


def test_a_model_without_a_price_is_refused_with_the_mend() -> None:
    told = invoke("prices", "list", "our-own").refused()
    assert told == (
        "no price is known for our-own; set input and output in"
        ' [prices.models."our-own"] of wakeline.toml'
    )


def test_an_override_of_the_settings_is_shown_as_one(no_settings: Path) -> None:
    (no_settings / "wakeline.toml").write_text(
        '[prices.models."our-own"]\ninput = 1.5\noutput = 6\nvalid_from = 2026-01-01\n'
    )
    (price,) = invoke("prices", "list", "our-own", "--format", "json").json
    assert price == {
        "model": "our-own", "provider": "", "input_usd": 1.5e-6, "output_usd": 6e-6,
        "cache_read_usd": 1.5e-6, "cache_write_usd": 1.5e-6, "reasoning_usd": 6e-6,
        "batch_factor": 1.0, "valid_from": "2026-01-01", "source": "override",
    }  # fmt: skip


def test_overrides_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAKELINE_PRICES__MODELS", '{"gpt-4o": {"input": 1, "output": 2}}')
    assert invoke("prices", "list", "gpt-4o").out.endswith("\t1\toverride\n")
