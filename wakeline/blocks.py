"""What every block of the SDK shares: `with`, `async with`, or a decorator of any function."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextvars import Token
from types import TracebackType
from typing import Generic, ParamSpec, Self, TypeVar, cast

from opentelemetry.context import Context, attach, detach

from wakeline.decorating import decorated
from wakeline.recorder import Recorder, active

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


class Block(ABC, Generic[T]):
    """A stretch of work; as a decorator, each call of the function is one.

    The decorated function may be plain, async, a generator or an async generator, and keeps its
    type. When the SDK is off, it is called as it is.
    """

    handle: T
    _token: Token[Context] | None = None

    @abstractmethod
    def begin(self, recorder: Recorder) -> tuple[T, Context]:
        """Start; returns what `with ... as` gives and the context that holds inside."""

    @abstractmethod
    def end(self, error: BaseException | None) -> None:
        """Finish, still inside; `self.handle` is what begin gave."""

    @abstractmethod
    def off(self) -> T:
        """What `with ... as` gives when nothing is recorded."""

    def called(self, arguments: Mapping[str, object]) -> None:
        """The block is a call of a decorated function; told before it begins."""

    def returned(self, result: object) -> None:
        """The decorated function returned; told before the block ends."""

    def __enter__(self) -> T:
        recorder = active()
        if recorder is None:
            return self.off()
        self.handle, context = self.begin(recorder)
        self._token = attach(context)
        return self.handle

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._token is None:
            return
        token, self._token = self._token, None
        try:
            self.end(error)
        finally:
            detach(token)

    async def __aenter__(self) -> T:
        return self.__enter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.__exit__(kind, error, trace)

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """Decorate `function`."""
        return cast("Callable[P, R]", decorated(self, function))

    def for_call(self, arguments: Mapping[str, object]) -> Self:
        """A block of its own for one call with these arguments."""
        block = object.__new__(type(self))  # copy.copy takes five times as long
        block.__dict__.update(self.__dict__)
        block.called(arguments)
        return block
