"""Settings of Minyi. They run with an empty environment; docs/settings.md names every variable read here.

Each outside service is chosen by the presence of one environment variable, and only in this module:
nothing else in the project asks which backend is in use.
"""

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent


def flag(name: str, *, default: bool) -> bool:
    """An environment variable read as yes or no."""
    return os.environ.get(name, str(default)).strip().lower() in {"1", "true", "yes", "on"}


def names(variable: str) -> list[str]:
    """An environment variable read as a list parted by commas."""
    return [part.strip() for part in os.environ.get(variable, "").split(",") if part.strip()]


def _origin(url: str) -> str:
    """Scheme and host of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def local_secret(path: Path) -> str:
    """A key for a machine of one's own: made once, readable by its owner only.

    A site served over https must bring SECRET_KEY in the environment; a system check insists on it.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secret := secrets.token_urlsafe(50))
    return secret


# Where this copy of Minyi keeps what it must not lose: database, uploads, local secret.
VAR_DIR = Path(os.environ.get("MINYI_VAR", BASE_DIR / "var")).resolve()
VAR_DIR.mkdir(parents=True, exist_ok=True)

# The public address. https here switches on secure cookies, HSTS and the redirect from http.
SITE_URL = os.environ.get("SITE_URL", "http://localhost:8000").rstrip("/")
SITE_NAME = "民議 Minyi"
_site = urlsplit(SITE_URL)
SERVED_SECURELY = _site.scheme == "https"

DEBUG = flag("DEBUG", default=False)
SECRET_KEY_FROM_ENVIRONMENT = "SECRET_KEY" in os.environ
SECRET_KEY = os.environ.get("SECRET_KEY") or local_secret(VAR_DIR / "secret_key")
# Pseudonyms of authors survive a rotation of SECRET_KEY when this is set apart.
AUTHOR_KEY_SECRET = os.environ.get("AUTHOR_KEY_SECRET", SECRET_KEY)
ALLOWED_HOSTS = names("ALLOWED_HOSTS") or sorted({_site.hostname or "localhost", "localhost", "127.0.0.1", "[::1]"})
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "civic",
    "cms",
    "discussions",
    "integrations",
    "nlp",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "channels",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "csp",
    "wagtail.contrib.redirects",
    "wagtail.contrib.simple_translation",
    "wagtail.locales",
    "wagtail.embeds",
    "wagtail.sites",
    "cms.apps.MembersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "civic.middleware.NoNulMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "discussions.middleware.LanguageOfProgramsMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "cms.middleware.PreviewMiddleware",
    "discussions.middleware.GuestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "discussions.middleware.CivicErrorMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "civic.urls"
ASGI_APPLICATION = "civic.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SITE_ID = 1

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "civic" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "civic.context.site",
            ],
        },
    },
]

# Database: SQLite tuned so that several writers wait for each other instead of failing (figure A21);
# DATABASE_URL moves everything to PostgreSQL.
SQLITE_OPTIONS = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA cache_size=-20000;"
        "PRAGMA temp_store=MEMORY;PRAGMA mmap_size=134217728;PRAGMA journal_size_limit=27103364;"
    ),
}
if "DATABASE_URL" in os.environ:
    DATABASES = {"default": dj_database_url.config()}
    if DATABASES["default"]["ENGINE"].endswith("postgresql"):
        INSTALLED_APPS.append("django.contrib.postgres")
        # Every request has a thread of its own: without a pool, a hundred at once would be a hundred connections, which
        # is all that PostgreSQL takes. Whoever finds no connection free waits for one.
        DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
            "min_size": 1,
            "max_size": int(os.environ.get("DATABASE_CONNECTIONS", "20")),
            "timeout": 30,
        }
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR_DIR / "minyi.sqlite3",
            "OPTIONS": SQLITE_OPTIONS,
        }
    }

REDIS_URL = os.environ.get("REDIS_URL", "")
if REDIS_URL:
    # The pub/sub layer: the list-based one loses messages silently under load and times out with redis-py 8.
    CHANNEL_LAYERS = {
        "default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}}
    }
    CACHES = {
        "default": {
            "BACKEND": "civic.caches.RedisOrMemory",
            "LOCATION": REDIS_URL,
            "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},
        }
    }
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 1000}}}
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# Sockets and streams from one address in one process: a hall of people may stand behind one address.
LINES_PER_ADDRESS = int(os.environ.get("LINES_PER_ADDRESS", "3000"))

