# mypy: ignore-errors
"""A server that streams the Messages API's replies, which an agent's command line expects."""

import itertools
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

OVERLOADED = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}


def events(message):
    """The server-sent events of one message."""
    usage = message["usage"]
    start = {**message, "content": [], "stop_reason": None, "usage": {**usage, "output_tokens": 1}}
    yield {"type": "message_start", "message": start}
    for index, block in enumerate(message["content"]):
        if block["type"] == "text":
            begun, delta = {**block, "text": ""}, {"type": "text_delta", "text": block["text"]}
        else:
            begun = {**block, "input": {}}
            delta = {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
        yield {"type": "content_block_start", "index": index, "content_block": begun}
        yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    stop = {"stop_reason": message["stop_reason"], "stop_sequence": None}
    yield {"type": "message_delta", "delta": stop, "usage": usage}
    yield {"type": "message_stop"}


class Handler(BaseHTTPRequestHandler):
    """Answers what `server.reply(request)` says; None is answered 529, overloaded."""

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"] or 0)))
        message = self.server.reply(request)
        if message is None:
            self.send(529, "application/json", json.dumps(OVERLOADED))
        elif request.get("stream"):
            lines = [f"event: {e['type']}\ndata: {json.dumps(e)}\n\n" for e in events(message)]
            self.send(200, "text/event-stream", "".join(lines))
        else:
            self.send(200, "application/json", json.dumps(message))

    def do_HEAD(self):
        self.send(404, "application/json", "")

    def send(self, status, kind, text):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text)))
        self.send_header("request-id", f"req_{next(self.server.numbers)}")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


@contextmanager
def messages_api(reply):
    """Serves until the block ends and gives the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.reply, server.numbers = reply, itertools.count()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
