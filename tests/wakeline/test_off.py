"""When the SDK is off, agents run as if it were not there."""

import wakeline


def test_every_call_is_accepted_and_gives_an_empty_id() -> None:
    with wakeline.agent("a") as run, wakeline.tool("t") as step, wakeline.case("c") as case_id:
        step.arguments({"id": 7})
        step.result("ok")
        step.fail("timeout")
        step.set("name", "value")
        ids = [
            wakeline.read("x:1", "f"),
            wakeline.write("x:1", "f"),
            wakeline.decision("go"),
            wakeline.outcome("success", run.ref),
            wakeline.handoff("other"),
            wakeline.change("deploy", "billing"),
        ]
        wakeline.effect("adjust", "cash", 1)
        wakeline.progress(1, 2)
        with wakeline.intent("i") as intent_id, wakeline.decides("d") as making:
            making.add(confidence=1)
    assert [*ids, run.ref, intent_id, making.id] == [""] * 9
    assert case_id == "c"
    assert run.trace_id == "0" * 32


def test_a_block_that_began_off_ends_off() -> None:
    from wakeline.testing import capture

    block = wakeline.agent("a")
    block.__enter__()
    with capture() as recorded:
        block.__exit__(None, None, None)
    assert recorded.spans == []