# Heavy analysis has a queue of its own so that it cannot starve small work.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "nlp"]}}

ELASTICSEARCH_URL = os.environ.get("ELASTICSEARCH_URL", "")
SEARCH_BACKEND = (
    {
        "BACKEND": "integrations.search.elastic.ElasticBackend",
        "OPTIONS": {"url": ELASTICSEARCH_URL, "index": os.environ.get("ELASTICSEARCH_INDEX", "minyi")},
    }
    if ELASTICSEARCH_URL
    else {"BACKEND": "integrations.search.database.DatabaseBackend", "OPTIONS": {}}
)
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}

# Analysis of opinions.
NLP_ENCODER = os.environ.get("NLP_ENCODER", "use")
NLP_SEED = int(os.environ.get("NLP_SEED", "0"))
NLP_CACHE_DIR = Path(os.environ.get("NLP_CACHE_DIR", VAR_DIR / "models"))
# Where many opinions are encoded at once: "serial", "processes" on this machine, or "ray" (at RAY_ADDRESS, if set).
NLP_EXECUTOR = os.environ.get("NLP_EXECUTOR", "serial")
NLP_WORKERS = int(os.environ.get("NLP_WORKERS", "2"))
# A language model that names topics, behind an OpenAI-compatible address; without one nothing is asked.
NLP_LABEL_URL = os.environ.get("NLP_LABEL_URL", "")
NLP_LABEL_MODEL = os.environ.get("NLP_LABEL_MODEL", "")
NLP_LABEL_KEY = os.environ.get("NLP_LABEL_KEY", "")

# Social media: without its own token a network is shown as off.
X_BEARER_TOKEN = os.environ.get("X_BEARER_TOKEN", "")
X_API_BASE = os.environ.get("X_API_BASE", "https://api.x.com")

# Addresses that people type in (webhooks) never lead to private networks, but for those listed here.
OUTBOUND_ALLOW = names("OUTBOUND_ALLOW")
# Sites from which a live session may show a video.
LIVE_VIDEO_HOSTS = names("LIVE_VIDEO_HOSTS") or ["www.youtube.com", "vimeo.com"]

# Languages: Traditional Chinese first, English complete.
LANGUAGE_CODE = "zh-hant"
LANGUAGES = [("zh-hant", "繁體中文"), ("en", "English")]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAIL_I18N_ENABLED = True
LOCALE_PATHS = [BASE_DIR / "civic" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("TIME_ZONE", "Asia/Taipei")
# "roc" writes the year of the Republic in Chinese text (民國115年), "ad" the common year.
CALENDAR = os.environ.get("CALENDAR", "ad")

# Members
AUTH_USER_MODEL = "discussions.Member"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "discussions:me"
LOGOUT_REDIRECT_URL = "/"
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "display_name*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "discussions.forms.SignupForm"
ACCOUNT_EMAIL_VERIFICATION = os.environ.get("EMAIL_VERIFICATION", "optional")
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[民議 Minyi] "
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _site.scheme
ACCOUNT_RATE_LIMITS = {"login_failed": "5/30m/key,20/30m/ip"}
ACCOUNT_FORMS: dict[str, str] = {}
ACCOUNT_ADAPTER = "discussions.adapters.AccountAdapter"
# A guest is signed in by their session and may sign up all the same; GuestMiddleware leads everybody else away.
ACCOUNT_AUTHENTICATED_LOGIN_REDIRECTS = False

# Electronic ID: any OpenID Connect provider. Of what it says, only the number of the account there is kept.
OIDC_URL = os.environ.get("OIDC_URL", "").rstrip("/")
OIDC_NAME = os.environ.get("OIDC_NAME", "eID")
SOCIALACCOUNT_ADAPTER = "discussions.adapters.IdentityAdapter"
SOCIALACCOUNT_EMAIL_REQUIRED = SOCIALACCOUNT_QUERY_EMAIL = False
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "SCOPE": ["openid"],
        "APPS": [
            {
                "provider_id": "eid",
                "name": OIDC_NAME,
                "client_id": os.environ.get("OIDC_CLIENT_ID", ""),
                "secret": os.environ.get("OIDC_CLIENT_SECRET", ""),
                "settings": {"server_url": OIDC_URL, "fetch_userinfo": False},
            }
        ]
        if OIDC_URL
        else [],
    }
}

