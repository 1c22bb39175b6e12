"""What requests to addresses that operators set have in common."""

from urllib.request import HTTPRedirectHandler, OpenerDirector, build_opener

# Answers of 4xx that a later attempt may mend; any other will be the same again.
TRIED_AGAIN = frozenset({408, 425, 429})


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        return None


def opener() -> OpenerDirector:
    """What is sent goes where it was meant to, or nowhere: redirects are errors."""
    return build_opener(_NoRedirect)
