"""Are keys made, listed and revoked from the shell, with no instance running?"""

from pathlib import Path

import pytest

from tests.app.commands import invoke


def test_the_text_of_a_key_is_alone_on_stdout_and_its_warning_on_stderr(data: Path) -> None:
    made = invoke("keys", "create", "--scope", "ingest", "--data", data)
    assert made.code == 0
    assert made.out.startswith("wk_")
    assert made.out.count("\n") == 1
    assert "can not be shown again" in made.err


def test_a_key_goes_its_way_from_creation_to_revocation(data: Path) -> None:
    made = invoke(
        "keys", "create", "--scope", "read", "--scope", "ingest", "--tenant", "acme",
        "--name", "fleet", "--data", data, "--format", "json",
    ).json  # fmt: skip
    assert made["scopes"] == ["ingest", "read"]
    (listed,) = invoke("keys", "list", "--data", data, "--format", "json").json
    assert listed.pop("changed_at").endswith("+00:00")
    assert listed == {key: made[key] for key in listed}
    assert "key" not in listed
    row = invoke("keys", "list", "--data", data).out.splitlines()[1].split("\t")
    assert row[:5] == [made["key_id"], "acme", "fleet", "ingest, read", "in force"]
    assert row[5].endswith(" ago")
    gone = invoke("keys", "revoke", made["key_id"], "--data", data, "--format", "json").json
    assert gone["revoked"] is True
    (listed,) = invoke("keys", "list", "--data", data, "--format", "json").json
    assert listed["revoked"] is True


def test_the_text_of_a_key_is_nowhere_in_the_folder(own_data: Path) -> None:
    made = invoke("keys", "create", "--scope", "ingest", "--data", own_data).out.strip()
    secret = made.split("_", 2)[2]
    stored = invoke("sql", "SELECT * FROM api_keys", "--data", own_data).out
    assert made.split("_")[1] in stored
    assert secret not in stored
    for file in own_data.rglob("*"):
        assert not file.is_file() or secret.encode() not in file.read_bytes()


def test_the_first_key_makes_the_store(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    assert invoke("keys", "create", "--scope", "govern", "--data", folder).code == 0
    assert len(invoke("keys", "list", "--data", folder, "--format", "json").json) == 1


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--tenant", ""), "tenant: 1 to 200 printable characters"),
        (("--tenant", "a\nb"), "tenant: 1 to 200 printable characters"),
        (("--name", "x" * 201), "name: at most 200 printable characters"),
    ],
)
def test_names_that_would_harm_are_refused(
    options: tuple[str, str], reason: str, data: Path
) -> None:
    assert invoke("keys", "create", "--scope", "read", *options, "--data", data).refused() == reason


def test_an_unknown_key_can_not_be_revoked(data: Path) -> None:
    refusal = invoke("keys", "revoke", "nobody", "--data", data).refused()
    assert refusal == "no key has the id 'nobody'; see `wakeline keys list`"
