"""All analyzers: one line each; a rule file with a relation is an analyzer by itself."""

from functools import cache
from pathlib import Path

from analyzers.base import Analyzer
from analyzers.catalog.compound import CompoundFailure
from analyzers.catalog.loops import Loops
from analyzers.catalog.ping_pong import PingPong
from analyzers.catalog.tool_schemas import SchemaMismatch
from analyzers.rules import RuleAnalyzer
from domain import signatures
from domain.signatures import Signature

FOLDER = Path(__file__).with_name("signatures")


@cache
def catalogue() -> tuple[Signature, ...]:
    """All signatures by id."""
    return signatures.load(FOLDER)


@cache
def analyzers() -> tuple[Analyzer, ...]:
    """All that run in a pass; the last one reads what the others have found."""
    loops = Loops(_named("LOOP-01", "LOOP-02", "LOOP-03", "LOOP-04"))
    own = (loops, PingPong(_named("LOOP-06")[0]), SchemaMismatch(_named("TOOL-03")[0]))
    last = CompoundFailure(_named("MA-01")[0])
    taken = {each.id for analyzer in (*own, last) for each in analyzer.signatures}
    rules = (each for each in catalogue() if each.relation and each.id not in taken)
    return (*own, *map(RuleAnalyzer, rules), last)


def _named(*ids: str) -> tuple[Signature, ...]:
    return tuple(each for each in catalogue() if each.id in ids)