# Telephone numbers are confirmed through a gateway; without one that level is off.
SMS_URL = os.environ.get("SMS_URL", "")
SMS_TOKEN = os.environ.get("SMS_TOKEN", "")
SMS_BACKEND = "integrations.sms.HttpGateway" if SMS_URL else ""
PHONE_COUNTRY = os.environ.get("PHONE_COUNTRY", "886")
WAGTAIL_PASSWORD_RESET_ENABLED = False

# Mail: printed to the console until a server is named.
EMAIL_URL = os.environ.get("EMAIL_URL", "")
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", f"minyi@{_site.hostname}")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
if EMAIL_URL:
    _mail = urlsplit(EMAIL_URL)
    EMAIL_HOST, EMAIL_PORT = _mail.hostname, _mail.port or 25
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.username or "", _mail.password or ""
    EMAIL_USE_TLS, EMAIL_USE_SSL, EMAIL_TIMEOUT = _mail.scheme == "smtp+tls", _mail.scheme == "smtps", 10
else:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

# Notices: the digest leaves at this hour; messages to browsers are signed with the key (one is made when none is set).
DIGEST_HOUR = int(os.environ.get("DIGEST_HOUR", "8"))
PUSH_BACKEND = "integrations.push.WebPush"
VAPID_PRIVATE_KEY = os.environ.get("VAPID_PRIVATE_KEY", "")
VAPID_CONTACT = os.environ.get("VAPID_CONTACT", f"mailto:{DEFAULT_FROM_EMAIL}")

# Files
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "civic" / "static"]
_collected = (STATIC_ROOT / "staticfiles.json").exists()
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _collected
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
# Before `collectstatic` has run, files are found where they are written.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not _collected
MEDIA_ROOT = VAR_DIR / "media"
MEDIA_URL = "/media/"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# Wagtail
WAGTAIL_SITE_NAME = SITE_NAME
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAILAPI_DOCS_ENABLED = False
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
# No picture of anybody is fetched from elsewhere.
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "odt", "ods", "pdf", "txt", "xlsx"]
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp"]

# Browser-side protection (figure A2). The Wagtail admin brings scripts of its own and is left out.
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ("/admin/",),
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        # Showing an electronic ID begins with a form of ours that leads to its provider.
        "form-action": [SELF, *([_origin(OIDC_URL)] if OIDC_URL else [])],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "civic.views.csrf_failure"
BEHIND_PROXY = SERVED_SECURELY and flag("BEHIND_PROXY", default=False)
if SERVED_SECURELY:
    SECURE_SSL_REDIRECT = True
    if BEHIND_PROXY:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        MIDDLEWARE.insert(0, "civic.middleware.VisitorAddressMiddleware")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    "loggers": {
        # These would print request headers, tokens among them, at DEBUG.
        "tweepy": {"level": "INFO"},
        "urllib3": {"level": "INFO"},
    },
}

# Who may do how much (figure A1): seconds between two posts for new and for known accounts.
POSTING_INTERVALS = {"new": 30, "known": 5}
NEW_ACCOUNT_HOURS = 24
# What a new account may write in a day: topics it begins, replies it gives; and links in one contribution.
NEW_ACCOUNT_DAILY = {"topics": 3, "replies": 10}
NEW_ACCOUNT_LINKS = 2

# How long an agency may take to answer, how often it may ask for more time, and how many days that may add each time.
ANSWER_DAYS = int(os.environ.get("ANSWER_DAYS", "60"))
ANSWER_EXTENSIONS = int(os.environ.get("ANSWER_EXTENSIONS", "1"))
ANSWER_EXTENSION_DAYS = int(os.environ.get("ANSWER_EXTENSION_DAYS", "60"))

WAGTAILADMIN_PERMITTED_LANGUAGES = [("zh-hant", _("Traditional Chinese")), ("en", _("English"))]
