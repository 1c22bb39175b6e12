"""Run events of OpenLineage as reads and writes: a job read its inputs and wrote its outputs.

Source of names and facets: OpenLineage 2-0-2, with columnLineage and version of datasets.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from domain.accesses import Telling, Told
from domain.fields import EPOCH, BadField, Fields
from domain.recorded_events import RecordedEvent

# What is read of a run event.
FIELDS = {
    "eventType": "only COMPLETE is stored",
    "eventTime": "ISO 8601 with a zone",
    "run": "runId",
    "job": "namespace and name: the doer",
    "inputs": "datasets that were read: namespace, name, facets",
    "outputs": "datasets that were written: namespace, name, facets",
}
ACCESSES_MAX = 5_000
# A job has read before it has written.
READ_BEFORE = timedelta(microseconds=1)

Access = tuple[str, Told]  # the system that keeps the dataset


def read(item: object, now: datetime) -> tuple[str, list[RecordedEvent]]:
    """The run's id and what records its accesses: nothing for what is no completed run.

    Raises BadField.
    """
    fields = Fields(item)
    if fields.raw("run") is None or fields.text("eventType").upper() != "COMPLETE":
        return "", []
    at = fields.moment("eventTime", now)
    if at is None:
        raise fields.refusal("eventTime", "it is missing")
    run_id = fields.inner("run").needed("runId")
    job = fields.inner("job")
    agent = f"system:{job.needed('name')}"
    before = max(EPOCH, at - READ_BEFORE)
    reading = Telling("lineage", run_id, before, agent, job.needed("namespace"))
    writing = Telling("lineage", run_id, at, agent, reading.system)
    found: dict[tuple[str, str, bool], RecordedEvent] = {}
    for system, told in _accesses(fields):
        telling = writing if told.is_write else reading
        key = (told.entity, told.field, told.is_write)
        found.setdefault(key, telling.event(told, system))
        if len(found) > ACCESSES_MAX:
            raise BadField("", f"the run touches over {ACCESSES_MAX:,} datasets and columns")
    return run_id, list(found.values())


def _accesses(run: Fields) -> Iterator[Access]:
    """Whole datasets, and the columns that columnLineage tells of."""
    versions: dict[str, str] = {}
    for dataset in run.items("inputs"):
        entity = dataset_entity(dataset)
        versions[entity] = _version(dataset)
        yield dataset.text("namespace"), Told(entity, "", False, versions[entity])
    for dataset in run.items("outputs"):
        entity, version = dataset_entity(dataset), _version(dataset)
        system = dataset.text("namespace")
        yield system, Told(entity, "", True, version)
        columns = dataset.inner("facets").inner("columnLineage").inner("fields")
        for name in columns.names():
            yield system, Told(entity, name, True, version)
            for source in columns.inner(name).items("inputFields"):
                read_from = dataset_entity(source)
                told = Told(read_from, source.needed("field"), False, versions.get(read_from, ""))
                yield source.text("namespace"), told


def dataset_entity(dataset: Fields) -> str:
    """As the facet wakeline_entity says, else `dataset:NAMESPACE/NAME`."""
    said = dataset.inner("facets").inner("wakeline_entity")
    if said.raw("entity") is not None:
        return said.entity("entity")
    return f"dataset:{dataset.needed('namespace')}/{dataset.needed('name')}"


def _version(dataset: Fields) -> str:
    return dataset.inner("facets").inner("version").text("datasetVersion")
