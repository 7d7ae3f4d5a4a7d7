# SPDX-License-Identifier: MIT
"""Ports of the loopback device for daemons that tests start."""

from __future__ import annotations

import socket


def free_ports(count: int) -> list[int]:
    """Ports that nobody listened on a moment ago."""
    bound = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [x.getsockname()[1] for x in bound]
    for each in bound:
        each.close()
    return ports
