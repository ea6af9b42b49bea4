"""The web app: `create_app()` for a server, `create_app(settings)` for a test."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Final

from fastapi import APIRouter, FastAPI

from factory.doors.web import logs, openapi, refusals
from factory.doors.web.frame import Frame
from factory.doors.web.parts import Parts
from factory.doors.web.routing import GuardedRoute
from factory.doors.web.site.pages import PageRoute
from factory.settings import Settings

ROUTERS: Final = (
    "whoami", "uploads", "brands", "briefs", "placements",
    "batches", "events", "variants", "again", "decisions", "bundles", "files", "webhooks",
    "api_keys", "audit", "usage", "health", "docs",
)
"""Modules of `routes/`, in the order in which the reference shows them; one that is not there yet is left out."""

PAGES: Final = (
    "visit", "home", "brief_form", "briefs", "brands", "batches", "review", "variants", "bundles", "account", "settings",
    "webhooks", "audit", "files",
)
"""Modules of `site/routes/`."""


def create_app(settings: Settings | None = None) -> FastAPI:
    """The app. Settings come from the environment when none are given; connections open when it starts."""
    chosen = settings or Settings.read(os.environ)
    if settings is None:
        logs.configure(chosen.log_level)
    app = FastAPI(title="Creative Factory", version=openapi.VERSION, lifespan=_lifespan, openapi_url=None, docs_url=None,
                  redoc_url=None, redirect_slashes=False)
    app.state.settings = chosen
    for router in _routers():
        app.router.routes.extend(_guarded(router))
    refusals.install(app)
    app.add_middleware(Frame)
    app.openapi = lambda: openapi.schema(app)  # type: ignore[method-assign]
    return app


def _routers() -> Sequence[APIRouter]:
    from importlib.util import find_spec

    package = "factory.doors.web.routes"
    paths = [*(f"{package}.{name}" for name in ROUTERS), *(f"factory.doors.web.site.routes.{name}" for name in PAGES)]
    return [import_module(path).router for path in paths if find_spec(path)]


def _guarded(router: APIRouter) -> list[GuardedRoute | PageRoute]:
    """The routes of a router, every one guarded: another kind would stand open."""
    for route in router.routes:
        if not isinstance(route, (GuardedRoute, PageRoute)):
            raise TypeError(f"{route} is no guarded route: make its router with routing.Router or site.pages.Pages")
    return list(router.routes)  # type: ignore[arg-type]


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open what the process works with; a database or bucket that is away comes back without a restart."""
    parts = open_parts(app.state.settings)
    app.state.parts = parts
    try:
        yield
    finally:
        parts.pool.close()


def open_parts(settings: Settings) -> Parts:
    """Handles from settings. Raises no error when the database or the bucket is away: the first use does."""
    from factory.storage import open_storage
    from factory.store.pool import open_pool

    storage = open_storage(
        endpoint=settings.s3_endpoint, bucket=settings.bucket, region=settings.s3_region,
        public_endpoint=settings.s3_public_endpoint, access_key=settings.s3_access_key, secret_key=settings.s3_secret_key)
    return Parts(settings=settings, pool=open_pool(settings.database_url), storage=storage)

