"""The fields of an object that somebody sent, read one by one: what is wrong names its place."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation

TEXT_CHARACTERS_MAX = 512
TEXTS_MAX = 256
NUMBER_CHARACTERS_MAX = 64
DEPTH_MAX = 32
AHEAD_MAX = timedelta(days=1)  # clocks differ, and zones are mistaken
NUMBER_MAX = Decimal(10) ** 12  # a double still tells its ten-thousandths
SPAN = re.compile(r"(?:span:)?([0-9a-f]{32})[-/]([0-9a-f]{16})", re.IGNORECASE)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class BadField(ValueError):
    """What is wrong with one field; `field` is empty when it is the whole."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}" if field else reason)
        self.field = field
        self.reason = reason


class Fields:
    """The fields of one item, read by name. Raises BadField; absent, null and "" are the same."""

    def __init__(self, item: object, path: str = "") -> None:
        if not isinstance(item, Mapping):
            raise BadField(path, "an object is needed here")
        self._item: Mapping[str, object] = item
        self._path = path

    def refuse_others(self, known: Iterable[str]) -> None:
        """A field that nobody reads would be lost without a word."""
        others = sorted(str(name) for name in self._item if name not in known)
        if others:
            raise BadField(
                clean_name(others[0]), f"no such field; there are {', '.join(sorted(known))}"
            )

    def raw(self, name: str) -> object:
        """The value as it is, None where there is none."""
        value = self._item.get(name)
        return None if value == "" else value

    def value(self, name: str) -> object:
        """Whatever JSON gives, nested no deeper than DEPTH_MAX; None when it is absent."""
        value = self.raw(name)
        if not _is_shallow(value, DEPTH_MAX):
            raise self.refusal(name, f"it is nested over {DEPTH_MAX} deep")
        return value

    def inner(self, name: str) -> "Fields":
        """The object under `name`, empty when it is absent."""
        value = self.raw(name)
        return Fields({} if value is None else value, self.place(name))

    def items(self, name: str) -> list["Fields"]:
        """The objects of the list under `name`, empty when it is absent."""
        value = self.raw(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise BadField(self.place(name), "a list is needed here")
        place = self.place(name)
        return [Fields(item, f"{place}[{index}]") for index, item in enumerate(value)]

    def names(self) -> list[str]:
        """The names of all fields; each a text that can be kept as it is."""
        found = [_text(name, self.place(name)) for name in self._item]
        if odd := [name for name in self._item if name not in found]:
            raise self.refusal(odd[0], "its name begins or ends with a space")
        return found

    def place(self, name: str) -> str:
        """How the field is called in a reason; without a name, the whole object."""
        return ".".join(filter(None, (self._path, clean_name(name))))

    def refusal(self, name: str, reason: str) -> BadField:
        """To be raised: what is wrong with the field."""
        return BadField(self.place(name), reason)

    def needed(self, name: str) -> str:
        """A text that has to be there."""
        text = self.text(name)
        if not text:
            raise self.refusal(name, "it is missing")
        return text

    def text(self, name: str) -> str:
        """A text, or a whole number as one; empty when it is absent."""
        value = self.raw(name)
        if value is None:
            return ""
        if isinstance(value, int) and not isinstance(value, bool):
            value = _digits(value, self.place(name))
        return _text(value, self.place(name))

    def entity(self, name: str) -> str:
        """A reference `type:id` that has to be there."""
        text = reference(self.needed(name))
        kind, _, own = text.partition(":")
        if not kind or not own:
            raise self.refusal(name, "an entity is type:id, as invoice:501 is")
        return text

    def texts(self, name: str) -> tuple[str, ...]:
        """One text or a list of them, each once."""
        value = self.raw(name)
        if not isinstance(value, list):
            text = self.text(name)
            return (text,) if text else ()
        if len(value) > TEXTS_MAX:
            raise self.refusal(name, f"there are over {TEXTS_MAX}")
        place = self.place(name)
        found = (_text(text, f"{place}[{index}]") for index, text in enumerate(value))
        return tuple(dict.fromkeys(text for text in found if text))

    def number(self, name: str) -> float | None:
        """A number or the text of one, of at most NUMBER_MAX."""
        value = self.raw(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise self.refusal(name, "a number is needed here")
        return _number(value, self.place(name))

    def flag(self, name: str) -> bool | None:
        """true or false, also as text."""
        value = self.raw(name)
        if value is None or isinstance(value, bool):
            return value
        word = value.lower() if isinstance(value, str) else ""
        if word not in {"true", "false"}:
            raise self.refusal(name, "true or false is needed here")
        return word == "true"

    def moment(self, name: str, now: datetime) -> datetime | None:
        """An ISO 8601 time with its zone, between 1970 and a day after `now`."""
        text = self.text(name)
        if not text:
            return None
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            raise self.refusal(name, "no time of ISO 8601, as 2026-11-28T09:30:00Z is") from None
        if at.tzinfo is None:
            raise self.refusal(name, "a time needs its zone: 2026-11-28T09:30:00Z or +01:00")
        return bounded(at, now, self.place(name))


def bounded(at: datetime, now: datetime, place: str) -> datetime:
    """`at` in UTC. Raises BadField before 1970 or more than a day after `now`."""
    if not EPOCH <= at <= now + AHEAD_MAX:
        raise BadField(place, "the time lies before 1970 or over a day ahead")
    return at.astimezone(UTC)


def reference(text: str) -> str:
    """How a target or entity is called everywhere: its type in lower case, spans in one spelling.

    >>> reference("Invoice:A-501")
    'invoice:A-501'
    >>> reference("0af7651916cd43dd8448eb211c80319c/B7AD6B7169203331")
    'span:0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331'
    """
    if span := SPAN.fullmatch(text):
        return f"span:{span[1].lower()}-{span[2].lower()}"
    kind, colon, name = text.partition(":")
    return f"{kind.lower()}:{name}" if colon else text


def clean_name(name: object) -> str:
    """A field's name, short enough for an error and free of what a terminal would obey.

    >>> clean_name("a" + chr(27) + "b")
    'a?b'
    """
    text = str(name)[:40]
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else "?" for char in text)


def _text(value: object, place: str) -> str:
    if not isinstance(value, str):
        raise BadField(place, "a text is needed here")
    text = value.strip()
    if len(text) > TEXT_CHARACTERS_MAX:
        raise BadField(place, f"it is over {TEXT_CHARACTERS_MAX} characters")
    if not text.isprintable():
        raise BadField(place, "it holds a character that can not be printed")
    return text


def _is_shallow(value: object, levels: int) -> bool:
    if not isinstance(value, list | dict):
        return True
    inside = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(_is_shallow(each, levels - 1) for each in inside)


def _digits(value: int, place: str) -> str:
    if abs(value) >= 10**38:
        raise BadField(place, "it is over 38 digits")
    return str(value)


def _number(value: float | str, place: str) -> float:
    if isinstance(value, int):
        value = _digits(value, place)
    text = value if isinstance(value, str) else repr(value)
    try:
        exact = Decimal(text[:NUMBER_CHARACTERS_MAX])
    except InvalidOperation:
        raise BadField(place, "no number, as -1234.56 is") from None
    if not exact.is_finite() or abs(exact) >= NUMBER_MAX:
        raise BadField(place, f"its size has to be below {NUMBER_MAX:,}")
    return float(exact)
