"""The incident report of a chain as Markdown; every value in it is text and nothing else."""

import re
from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api import fitting, rendering
from api.chain_story import Story

# What means something in Markdown wherever it stands (CommonMark 0.31, sections 2.4 and 6), and
# what browsers read as HTML; an underscore means nothing inside a word.
SPECIAL = re.compile(r"([\\`*{}\[\]<>#|~$&]|_(?!\w)|(?<!\w)_)")
# At the start of a line, these make lists, lines and headings.
LEADING = re.compile(r"^(\d{1,9}(?=[.)](?:\s|$))|(?=[-+=]))(.)")


class Written(str):
    """Markdown of our own, which is not escaped again."""

    __slots__ = ()


def escaped(value: Any) -> str:
    """As text that Markdown shows as it is, on one line."""
    if isinstance(value, Written | int | float):
        return str(value)
    return LEADING.sub(r"\1\\\2", SPECIAL.sub(r"\\\1", fitting.plain(str(value))))


def code(value: str) -> Written:
    """As an inline code span in a table, which shows all but backticks and bars as it is."""
    told = fitting.plain(value).replace("`", "'").replace("|", "\\|")
    return Written(f"`{told}`" if told else "")


ENVIRONMENT = Environment(
    loader=FileSystemLoader(rendering.FOLDER / "templates"),
    # It is no HTML: `finalize` escapes every value for Markdown.
    autoescape=False,
    finalize=escaped,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
ENVIRONMENT.filters |= {"clip": rendering.clip, "utc": rendering.utc, "code": code}


def markdown(story: Story, words: Mapping[str, Any]) -> str:
    """templates/chain_report.md of the story."""
    template = ENVIRONMENT.get_template("chain_report.md")
    return template.render(story=story, chain=story.chain, **words)
