"""Are the settings of drift refused where they make no sense?"""

import pytest
from pydantic import ValidationError

from analyzers.drift_config import DriftConfig


def test_a_tenant_has_its_own_time_zone_or_that_of_all() -> None:
    config = DriftConfig(zone="Europe/Paris", zones={"acme": "Asia/Tokyo"})
    assert config.zone_of("acme") == "Asia/Tokyo"
    assert config.zone_of("other") == "Europe/Paris"


@pytest.mark.parametrize("wrong", [{"zone": "Mars/North"}, {"zones": {"acme": "CET2"}}])
def test_what_is_no_time_zone_is_refused_by_its_name(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="is no time zone"):
        DriftConfig.model_validate(wrong)
