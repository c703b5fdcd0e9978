# Minyi for a full installation: one image serves as web server, as worker and for the setting up (see compose.yaml).
FROM python:3.11-slim-bookworm AS packages

WORKDIR /app
COPY requirements.txt requirements-scale.txt ./
RUN python -m venv .venv \
 && .venv/bin/pip install --no-cache-dir --require-hashes --no-deps -r requirements.txt \
 && .venv/bin/pip install --no-cache-dir --require-hashes --no-deps -r requirements-scale.txt


FROM python:3.11-slim-bookworm

# What must outlive the container (uploads, gathered static files, the local secret) lies in /app/var.
RUN useradd --uid 10001 --create-home minyi && install -d -o minyi -g minyi /app /app/var
WORKDIR /app
COPY --from=packages /app/.venv .venv
COPY . .
RUN .venv/bin/python -m scripts.compile_messages

ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1
USER minyi
VOLUME /app/var
EXPOSE 8000

# One process: several share the work only behind REDIS_URL, and then as several containers.
CMD ["uvicorn", "civic.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--lifespan", "on", \
     "--ws-per-message-deflate", "false", "--ws-max-size", "65536", "--timeout-graceful-shutdown", "10"]
