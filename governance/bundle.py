"""The limits of a tenant as a bundle that Open Policy Agent pulls: a packed data.json.

The same limits make the same bytes, so that an unchanged bundle is not sent again.
"""

import gzip
import hashlib
import io
import tarfile
from collections.abc import Iterable

from domain.audit_trail import JsonValue
from domain.thresholds import Threshold, ThresholdDocument
from governance.canonical import canonical, plain

ROOT = "wakeline"


def packed(documents: Iterable[ThresholdDocument]) -> tuple[bytes, str]:
    """The tar.gz, and its revision: 32 hex digits of the hash of its data."""
    agents: dict[str, JsonValue] = {one.agent: _agent(one) for one in documents}
    data = canonical({ROOT: {"agents": agents}})
    revision = hashlib.sha256(data).hexdigest()[:32]
    manifest = canonical({"revision": revision, "roots": [ROOT]})
    plain_tar = io.BytesIO()
    with tarfile.open(fileobj=plain_tar, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, body in (("/data.json", data), ("/.manifest", manifest)):
            entry = tarfile.TarInfo(name)
            entry.size = len(body)
            archive.addfile(entry, io.BytesIO(body))
    return gzip.compress(plain_tar.getvalue(), mtime=0), revision


def _agent(document: ThresholdDocument) -> JsonValue:
    thresholds: dict[str, JsonValue] = {}
    for one in document.thresholds:
        versions = thresholds.setdefault(one.action, {})
        assert isinstance(versions, dict)
        versions[one.agent_version] = _limits(one)
    return {
        "version": document.version,
        "expires_at": plain(document.expires_at),
        "frozen": document.frozen,
        "actions": thresholds,
        "stops": plain(document.stops),
    }


def _limits(one: Threshold) -> JsonValue:
    return {
        "confidence": one.limits.confidence,
        "amount": one.limits.amount,
        "stage": one.stage.name.lower(),
        "share": one.stage.share,
        "oversight": str(one.oversight),
        "canary_salt": one.canary_salt,
    }
