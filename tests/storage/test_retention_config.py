"""Retention classes are checked when settings are read."""

import pytest
from pydantic import ValidationError

from storage.config import RetentionConfig


def test_a_tenant_has_the_days_of_its_class_or_the_default() -> None:
    retention = RetentionConfig(default_days=7, classes={"long": 400}, tenants={"acme": "long"})
    assert (retention.days("acme"), retention.days("other")) == (400, 7)


def test_a_class_that_is_not_defined_is_named() -> None:
    with pytest.raises(ValidationError, match=r"tenants.acme names the class 'long'"):
        RetentionConfig(tenants={"acme": "long"})


@pytest.mark.parametrize("days", [0, 3651])
def test_days_of_a_class_out_of_range_are_named(days: int) -> None:
    with pytest.raises(ValidationError, match=r"classes.long must lie in 1..3650 days"):
        RetentionConfig(classes={"long": days})
