"""The error tree; permanent against retryable is the only question that it answers.

WakelineError
├── InvalidInput          the caller must change the request   HTTP 422 · OTLP 400 INVALID_ARGUMENT
│   ├── TooLarge          over a size limit                    HTTP, OTLP 413 RESOURCE_EXHAUSTED
│   ├── UnsupportedMedia  another content type or coding       HTTP 415 · OTLP 415 UNIMPLEMENTED
│   └── Refused           the engine cannot decode the bytes   dead letter
├── Unauthenticated       no valid key was sent                HTTP 401 · OTLP 401 UNAUTHENTICATED
├── PermissionDenied      the key lacks the scope              HTTP 403 · OTLP 403 PERMISSION_DENIED
├── NotFound              the named thing does not exist       HTTP 404
├── Conflict              somebody else holds or changed it    HTTP 409
└── Unavailable           down or full: retry later            HTTP 503 · OTLP 503 UNAVAILABLE

These errors know no wire code: `api/errors.py` and `collector/status.py` are the two maps.
"""


class WakelineError(Exception):
    """Anything that Wakeline refuses; the text says the cause and the mend."""


class InvalidInput(WakelineError):
    """The request can never succeed as it is."""


class TooLarge(InvalidInput):
    """The request is over a size limit, before or after decompression."""


class UnsupportedMedia(InvalidInput):
    """The content type or content coding is not one that we read."""


class Refused(InvalidInput):
    """The engine cannot decode the bytes; splitting them finds the bad part."""


class Unauthenticated(WakelineError):
    """No key, or none that is known and in force."""


class PermissionDenied(WakelineError):
    """The key is known but lacks the scope."""


class NotFound(WakelineError):
    """The named thing does not exist."""


class Conflict(WakelineError):
    """Somebody else changed or holds the thing."""


class Unavailable(WakelineError):
    """Down or full: the same request may succeed after `retry_after_s` seconds."""

    def __init__(self, message: str, retry_after_s: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
