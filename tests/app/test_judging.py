"""Is a judge asked about what is in doubt alone, in bounds, and kept apart from the findings?"""

import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from analyzers.config import AnalyzersConfig, JudgeConfig
from analyzers.judge import Judge, Spans, Verdict
from app import beside, judges, judging
from app.judging import Judging
from app.settings import load
from domain.asked import Asked
from domain.errors import InvalidInput, Unavailable
from domain.findings import Finding
from storage.findings import FindingRows, StoredFindings
from storage.judgements import Judgements
from storage.store import Store
from tests.app.commands import invoke
from tests.app.judge_server import JudgeServer, upholds
from tests.app.live import Live
from tests.app.looked_for import only
from tests.storage.test_findings import FINDING, NOW

DOUBTFUL = replace(FINDING, confidence=0.5)
UNSET = JudgeConfig()


def span(trace_id: str, span_id: str, **said: Any) -> dict[str, Any]:
    return {
        "Tenant": "acme", "Received": NOW, "Timestamp": NOW, "TraceId": trace_id,
        "SpanId": span_id, "SpanName": "pay", "RetentionDays": 30,
        "SpanAttributes": {"wakeline.amount": "5"},
        "Events.Timestamp": [NOW], "Events.Name": ["said"], "Events.Attributes": [{"a": "b"}],
        "Links.TraceId": [], "Links.SpanId": [], "Links.TraceState": [], "Links.Attributes": [],
    } | said  # fmt: skip


def put(store: Store, *findings: Finding) -> None:
    """The findings, and the spans of their evidence."""
    StoredFindings(store).save(findings)
    store.insert("otel_traces", [span("t1", "s1"), span("t2", "s2", SpanName="look")])


def agrees(finding: Finding, evidence: Spans, question: str) -> Verdict:
    """A judge as a function."""
    return Verdict(True, 0.8, tuple(evidence))


def look(store: Store, ask: Judge, config: JudgeConfig = UNSET) -> int:
    return Judging(store, config, ("me", ask)).look()


def said(store: Store, finding: Finding = DOUBTFUL) -> list[dict[str, Any]]:
    return Judgements(store).of(finding.tenant, finding.finding_id)


def test_only_what_is_in_doubt_is_asked_about_and_once(store: Store) -> None:
    others = [
        replace(FINDING, finding_id="b1", confidence=0.9),
        replace(FINDING, finding_id="b2", confidence=0.3),
        replace(FINDING, finding_id="b3", confidence=0.5, shadow=True),
    ]
    put(store, DOUBTFUL, *others)
    asked: list[tuple[Finding, Spans, str]] = []

    def notes(finding: Finding, evidence: Spans, question: str) -> Verdict:
        asked.append((finding, evidence, question))
        return agrees(finding, evidence, question)

    assert look(store, notes) == 1
    assert look(store, notes) == 0
    ((finding, evidence, question),) = asked
    assert finding == DOUBTFUL
    assert list(evidence) == [("t1", "s1"), ("t2", "s2")]
    told = json.loads(evidence["t1", "s1"])
    assert (told["name"], told["attributes"]) == ("pay", '{"wakeline.amount":"5"}')
    assert FINDING.reason in question
    (row,) = said(store)
    assert (row["judge"], row["holds"], row["moved"], row["current"]) == ("me", True, 0.2, True)
    assert row["quoted"] == [("t1", "s1"), ("t2", "s2")]
    # What it says is kept apart: the finding is as the rule has it.
    assert FindingRows(store).listed(Asked(), 10)[0]["confidence"] in {0.5, 0.9, 0.3}
    StoredFindings(store).save([replace(DOUBTFUL, reason="More of it.")])
    assert not said(store)[0]["current"]
    assert look(store, notes) == 1


def test_of_long_spans_and_much_evidence_only_so_much_is_told(store: Store) -> None:
    spans = [span("t1", f"m{n}", SpanAttributes={"long": "é" * 9000}) for n in range(14)]
    store.insert("otel_traces", spans)
    every = tuple(replace(FINDING.evidence[0], span_id=f"m{n}") for n in range(14))
    put(store, replace(DOUBTFUL, evidence=every))

    def counts(finding: Finding, evidence: Spans, question: str) -> Verdict:
        assert [len(text) for text in evidence.values()] == [500] * 12
        return agrees(finding, evidence, question)

    assert look(store, counts, JudgeConfig(evidence_characters_max=500)) == 1


