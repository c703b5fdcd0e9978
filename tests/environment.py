"""Loaded before the settings are read: every test process gets a place of its own and an empty environment."""

import atexit
import os
import shutil
import tempfile

SERVICES = (
    "DATABASE_URL",
    "REDIS_URL",
    "ELASTICSEARCH_URL",
    "SITE_URL",
    "X_BEARER_TOKEN",
    "EMAIL_URL",
    "OIDC_URL",
    "SMS_URL",
    "DEBUG",
)

if "TEST_DATABASE_URL" in os.environ:
    os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]
for variable in SERVICES:
    if variable != "DATABASE_URL" or "TEST_DATABASE_URL" not in os.environ:
        os.environ.pop(variable, None)

os.environ["MINYI_VAR"] = tempfile.mkdtemp(prefix="minyi-test-")
# Converted model weights are large and never change: they are shared between runs.
os.environ.setdefault("NLP_CACHE_DIR", os.path.join(tempfile.gettempdir(), "minyi-models"))
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
atexit.register(shutil.rmtree, os.environ["MINYI_VAR"], ignore_errors=True)
