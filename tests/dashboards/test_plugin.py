"""Does the port of the plugin's macros and of Grafana's variables expand what they do?"""

from datetime import UTC, datetime

import pytest

from tests.dashboards import plugin
from tests.dashboards.plugin import ALL, Asking, BadMacro

# The moments and the interval of the plugin's own tests.
ASKING = Asking(
    datetime.fromtimestamp(1415792726, UTC),
    datetime.fromtimestamp(1447328726, UTC),
    20,
    {"agent": ["a", "it's"], "one": "x", "every": ALL, "none": ""},
    {"every": ["p", "q"]},
)
FILTER = "t >= toDateTime(1415792726) AND t <= toDateTime(1447328726)"
BUCKET = "toStartOfInterval(toDateTime(t), INTERVAL 20 second)"
WINDOW = "WINDOW w AS (PARTITION BY metric ORDER BY t ASC ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)"
DT = "t - lagInFrame(t, 1, t) OVER w"
STEP = "max(n) - lagInFrame(max(n), 1, max(n)) OVER w"
GROUPED = f"FROM r WHERE {FILTER} GROUP BY t, metric {WINDOW} ORDER BY t, metric"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$__timeFilter(t)", FILTER),
        ("$__timeFilter{t}", FILTER),
        ("$__timeFilter_ms(t)",
         "t >= fromUnixTimestamp64Milli(1415792726000)"
         " AND t <= fromUnixTimestamp64Milli(1447328726000)"),
        ("$__dateFilter(d)", "d >= toDate('2014-11-12') AND d <= toDate('2015-11-12')"),
        ("$__dt(d, t)",
         f"(d >= toDate('2014-11-12') AND d <= toDate('2015-11-12')) AND ({FILTER})"),
        ("$__dateTimeFilter(d, t)",
         f"(d >= toDate('2014-11-12') AND d <= toDate('2015-11-12')) AND ({FILTER})"),
        ("$__fromTime $__toTime()", "toDateTime(1415792726) toDateTime(1447328726)"),
        ("$__fromTime_ms", "fromUnixTimestamp64Milli(1415792726000)"),
        ("$__toTime_ms", "fromUnixTimestamp64Milli(1447328726000)"),
        ("$__timeFrom(t) $__timeTo(t)", "t >= toDateTime(1415792726) t <= toDateTime(1447328726)"),
        ("$__timeInterval(t)", BUCKET),
        ("$__timeInterval_ms(t)",
         "toStartOfInterval(toDateTime64(t, 3), INTERVAL 20000 millisecond)"),
        ("$__timeGroup(t, 5m)", "toStartOfInterval(toDateTime(t), INTERVAL 300 second)"),
        ("$__interval_s", "20"),
        ("$__timeInterval(max(a, b))", BUCKET.replace("(t)", "(max(a, b))")),
        ("$__unknown(t)", "$__unknown(t)"),
        ("'$__timeFilter(t)'", "'$__timeFilter(t)'"),
        ("'it''s' $__interval_s", "'it''s' 20"),
        (r"'a\'$__interval_s' $__interval_s", r"'a\'$__interval_s' 20"),
    ],
)  # fmt: skip
def test_a_macro_becomes_what_the_plugin_makes_of_it(text: str, expected: str) -> None:
    assert plugin.interpolated(text, ASKING) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$__columns(t, s, count() AS c) FROM r WHERE x = 'GROUP BY' HAVING c > 1 LIMIT 3;",
         f"SELECT {BUCKET} AS t, toString(s) AS metric, count() AS c FROM r WHERE {FILTER}"
         " AND (x = 'GROUP BY') GROUP BY t, metric HAVING c > 1 ORDER BY t, metric LIMIT 3"),
        ("WITH 1 AS k $__columns(t, s AS svc, count()) FROM r ORDER BY t DESC SETTINGS a = 1",
         f"WITH 1 AS k SELECT {BUCKET} AS t, toString(s) AS svc, count() AS value FROM r"
         f" WHERE {FILTER} GROUP BY t, svc ORDER BY t DESC SETTINGS a = 1"),
        ("$__rateColumns(t, s, sum(n)) FROM r",
         f"SELECT {BUCKET} AS t, toString(s) AS metric, if(({DT}) = 0, nan, sum(n) / ({DT}))"
         f" AS value {GROUPED}"),
        ("$__perSecondColumns(t, s, n) FROM r",
         f"SELECT {BUCKET} AS t, toString(s) AS metric, if(({DT}) = 0 OR ({STEP}) < 0, nan,"
         f" ({STEP}) / ({DT})) AS value {GROUPED}"),
        ("$__increaseColumns(t, s, n) FROM r",
         f"SELECT {BUCKET} AS t, toString(s) AS metric, if(({DT}) = 0 OR ({STEP}) < 0, nan,"
         f" toFloat64({STEP})) AS value {GROUPED}"),
        ("$__lttb(1000, t, y) FROM r WHERE z = 'eu'",
         "SELECT point.1 AS t, point.2 AS y FROM (SELECT arrayJoin(lttb(1000)(t, y)) AS point"
         f" FROM r WHERE {FILTER} AND (z = 'eu')) ORDER BY t"),
        ("$__lttb(5, t, avg(v)) FROM r GROUP BY t",
         "SELECT point.1 AS t, point.2 AS y FROM (SELECT arrayJoin(lttb(5)(t, y)) AS point FROM"
         f" (SELECT t, avg(v) AS y FROM r WHERE {FILTER} GROUP BY t ORDER BY t)) ORDER BY t"),
        ("-- $__columns(a, b, c)\nSELECT 1", "-- $__columns(a, b, c)\nSELECT 1"),
        ("/* $__lttb(1, a, b) */ SELECT '$__columns(a)'",
         "/* $__lttb(1, a, b) */ SELECT '$__columns(a)'"),
    ],
)  # fmt: skip
def test_a_statement_macro_rewrites_the_statement(text: str, expected: str) -> None:
    assert plugin.interpolated(text, ASKING) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("$__timeFilter(a, b)", r"expected 1 argument\(s\), received 2"),
        ("$__dt(a)", r"expected 2 argument\(s\), received 1"),
        ("$__timeGroup(a, often)", "no duration"),
        ("$__timeFilter(a", "unbalanced"),
        ("$__columns(a, b) FROM r", r"expected 3 argument\(s\), received 2"),
        ("$__columns FROM r", r"expected 3 argument\(s\), received 0"),
        ("$__columns(a, b, c)", "FROM"),
        ("$__columns(a, b, c) FROM r GROUP BY a", "GROUP BY"),
        ("$__columns(a, b, c) FROM r ORDER BY t HAVING c > 1", "HAVING"),
        ("SELECT * FROM ($__columns(a, b, c) FROM r)", "top level"),
        ("$__columns(a, b, c) FROM r UNION ALL $__columns(a, b, c) FROM r", "one statement macro"),
        ("$__lttb(ten, a, b) FROM r", "buckets"),
    ],
)
def test_what_the_plugin_refuses_is_refused(text: str, words: str) -> None:
    with pytest.raises(BadMacro, match=words):
        plugin.interpolated(text, ASKING)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${agent:singlequote}", r"'a','it\'s'"),
        ("$agent", "'a','it's'"),
        ("${one} $one ${one:singlequote} ${agent:raw}", "x x 'x' a,it's"),
        ("${every:singlequote}", "'p','q'"),
        ("${unknown} $unknown", "${unknown} $unknown"),
        ("$__conditionalAll(a IN (${agent:singlequote}), $agent)", r"a IN ('a','it\'s')"),
        ("$__conditionalAll(a IN (${every}), ${every}) AND $__conditionalAll(b, $none)",
         "1=1 AND 1=1"),
        ("$__conditionalAll(a)", "$__conditionalAll(a)"),
        ("SETTINGS $__adHocFilters('t')", "SETTINGS "),
    ],
)  # fmt: skip
def test_variables_become_text_before_macros_are_expanded(text: str, expected: str) -> None:
    assert plugin.asked(text, ASKING) == expected


def test_a_filter_becomes_a_setting() -> None:
    filtered = Asking(ASKING.since, ASKING.until, filters=[("agent", "=", "a")])
    assert plugin.asked("SETTINGS $__adHocFilters('t')", filtered) == (
        r"SETTINGS additional_table_filters={'t' : ' agent = \'a\' '}"
    )
