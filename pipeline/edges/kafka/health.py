"""What a worker tells those who watch it: `/health`, red when it makes no progress, and `/metrics`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiohttp import web

from pipeline.edges.kafka.measures import Measures
from pipeline.settings import Worker

SLOW = 60.0
"""Seconds that a batch may be in hand before the worker counts as ill."""


@asynccontextmanager
async def serve(worker: Worker, measures: Measures, acts: Sequence[str]) -> AsyncIterator[int]:
    """Serve health and metrics of these acts while the body runs; give the port."""

    async def health(_: web.Request) -> web.Response:
        stuck, joined = measures.stuck(), measures.joined()
        ill = stuck > SLOW or not set(acts) <= set(joined)
        told = {"ok": not ill, "seconds_in_hand": round(stuck, 1), "partitions": joined}
        return web.json_response(told, status=503 if ill else 200)

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=measures.page(), content_type="text/plain", charset="utf-8")

    app = web.Application()
    app.add_routes([web.get("/health", health), web.get("/metrics", metrics)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, worker.bind, worker.port)
    try:
        await site.start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
