# One image for every part: workers, tools and set-up jobs. Built in two stages, run by nobody in particular.
FROM python:3.13.9-slim-bookworm AS build
WORKDIR /app
COPY pyproject.toml constraints.txt README.md ./
COPY pipeline pipeline
COPY enrichers enrichers
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --constraint constraints.txt --editable '.[kafka,elastic]'

FROM python:3.13.9-slim-bookworm
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin shadowgraph
WORKDIR /app
COPY --from=build /venv /venv
COPY --from=build /app /app
COPY detections detections
COPY dashboards dashboards
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 XDG_CACHE_HOME=/tmp/cache
USER 10001
ENTRYPOINT ["shadowgraph"]
CMD ["--help"]
