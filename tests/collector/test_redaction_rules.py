"""Do the patterns find what they name, leave alone what only looks like it, and stay linear?"""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.redaction_rules import (
    CONTENT_KEYS,
    OWN_MATCHES_MAX,
    REDACTED,
    SHAPES,
    Pattern,
    Shape,
    TextPatterns,
)

EVERY = TextPatterns(list(SHAPES.values()), [])
KIB = 1024
# Far above what one pass takes (ms), far below what a quadratic one takes (minutes).
SECONDS_MAX = 10.0

# Cards are the test numbers of their networks, IBANs the examples of the ISO 13616 registry, the
# token is the example of jwt.io; keys are made up.
SECRETS = {
    Pattern.EMAIL: ["ann@example.org", "ann.o'neil+x@mail.example.co.uk", "jürgen@müller.example"],
    Pattern.CREDIT_CARD: [
        "4111111111111111", "4111 1111 1111 1111", "5555-5555-5555-4444", "378282246310005",
        "6011000990139424", "3056 930902 5904", "4222222222222",
    ],
    Pattern.IBAN: [
        "DE89370400440532013000", "DE89 3704 0044 0532 0130 00", "GB29NWBK60161331926819",
        "MT84MALT011000012345MTLCAST001S", "NO9386011117947", "fr1420041010050500013m02606",
    ],
    Pattern.US_SSN: ["219-09-9999", "078 05 1120"],
    Pattern.PHONE: ["+49 30 1234567", "+14155552671", "(415) 555-2671", "415.555.2671"],
    Pattern.BEARER: ["Bearer abc123def456ghi", "basic dXNlcjpwYXNzd29yZDEyMw=="],
    Pattern.API_KEY: [
        "sk-ant-api03-abcdefghij0123456789", "ghp_" + "a1" * 18, "AKIAIOSFODNN7EXAMPLE",
        "AIza" + "Sy" * 17 + "x", "xoxb-123456789012-abcdef", "api_key=0123456789",
        "wk_" + "ab" * 12,
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----",
    ],
    Pattern.JWT: [
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N"
    ],
}  # fmt: skip
CASES = [(pattern, secret) for pattern, secrets in SECRETS.items() for secret in secrets]
HARMLESS = [
    "order 4111111111111112",  # wrong check digit
    "12345678901234567890123",  # longer than any card
    "1790000000000000000",  # nanoseconds
    "probability 0.4111111111111111",
    "DE00370400440532013000",
    "2026-11-27T22:41:16.920Z",
    "0a99176e-696d-4194-bb97-cd42f3043ac5",
    "666-12-3456",
    "1219-09-9999 219-09-99991",
    "bearer responsibilities",
    "see user@ and @home",
    "task-sk-1 of version 1.2.3",
]


def only(pattern: Pattern) -> TextPatterns:
    return TextPatterns([SHAPES[pattern]], [])


def test_every_pattern_has_a_shape_and_examples() -> None:
    assert set(SHAPES) == set(SECRETS) == set(Pattern)


def test_no_content_key_is_named_twice() -> None:
    assert len(set(CONTENT_KEYS)) == len(CONTENT_KEYS)


@pytest.mark.parametrize(("pattern", "secret"), CASES)
def test_a_secret_is_masked_and_what_is_around_it_stays(pattern: Pattern, secret: str) -> None:
    assert only(pattern).masked(secret) == REDACTED
    assert only(pattern).masked(f"ä {secret}, so") == f"ä {REDACTED}, so"


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_like_a_secret_stays(text: str) -> None:
    assert EVERY.masked(text) is text


@pytest.mark.parametrize(
    "text",
    [
        "42 4111 1111 1111 1111 123",
        "XY12 DE89 3704 0044 0532 0130 00 EUR",
        "1 1 1 1 4111-1111-1111-1111",
        "+1 415 555 1111 1234567890",
        "7 219-09-1111 1",
    ],
)
def test_a_number_is_found_between_other_numbers(text: str) -> None:
    masked = EVERY.masked(text)
    assert REDACTED in masked
    assert "1111" not in masked
    assert "3704" not in masked


