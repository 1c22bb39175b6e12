"""`wakeline audit`: what people and systems did to data, from their audit trails."""

from app.commands import importing
from app.event_files import Form


def _form() -> Form:
    from app.event_forms import ACCESSES

    return ACCESSES


cli = importing.group(
    "Reads and writes by people and systems.",
    "Store the accesses in a file: good rows in, bad rows told; repeated, it adds nothing.",
    _form,
)
