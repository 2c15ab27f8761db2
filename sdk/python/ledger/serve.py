"""A copy of a replicated ledger: run one beside each of three sidecars.

    $(sdk/python/setup.sh) sdk/python/ledger/serve.py --sidecars 127.0.0.1:7401,127.0.0.1:7411 \\
        --data /tmp/ledger-1 --port 7501

It answers over HTTP, with JSON:

    GET  /state               the state of this copy, which may be stale
    GET  /state?barrier=1     the same, with everything that was acknowledged before (linearizable)
    GET  /accounts/NAME       one account, linearizable
    POST /transfers           {"from": NAME, "to": NAME, "amount": N}
    POST /rate                {"rate": N}: standing orders a second

Kill it with -9, kill its sidecar, delete its data while it is down: it catches up.
"""

import argparse
import http.server
import json
import os
import pathlib
import re
import signal
import sys
import threading
import traceback
import urllib.parse

import grpc

import calls
from ledger import Broken
from replica import Replica, tell
from teller import Teller

# Each account and its lowest permitted balance; the bank owes what all other accounts have.
ACCOUNTS = {"bank": -(10**12), **{f"a{number:02}": -(number % 4) * 100 for number in range(1, 25)}}
ANSWER_SECONDS = 5.0
NAME = re.compile(r"[\w-]{1,64}", re.ASCII)


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers the requests of one connection, in its own thread."""

    protocol_version = "HTTP/1.1"
    # Otherwise each answer waits for the caller's delayed acknowledgement of its headers.
    disable_nagle_algorithm = True

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        self._answer(lambda: self._get(url.path, urllib.parse.parse_qs(url.query)))

    def do_POST(self):
        self._answer(lambda: self._post(self.path))

    def _get(self, path: str, query: dict) -> tuple:
        replica = self.server.replica
        if path == "/state":
            if query.get("barrier") == ["1"]:
                replica.barrier(ANSWER_SECONDS)
            return 200, {**replica.show(), "teller": self.server.teller.show()}
        if path.startswith("/accounts/"):
            replica.barrier(ANSWER_SECONDS)
            state = replica.show()
            account = state["accounts"].get(path.removeprefix("/accounts/"))
            if account is None:
                return 404, {"error": "no such account"}
            return 200, {"balance": account[0], "limit": account[1], "index": state["index"]}
        return 404, {"error": "no such page"}

    def _post(self, path: str) -> tuple:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        if path == "/rate" and isinstance(body.get("rate"), (int, float)) and body["rate"] >= 0:
            self.server.teller.set_rate(body["rate"])
            return 200, {}
        if path == "/transfers":
            names = [str(body.get("from", "")), str(body.get("to", ""))]
            amount = body.get("amount")
            if all(map(NAME.fullmatch, names)) and isinstance(amount, int) and 0 < amount < 10**15:
                return self._transfer(f"{names[0]} {names[1]} {amount}")
        return 400, {"error": "see the top of serve.py"}

    def _transfer(self, order: str) -> tuple:
        executed, found = threading.Event(), []

        def done(index: int):
            found.append(index)
            executed.set()

        self.server.teller.ask("transfer", order, done)
        if not executed.wait(ANSWER_SECONDS):
            return 202, {"outcome": "will be executed"}
        self.server.replica.wait(found[0], ANSWER_SECONDS)
        return 200, {"index": found[0], "outcome": self.server.replica.outcome(found[0])}

    def _answer(self, work):
        try:
            status, body = work()
        except (ValueError, AttributeError) as error:
            status, body = 400, {"error": str(error)}
        except (grpc.RpcError, TimeoutError) as error:
            told = calls.told(error) if isinstance(error, grpc.RpcError) else str(error)
            status, body = 503, {"error": told}
        content = json.dumps(body).encode() + b"\n"
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """Suppresses the access log."""


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, replica: Replica, teller: Teller):
        super().__init__(("127.0.0.1", port), Handler)
        self.replica = replica
        self.teller = teller


def run_or_die(work, *arguments):
    """Ends the process if `work` fails, since the other threads must not continue without it."""
    try:
        work(*arguments)
    except BaseException as error:
        traceback.print_exc()
        tell(f"serve.py: {error}")
        os._exit(3 if isinstance(error, Broken) else 1)


def die_with_stdin():
    sys.stdin.buffer.read()
    os._exit(0)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="One copy of a replicated ledger, beside one sidecar."
    )
    parser.add_argument(
        "--sidecars", required=True, metavar="HOST:PORT,...", help="its own one first"
    )
    parser.add_argument("--data", required=True, type=pathlib.Path, metavar="FOLDER")
    parser.add_argument("--port", type=int, default=7501, help="of its HTTP, on 127.0.0.1")
    parser.add_argument("--name", default="ledger", help="of its teller; each copy has another")
    parser.add_argument("--rate", type=float, default=0.0, metavar="ORDERS/S")
    parser.add_argument("--seed", type=int, default=0, help="of the standing orders")
    parser.add_argument("--memo-bytes", type=int, default=0, metavar="N")
    parser.add_argument("--ack-every", type=int, default=100, metavar="INDEXES")
    parser.add_argument("--snapshot-every", type=int, default=1_000, metavar="INDEXES")
    parser.add_argument("--session-ttl", type=float, default=10.0, metavar="SECONDS")
    parser.add_argument("--exit-with-stdin", action="store_true")
    return parser.parse_args()


def main() -> int:
    options = parse()
    options.data.mkdir(parents=True, exist_ok=True)
    channels = [
        grpc.insecure_channel(sidecar, calls.CHANNEL_OPTIONS)
        for sidecar in options.sidecars.split(",")
    ]
    replica = Replica(channels[0], options.data, options.ack_every, options.snapshot_every)
    teller = Teller(replica, channels, options.data, options)
    server = Server(options.port, replica, teller)
    work = [
        (replica.follow,),
        (replica.keep,),
        (teller.run, ACCOUNTS),
        (teller.keep_session,),
        (server.serve_forever,),
    ]
    if options.exit_with_stdin:
        work.append((die_with_stdin,))
    for part in work:
        threading.Thread(target=run_or_die, args=part, daemon=True).start()
    tell(f"answers at http://127.0.0.1:{options.port}/state")
    # The files are durable at any time, so no orderly shutdown is needed.
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    return 0


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    sys.exit(main())
