"""The expressions of tools.yaml: where in a tool's arguments or result does a value stand?

args.invoice_id   result.items[0].id   result["odata.etag"]   -args.delta   EUR   12.50
account:{args.account_id}              a template: text with such paths in braces
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from domain.errors import InvalidInput

Row = tuple[str, list[str], str, bool]

_SEGMENT = r"""\.[^\s.\[\]{}"']+|\[[0-9]{1,9}\]|\["[^"]+"\]|\['[^']+'\]"""
_SEGMENTS = re.compile(_SEGMENT)
_PATH = re.compile(rf"(args|result)((?:{_SEGMENT})*)")
_ROOT = re.compile(r"(?:args|result)(?![^.\[])")
_PIECE = re.compile(rf"\{{(?P<root>args|result)(?P<path>(?:{_SEGMENT})*)\}}|(?P<text>[^{{}}]+)")
_BARE = re.compile(r"""[^\s.\[\]{}"']+""")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
# What other languages call the two roots; as literal text they would be a silent mistake.
_MISTAKEN = re.compile(
    r"-?(arg|arguments?|params?|parameters?|inputs?|results|outputs?|response|body)[.\[]"
)
_ENTITY = re.compile(r"(?:[a-z][a-z0-9_.-]*|\0):.", re.DOTALL)  # \0 stands for a path
SEGMENTS_MAX = 16


@dataclass(frozen=True, slots=True)
class Expression:
    """One value of a call.

    root:      'args', 'result', 'literal', or '' for none.
    path:      keys from the root inwards; positions in arrays as decimal digits, from 0.
    text:      the literal.
    negative:  whether its sign is turned.
    """

    root: str = ""
    path: tuple[str, ...] = ()
    text: str = ""
    negative: bool = False

    @property
    def is_number(self) -> bool:
        """Whether it is a literal number."""
        return self.root == "literal" and _NUMBER.fullmatch(self.text) is not None

    def row(self) -> Row:
        """As the tuple that the table `tool_rules` holds."""
        return self.root, list(self.path), self.text, self.negative


Template = tuple[Expression, ...]
ABSENT = Expression()


def value(text: str) -> Expression:
    """A path, or literal text. Raises InvalidInput for a path that can not be read.

    >>> value("result.items[0].id").row()
    ('result', ['items', '0', 'id'], '', False)
    >>> value("EUR").row()
    ('literal', [], 'EUR', False)
    """
    expression = signed(text)
    if not expression.negative:
        return expression
    if expression.root == "literal":
        return Expression("literal", text=text)
    raise InvalidInput(f"'{text}' has a minus, which only value, prev and delta may have")


def signed(text: str) -> Expression:
    """As `value`, and a leading minus turns the sign of a path or a number.

    >>> signed("-args.delta").row()
    ('args', ['delta'], '', True)
    """
    body = text.removeprefix("-")
    negative = body != text
    if _ROOT.match(body):
        return Expression(*_read_path(body, text), negative=negative)
    if "{" in text or "}" in text:
        raise InvalidInput(f"'{text}' has braces, which only templates have: write args.key here")
    if mistaken := _MISTAKEN.match(text):
        raise InvalidInput(f"'{text}' starts with '{mistaken[1]}': write args or result")
    if _NUMBER.fullmatch(body):
        return Expression("literal", text=body, negative=negative)
    return Expression("literal", text=text)


def number(text: str) -> Expression:
    """As `signed`, for what has to be a number. Raises InvalidInput for literal text.

    >>> number("-2.50").row()
    ('literal', [], '2.50', True)
    """
    expression = signed(text)
    if expression.root == "literal" and not expression.is_number:
        raise InvalidInput(f"'{text}' is neither a number nor a path such as -args.delta")
    return expression


def template(text: str) -> Template:
    """Literal text with paths in braces, in order. Raises InvalidInput for a brace out of place.

    >>> [part.row() for part in template("account:{args.account_id}")]
    [('literal', [], 'account:', False), ('args', ['account_id'], '', False)]
    """
    return tuple(_parts(text))


def entity(text: str) -> Template:
    """A template of the form type:id. Raises InvalidInput for another form."""
    parts = template(text)
    marked = "".join(part.text or "\0" for part in parts)
    if not _ENTITY.match(marked):
        raise InvalidInput(
            f"'{text}' is not type:id with the type in lower case, such as"
            " account:{args.account_id}"
        )
    return parts


def spelled(expression: Expression) -> str:
    """How the expression is written; what `signed` reads back.

    >>> spelled(Expression("result", ("items", "0", "odata.etag")))
    'result.items.0["odata.etag"]'
    """
    sign = "-" if expression.negative else ""
    if expression.root == "literal":
        return sign + expression.text
    return sign + expression.root + "".join(map(_spelled_key, expression.path))


def spelled_template(parts: Template) -> str:
    """How the template is written; what `template` reads back."""
    return "".join(part.text or f"{{{spelled(part)}}}" for part in parts)


def _parts(text: str) -> Iterator[Expression]:
    position = 0
    while position < len(text):
        piece = _PIECE.match(text, position)
        if piece is None:
            raise InvalidInput(_misplaced(text, position))
        if piece["root"]:
            yield Expression(piece["root"], _keys(piece["path"], text))
        else:
            yield Expression("literal", text=piece["text"])
        position = piece.end()


def _misplaced(text: str, position: int) -> str:
    if text[position] == "}":
        return f"'{text}' has a closing brace without an opening one"
    hole, closing, _ = text[position + 1 :].partition("}")
    if "{" in hole and not hole.startswith("{"):
        closing = ""  # the brace belongs to a later hole
    if not closing:
        return f"'{text}' lacks its closing brace"
    if hole.startswith("{"):
        return f"'{text}' has two braces: write {{args.key}}"
    return f"'{text}' has {{{hole}}}, which is no path: write {{args.key}} or {{result.key}}"


def _read_path(body: str, text: str) -> tuple[str, tuple[str, ...]]:
    found = _PATH.fullmatch(body)
    if found is None:
        raise InvalidInput(
            f"'{text}' is no path: join keys by dots, write positions as [0] and other keys"
            ' as ["odata.etag"]'
        )
    return found[1], _keys(found[2], text)


def _keys(path: str, text: str) -> tuple[str, ...]:
    keys = tuple(map(_key, _SEGMENTS.findall(path)))
    if len(keys) > SEGMENTS_MAX:
        raise InvalidInput(f"'{text}' goes {len(keys)} keys deep, at most {SEGMENTS_MAX}")
    return keys


def _key(segment: str) -> str:
    if segment.startswith("."):
        return segment[1:]
    inner = segment[1:-1]
    return str(int(inner)) if inner.isdigit() else inner[1:-1]


def _spelled_key(key: str) -> str:
    if _BARE.fullmatch(key):
        return f".{key}"
    return f"['{key}']" if '"' in key else f'["{key}"]'