def test_questions_of_a_pass_are_bounded_and_the_worst_comes_first(store: Store) -> None:
    put(store, *(replace(DOUBTFUL, finding_id=f"b{n}") for n in range(5)))
    config = JudgeConfig(questions_max=2)
    assert [look(store, agrees, config) for _ in range(4)] == [2, 2, 1, 0]


@pytest.mark.parametrize(
    ("verdict", "why"),
    [
        (Verdict(True, 1.0, (("t9", "s9"),)), "it quotes a span that is no evidence"),
        (Verdict(True, 1.0, ()), "it quotes no span"),
        (Verdict(True, float("nan"), (("t1", "s1"),)), "its confidence is not between 0 and 1"),
        (Verdict(True, 1.0, (1,)), "cannot unpack non-iterable int"),  # type: ignore[arg-type]
        (Verdict(True, "very", ()), "not supported between"),  # type: ignore[arg-type]
    ],
)
def test_a_verdict_without_grounds_is_kept_and_counts_nothing(
    store: Store, verdict: Verdict, why: str
) -> None:
    put(store, DOUBTFUL)
    assert look(store, lambda *_: verdict) == 0
    (row,) = said(store)
    assert why in row["why"]
    assert row["moved"] == 0


def test_without_spans_there_is_nothing_to_judge(store: Store) -> None:
    StoredFindings(store).save([DOUBTFUL])
    assert look(store, agrees) == 0
    assert said(store)[0]["why"] == "no span of its evidence is stored any more"


def test_a_function_that_fails_or_hangs_does_not_hold_up_anybody(store: Store) -> None:
    put(store, DOUBTFUL, replace(DOUBTFUL, finding_id="b1"))

    def fails(finding: Finding, evidence: Spans, question: str) -> Verdict:
        raise RuntimeError("no idea")

    assert look(store, judges.InTime(fails, 10)) == 0
    assert "RuntimeError('no idea')" in said(store)[0]["why"]
    StoredFindings(store).save([replace(DOUBTFUL, reason="More of it.")])
    come_back = threading.Event()

    def hangs(finding: Finding, evidence: Spans, question: str) -> Verdict:
        come_back.wait()
        return agrees(finding, evidence, question)

    ask = judges.InTime(hangs, 0.01)
    one = Judging(store, UNSET, ("me", ask))
    with pytest.raises(Unavailable, match=r"the judge took longer than 0\.01 s"):
        one.look()
    with pytest.raises(Unavailable, match="has not come back from an earlier question"):
        one.look()
    # The third time it is given up, so that others have a turn.
    assert one.look() == 0
    assert "has not come back" in said(store)[0]["why"]
    come_back.set()
    one.stop()
    assert one.look() == 0


def test_an_endpoint_is_asked_with_a_key(store: Store) -> None:
    put(store, DOUBTFUL)
    with JudgeServer() as server:
        config = JudgeConfig.model_validate({"url": server.url, "key": "secret"})
        assert Judging(store, config).look() == 1
    (body,) = server.asked
    assert server.keys == ["Bearer secret"]
    assert [one["role"] for one in body["evidence"]] == ["cause", "violation"]
    assert body["finding"]["reason"] == FINDING.reason
    assert body["finding"]["severity"] == "medium"
    (row,) = said(store)
    assert row["judge"] == server.url.split("/")[2]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((404, b""), "the judge answered 404"),
        ((302, b""), "the judge answered 302"),
        ((200, b"yes"), "the judge answered no verdict: JSONDecodeError"),
        ((200, b"[]"), "the judge answered no verdict: TypeError"),
        ((200, b'{"quoted": []}'), "the judge answered no verdict: KeyError('holds')"),
        ((200, b'{"holds": "yes", "quoted": []}'), "holds is neither true nor false"),
        ((200, b" " * 70_000), "the judge answered more than 65536 bytes"),
    ],
)
def test_nonsense_of_an_endpoint_is_kept_as_such(
    store: Store, answer: tuple[int, bytes], why: str
) -> None:
    put(store, DOUBTFUL)
    with JudgeServer(lambda _: answer) as server:
        assert Judging(store, JudgeConfig(url=server.url)).look() == 0
    assert why in said(store)[0]["why"]
    assert len(server.asked) == 1


