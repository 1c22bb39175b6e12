"""How a block wraps a function: plain, async, generator and async generator alike."""

import functools
import inspect
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from typing import TYPE_CHECKING, Any

from opentelemetry.context import attach, detach, get_current

from wakeline.recorder import active

if TYPE_CHECKING:
    from wakeline.blocks import Block

Function = Callable[..., Any]
Bind = Callable[..., Mapping[str, object]]


def decorated(block: "Block[Any]", function: Function) -> Function:
    """`function`, each call of it a block like `block`; off, it is called as it is."""
    bind = _binder(function)
    if inspect.isasyncgenfunction(function):
        return _async_generator(block, function, bind)
    if inspect.isgeneratorfunction(function):
        return _generator(block, function, bind)
    if inspect.iscoroutinefunction(function):
        return _coroutine(block, function, bind)

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if active() is None:
            return function(*args, **kwargs)
        with (one := block.for_call(bind(*args, **kwargs))):
            result = function(*args, **kwargs)
            one.returned(result)
            return result

    return call


def _coroutine(block: "Block[Any]", function: Function, bind: Bind) -> Function:
    @functools.wraps(function)
    async def call(*args: Any, **kwargs: Any) -> Any:
        if active() is None:
            return await function(*args, **kwargs)
        with (one := block.for_call(bind(*args, **kwargs))):
            result = await function(*args, **kwargs)
            one.returned(result)
            return result

    return call


def _generator(block: "Block[Any]", function: Function, bind: Bind) -> Function:
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        inner = function(*args, **kwargs)
        if active() is None:
            return (yield from inner)
        steps = _Steps(block.for_call(bind(*args, **kwargs)))
        step: Function = functools.partial(next, inner)
        while True:
            try:
                with steps:
                    item = step()
            except StopIteration as stop:
                return stop.value
            try:
                step = functools.partial(inner.send, (yield item))
            except GeneratorExit:
                with steps:
                    inner.close()
                steps.close()
                raise
            except BaseException as error:  # noqa: BLE001 - the generator's to handle
                step = functools.partial(inner.throw, error)

    return call


def _async_generator(block: "Block[Any]", function: Function, bind: Bind) -> Function:
    @functools.wraps(function)
    async def call(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        inner = function(*args, **kwargs)
        if active() is None:
            async for item in inner:
                yield item
            return
        steps = _Steps(block.for_call(bind(*args, **kwargs)))
        step: Function = functools.partial(anext, inner)
        while True:
            try:
                with steps:
                    item = await step()
            except StopAsyncIteration:
                return
            try:
                step = functools.partial(inner.asend, (yield item))
            except GeneratorExit:
                with steps:
                    await inner.aclose()
                steps.close()
                raise
            except BaseException as error:  # noqa: BLE001 - the generator's to handle
                step = functools.partial(inner.athrow, error)

    return call


class _Steps:
    """The block is current only while the generator runs, not while its consumer does."""

    def __init__(self, block: "Block[Any]") -> None:
        recorder = active()
        assert recorder
        self._block = block
        self._block.handle, self._inside = block.begin(recorder)

    def __enter__(self) -> None:
        self._outside = attach(self._inside)

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._inside = get_current()
        try:
            if error is not None:  # the generator returned or failed
                stopped = isinstance(error, StopIteration | StopAsyncIteration)
                self._block.end(None if stopped else error)
        finally:
            detach(self._outside)

    def close(self) -> None:
        """The consumer wants no more."""
        with self:
            self._block.end(None)


def _binder(function: Callable[..., Any]) -> Callable[..., Mapping[str, object]]:
    """What names the arguments of a call, without `self` and `cls`."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # some builtins have none
        signature = inspect.Signature()

    def bind(*args: Any, **kwargs: Any) -> Mapping[str, object]:
        try:
            arguments = signature.bind(*args, **kwargs).arguments
        except TypeError:  # not as it is signed; whether that is wrong, the function will say
            return {**{str(place): value for place, value in enumerate(args)}, **kwargs}
        return {name: value for name, value in arguments.items() if name not in ("self", "cls")}

    return bind
