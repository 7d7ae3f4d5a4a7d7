# SPDX-License-Identifier: MIT
"""Switches the loopback device on, which is off in a new network namespace."""

from __future__ import annotations

import fcntl
import socket
import struct

SIOCSIFFLAGS, IFF_UP = 0x8914, 1

with socket.socket() as any_socket:
    fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP))
