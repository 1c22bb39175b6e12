"""Does governance load without the libraries that make commands slow to start?"""

import subprocess
import sys

PROGRAM = """
import importlib, pkgutil, sys
import governance
for module in pkgutil.iter_modules(governance.__path__):
    importlib.import_module(f"governance.{module.name}")
print(sorted({"numpy", "scipy", "cryptography", "fastapi", "chdb"} & set(sys.modules)))
"""


def test_numbers_and_signatures_are_imported_only_where_they_are_needed() -> None:
    found = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"