def test_an_endpoint_that_is_down_is_asked_again_later(store: Store) -> None:
    put(store, DOUBTFUL)
    answers = iter([(503, b""), (429, b"")])
    with JudgeServer(lambda body: next(answers, None) or upholds(body)) as server:
        asking = Judging(store, JudgeConfig(url=server.url))
        for code in (503, 429):
            with pytest.raises(Unavailable, match=f"the judge answered {code}"):
                asking.look()
        assert asking.look() == 1
    StoredFindings(store).save([replace(DOUBTFUL, reason="More of it.")])
    with pytest.raises(Unavailable, match="the judge does not answer"):
        asking.look()


def test_a_judge_is_named_by_path_or_address_or_not_at_all(store: Store) -> None:
    assert Judging(store, UNSET).look() == 0
    put(store, DOUBTFUL)
    path = f"{__name__}:agrees"
    assert Judging(store, JudgeConfig(import_path=path)).look() == 1
    assert said(store)[0]["judge"] == path
    for path, why in (("nowhere:judge", "nowhere"), ("json:judge", "judge"), ("json:__name__", "")):
        with pytest.raises(InvalidInput, match=f"analyzers.judge.import_path: .*{why}"):
            judges.named(JudgeConfig(import_path=path))
    with pytest.raises(InvalidInput, match="set import_path or url, not both"):
        load({"analyzers": {"judge": {"import_path": "a:b", "url": "http://c"}}})


def test_the_first_of_several_processes_mines_and_asks(store: Store) -> None:
    def names(**said: Any) -> list[str]:
        config = AnalyzersConfig.model_validate(said)
        return [each.name for each in beside.all_of(store, config, lambda: True)]

    asked = {"judge": {"import_path": f"{__name__}:agrees"}}
    assert names() == ["chains", "mining"]
    assert names(mining_days=0) == ["chains"]
    assert names(**asked) == ["chains", "mining", "judging"]
    assert names(**asked, shard=1, shards=2) == []


def test_what_a_judge_says_is_shown_with_the_finding(store: Store, data: Path) -> None:
    put(store, DOUBTFUL)
    look(store, agrees)
    StoredFindings(store).save([replace(DOUBTFUL, reason="More of it.")])
    look(store, lambda *_: Verdict(False, 1.0, (("t2", "s2"),)))
    look(store, agrees)
    StoredFindings(store).save([replace(DOUBTFUL, reason="Even more of it.")])
    look(store, lambda *_: Verdict(False, 1.0, ()))
    where = ("findings", "--id", DOUBTFUL.finding_id, "--data", data)
    told = invoke(*where).out.splitlines()[-3:]
    assert told == [
        "me was asked, to no effect: it quotes no span",
        "me judged of what it said before: it does not hold, 100% sure, by s2; with it, this"
        " would be 25% sure",
        "me judged of what it said before: it holds, 80% sure, by s1, s2; with it, this would be"
        " 70% sure",
    ]
    found = invoke(*where, "--format", "json").json
    assert [one["confidence_with_it"] for one in found["judgements"]] == [0.5, 0.25, 0.7]
    assert found["confidence"] == 0.5


def test_analyzing_once_asks_and_goes_on_when_nobody_answers(
    store: Store, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(store)
    put(store, DOUBTFUL)
    monkeypatch.setenv("WAKELINE_ANALYZERS__JUDGE__URL", "http://127.0.0.1:9/")
    told = invoke("analyze", "--once", "--data", data)
    assert told.code == 0
    assert "warning: the judge does not answer" in told.err
    with JudgeServer() as server:
        monkeypatch.setenv("WAKELINE_ANALYZERS__JUDGE__URL", server.url)
        assert invoke("analyze", "--once", "--data", data).err == ""


def test_a_running_instance_asks(store: Store, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only(store)
    put(store, DOUBTFUL)
    done = threading.Event()
    real = judging.Judging.look

    def tells(self: Judging) -> int:
        count = real(self)
        done.set()
        return count

    monkeypatch.setattr(judging.Judging, "look", tells)
    with JudgeServer() as server:
        settings = {"analyzers": {"tick_seconds": 0.05, "judge": {"url": server.url}}}
        with Live(data, settings):
            assert done.wait(30)
    assert len(server.asked) == 1


def test_a_store_of_an_earlier_version_has_no_judgements(tmp_path: Path) -> None:
    from app.commands import findings

    with Store(f"chdb://{tmp_path / 'empty'}") as store:
        assert findings._judged(store, []) == []