@pytest.mark.parametrize(("pattern", "secret"), CASES)
def test_a_secret_inside_json_is_masked_and_json_stays_json(pattern: Pattern, secret: str) -> None:
    document = {"ä": [1.5, {"note": f"\n{secret}\t\"'"}], secret: None}
    patterns = only(pattern)
    wanted = {"ä": [1.5, {"note": f"\n{REDACTED}\t\"'"}], REDACTED: None}
    for text in (json.dumps(document), json.dumps(document, ensure_ascii=False)):
        assert json.loads(patterns.masked(text)) == wanted
    escaped = "".join(f"\\u{ord(char):04x}" for char in secret)
    assert json.loads(patterns.masked(f'["{escaped}"]')) == [REDACTED]


def test_json_within_json_is_read_too() -> None:
    inner = json.dumps({"to": "x\nann@example.org", "card": 4111111111111111, "n": 7})
    outer = json.dumps([{"function": {"arguments": inner}}])
    ((call,),) = [json.loads(EVERY.masked(outer))]
    arguments = json.loads(call["function"]["arguments"])
    assert arguments == {"to": f"x\n{REDACTED}", "card": REDACTED, "n": 7}


@pytest.mark.parametrize(
    "text",
    [
        '{"to": "x\\n4111111111111111", "cut of',
        '["4111111111111111',
        '[note] it is "x\\ny", ask 4111111111111111',
        '{"a": "4111111111111111", "a": "ok"}',
        '{"a": "\\u0034111111111111111", "a": "\\n"}',
        '"\\ud800 4111111111111111"',
        '"[\\"\\\\ud800\\", \\"4111111111111111\\"]"',
    ],
)
def test_text_that_is_almost_json_hides_nothing(text: str) -> None:
    masked = only(Pattern.CREDIT_CARD).masked(text)
    assert "111111111111111" not in masked
    masked.encode()


def test_json_without_a_secret_is_left_as_it_was_written() -> None:
    text = '{ "b" : "x\\ny\\u00e9", "a": 1.50 }'
    assert EVERY.masked(text) == text


def test_own_patterns_hold_of_each_string_in_json() -> None:
    own = TextPatterns([], [Shape("^EMP-[0-9]+$"), Shape(r"(?P<n>\bzz)"), Shape(r"(?P<n>yy)")])
    assert own.masked('["EMP-7", "no EMP-7", "yy"]') == f'["{REDACTED}", "no EMP-7", "{REDACTED}"]'


def test_matches_in_a_row_become_one_mark() -> None:
    digits = TextPatterns([], [Shape("[0-9]")])
    assert digits.masked("a 12345 b 6") == f"a {REDACTED} b {REDACTED}"


def test_after_many_matches_of_an_own_pattern_the_rest_is_masked_as_a_whole() -> None:
    masked = TextPatterns([], [Shape("x|x.*y")]).masked("x " * 64 * KIB)
    assert masked.count(REDACTED) == OWN_MATCHES_MAX + 1
    assert masked.endswith(REDACTED)


@pytest.mark.parametrize(
    "unit",
    ["a@", "a.", "a", "1", "4 ", "4-1", "DE89 ", "de12", "+1 ", "eyJ", "Bearer ", "sk-", "0.4",
     '"', "\\", '\\"', '["', "{", "219-09-9"],
)  # fmt: skip
def test_the_worst_text_of_64_kib_takes_linear_time(unit: str) -> None:
    for text in (unit * (64 * KIB // len(unit)), "[" + unit * (64 * KIB // len(unit))):
        start = time.process_time()
        EVERY.masked(text)
        assert time.process_time() - start < SECONDS_MAX


@given(st.text(), st.sampled_from(CASES), st.text())
def test_whatever_is_around_a_secret_in_json_it_does_not_survive(
    before: str, case: tuple[Pattern, str], after: str
) -> None:
    pattern, secret = case
    text = json.dumps([f"{before} {secret} {after}"])
    if not (before[-1:].isdigit() or after[:1].isdigit()):
        assert json.dumps(secret)[1:-1] not in only(pattern).masked(text)
