"""Options of a channel, and the typed details of an error, for all programs."""

import grpc
from google.rpc import error_details_pb2, status_pb2

from synod.v1 import common_pb2

CHANNEL_OPTIONS = [
    # The sidecar is on this host, but gRPC would use the proxy of http_proxy.
    ("grpc.enable_http_proxy", 0),
    # Reconnects to a restarted sidecar within a second, not after minutes.
    ("grpc.initial_reconnect_backoff_ms", 100),
    # How long one attempt to connect may take; it does not delay the next one.
    ("grpc.min_reconnect_backoff_ms", 5_000),
    ("grpc.max_reconnect_backoff_ms", 1_000),
    # A page of the log may be larger than gRPC's default.
    ("grpc.max_receive_message_length", 16 << 20),
]


def details(error: grpc.RpcError) -> dict:
    """The typed details of an error, by the name of their type."""
    known = {
        "google.rpc.ErrorInfo": error_details_pb2.ErrorInfo,
        "google.rpc.RetryInfo": error_details_pb2.RetryInfo,
        "synod.v1.CompactionInfo": common_pb2.CompactionInfo,
    }
    found = {}
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            for detail in status_pb2.Status.FromString(value).details:
                name = detail.TypeName()
                if name in known:
                    found[name] = known[name].FromString(detail.value)
    return found


def reason(error: grpc.RpcError) -> str:
    """The reason that a sidecar gave for this error; empty if it does not come from a sidecar."""
    info = details(error).get("google.rpc.ErrorInfo")
    return info.reason if info is not None and info.domain == "synod.dev" else ""


def told(error: grpc.RpcError) -> str:
    """The error on one line."""
    word = reason(error)
    return f"{error.code().name}{' ' + word if word else ''}: {error.details()}"
