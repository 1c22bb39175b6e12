"""`wakeline outcomes`: what became of what agents did, from the books of others."""

from app.commands import importing
from app.event_files import Form


def _form() -> Form:
    from app.event_forms import OUTCOMES

    return OUTCOMES


cli = importing.group(
    "Outcomes from other systems.",
    "Store the outcomes of a file: good rows in, bad rows told; repeated, it adds nothing.",
    _form,
)
