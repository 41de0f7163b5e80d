# The service in a container: the same pinned dependencies as `make setup`.
FROM python:3.12-slim AS build
WORKDIR /opt/danhoi
RUN python -m venv .venv
COPY requirements/run.txt requirements/run.txt
RUN .venv/bin/pip install --no-cache-dir --require-hashes --no-deps -r requirements/run.txt

FROM python:3.12-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/danhoi --create-home danhoi
WORKDIR /opt/danhoi
COPY --from=build /opt/danhoi/.venv .venv
COPY pyproject.toml ./
COPY migrations migrations
COPY knowledge knowledge
COPY bot bot
COPY handlers handlers
RUN .venv/bin/python -m compileall -q bot handlers knowledge migrations
USER 10001
ENV DANHOI_VAR_DIR=/var/lib/danhoi DANHOI_HOST=0.0.0.0 PYTHONUNBUFFERED=1 \
    DANHOI_DATABASE_URL=sqlite:////var/lib/danhoi/danhoi.db
VOLUME /var/lib/danhoi
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=3s --start-period=30s \
    CMD [".venv/bin/python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=2)"]
ENTRYPOINT [".venv/bin/python", "-m", "bot"]
CMD ["serve"]
