"""The line between a tablet and the service: a TCP proxy of our own with seeded bad weather."""

from __future__ import annotations

import asyncio
import random
import re
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

DELIVERY = "/api/v1/ratings"
PORTAL = b"<html><title>Free network</title>Welcome. Accept the terms to go on.</html>"
Rewrite = Callable[[bytes], bytes]


@dataclass(frozen=True)
class Weather:
    """Share of requests that meet each fault; the rest pass. ``delay`` is at most ``slow`` seconds."""

    cut_request: float = 0.0
    swallow: float = 0.0
    cut_reply: float = 0.0
    error_500: float = 0.0
    portal: float = 0.0
    delay: float = 0.0
    slow: float = 0.5

    def draw(self, rng: random.Random) -> str:
        """The fault of the next request."""
        at = rng.random()
        for name in ("cut_request", "swallow", "cut_reply", "error_500", "portal", "delay"):
            at -= getattr(self, name)
            if at < 0:
                return name
        return "pass"


CALM = Weather()
STORM = Weather(
    cut_request=0.07, swallow=0.12, cut_reply=0.05, error_500=0.05, portal=0.05, delay=0.10
)


@dataclass
class Line:
    """One tablet's way to the service. ``dead`` refuses everything; ``seen`` counts what happened.

    ``rewrite`` changes the body of a reply by its path: how a tablet gets a page that was tampered with.
    """

    target: int
    rng: random.Random
    weather: Weather = CALM
    others: Weather = CALM
    dead: bool = False
    rewrite: Mapping[str, Rewrite] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)
    port: int = 0

    @property
    def address(self) -> str:
        """Where the tablet finds the service."""
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one request."""
        try:
            await asyncio.wait_for(self._carry(reader, writer), 60)
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            writer.transport.abort()
        finally:
            writer.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head, body = await _request(reader)
        path = head.split(b" ", 2)[1].decode().partition("?")[0]
        sends = path == DELIVERY
        fault = (self.weather if sends else self.others).draw(self.rng) if not self.dead else "dead"
        if sends:
            self.seen[fault] += 1
        if fault == "delay":
            await asyncio.sleep(self.rng.random() * self.weather.slow)
        if fault in ("dead", "error_500", "portal"):
            await _answer_alone(writer, fault)
            return
        if fault == "cut_request":
            await _half_a_request(self.target, head, body)
            writer.transport.abort()
            return
        reply = await _ask(self.target, head, body)
        if fault == "swallow":
            self.seen["swallowed_verdicts"] += sends and reply.startswith(b"HTTP/1.1 200")
            writer.transport.abort()
            return
        if path in self.rewrite:
            reply = _rewritten(reply, self.rewrite[path])
        writer.write(reply[: len(reply) // 2] if fault == "cut_reply" else reply)
        await writer.drain()
        if fault == "cut_reply":
            await asyncio.sleep(0.02)
            writer.transport.abort()


async def _request(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    body = await reader.readexactly(int(length[1])) if length else b""
    lines = [
        one for one in head.rstrip(b"\r\n").split(b"\r\n")
        if not one.lower().startswith((b"connection:", b"accept-encoding:"))
    ]
    return b"\r\n".join([*lines, b"Connection: close", b"", b""]), body


async def _answer_alone(writer: asyncio.StreamWriter, fault: str) -> None:
    if fault == "dead":
        writer.transport.abort()
        return
    status, body = {"error_500": (b"500 Oops", b"oops"), "portal": (b"200 OK", PORTAL)}[fault]
    writer.write(
        b"HTTP/1.1 %s\r\nContent-Type: text/html\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
        % (status, len(body), body)
    )
    await writer.drain()


async def _half_a_request(target: int, head: bytes, body: bytes) -> None:
    _reader, writer = await asyncio.open_connection("127.0.0.1", target)
    whole = head + body
    writer.write(whole[: len(head) + len(body) // 2])
    await writer.drain()
    await asyncio.sleep(0.02)
    writer.transport.abort()


async def _ask(target: int, head: bytes, body: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", target)
    try:
        writer.write(head + body)
        await writer.drain()
        return await reader.read(-1)
    finally:
        writer.close()


def _rewritten(reply: bytes, change: Rewrite) -> bytes:
    head, _, body = reply.partition(b"\r\n\r\n")
    body = change(body)
    lines = [
        line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-length:")
    ]
    return b"\r\n".join([*lines, b"Content-Length: %d" % len(body), b"", body])


class Lines:
    """All lines of a campaign, carried by one thread."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def add(self, line: Line) -> Line:
        """Open a line; ``line.port`` is then known."""
        started = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(line.serve, "127.0.0.1", 0, limit=1 << 22), self._loop
        ).result(10)
        line.port = started.sockets[0].getsockname()[1]
        self.lines.append(line)
        return line

    def calm(self) -> None:
        """Good weather everywhere, as at the end of a bad day."""
        for line in self.lines:
            line.weather = line.others = CALM
            line.dead = False

    def seen(self) -> Counter[str]:
        """What all lines did to deliveries."""
        return sum((line.seen for line in self.lines), Counter[str]())

    def close(self) -> None:
        """End the thread and whatever is still being carried."""
        asyncio.run_coroutine_threadsafe(_end_all(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


async def _end_all() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
