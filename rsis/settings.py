"""All settings, read from the environment. Nothing here differs between machines except by variable.

`DEBUG=1` (what `make run` uses) allows embedded defaults; without it `SECRET_KEY`, `ALLOWED_HOSTS` and
`DATABASE_URL` are required and the site refuses to start without them.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from editorial.editor_config import CKEDITOR_CONFIGS  # noqa: F401 -- django-ckeditor reads it from here

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
DEBUG = env.bool("DEBUG", default=False)


def required(name: str, embedded: str, why: str) -> str:
    """Return the variable, the embedded default when DEBUG is on, or refuse to start with words.

    Raises ImproperlyConfigured naming the variable and what to put in it.
    """
    value: str = env.str(name, default="")
    if value:
        return value
    if DEBUG:
        return embedded
    raise ImproperlyConfigured(f"Set {name} in the environment: {why}")


SECRET_KEY = required(
    "SECRET_KEY", "for development only, never for a public site", "a long random string, kept secret."
)
# Former keys: links in letters, forms and sessions signed with them still hold.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = required(
    "ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]", "the host names this site answers to, separated by commas."
).split(",")
DATABASE_URL = required(
    "DATABASE_URL", f"sqlite:///{VAR_DIR / 'rsis.sqlite3'}", "postgres://user:password@host/name, for instance."
)
HTTPS = env.bool("HTTPS", default=not DEBUG)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "rsis.apps.RsisConfig",
    "subscriptions",
    "events",
    "contact",
    "institution",
    "publications",
    "people",
    "research",
    "editorial",
    "mail",
    "taggit",
    "ckeditor",
    "rsis.admin_site.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "rsis.staticfiles.TrimmedStaticFilesConfig",
]

MIDDLEWARE = [
    "rsis.middleware.LogMiddleware",
    "rsis.middleware.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "rsis.middleware.ProbeMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "rsis.page_cache.PageCacheMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "rsis.middleware.GuardMiddleware",
    "rsis.middleware.ConsentMiddleware",
    "editorial.middleware.TextGZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "rsis.middleware.OldAddressMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "rsis.middleware.DeskSessionMiddleware",
    "axes.middleware.AxesMiddleware",
    "editorial.middleware.HeldMiddleware",
]

ROOT_URLCONF = "rsis.urls"
WSGI_APPLICATION = "rsis.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "rsis.navigation.chrome",
            ],
        },
    },
]

# Database. SQLite writers queue for the lock from their first statement, so that a read followed by a write in one
# transaction is as safe as on PostgreSQL.
DATABASES: dict[str, dict[str, Any]] = {"default": env.db_url_config(DATABASE_URL)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)  # seconds
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "editorial.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"
# Sign-in: a name and a password, then a code or a key. No sign-up, no sign-in by mail, no letters.
ACCOUNT_ADAPTER = "rsis.signing_in.AccountAdapter"
ACCOUNT_FORMS = {"login": "rsis.signing_in.LoginForm"}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_AUTHENTICATED_LOGIN_REDIRECTS = False  # or somebody without the right to the desk would go in a circle
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_SESSION_REMEMBER = True  # the session has limits of its own, below
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
# Above the limit of django-axes, which keeps its count in the database; this one holds for codes of the second factor.
ACCOUNT_RATE_LIMITS = {"login_failed": "60/m/ip,10/5m/key"}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900  # seconds since the password was last given, before keys may be changed
MFA_ADAPTER = "rsis.signing_in.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "RSIS"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS  # browsers allow it for localhost only
# Whoever may publish, and every superuser, signs in with a second factor.
REQUIRE_SECOND_FACTOR = env.bool("REQUIRE_SECOND_FACTOR", default=not DEBUG)
SESSION_COOKIE_AGE = env.int("SESSION_IDLE_MINUTES", default=120) * 60
SESSION_LONGEST_SECONDS = env.int("SESSION_HOURS", default=12) * 3600
# Five wrong passwords for one name from one network: a quarter of an hour's pause, kept in the database.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "editorial.callers.address_of"
AXES_LOCKOUT_CALLABLE = "rsis.signing_in.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # only failures are kept
AXES_VERBOSE = False

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "rsis.formats"
TIME_ZONE = "Asia/Singapore"
USE_I18N = len(LANGUAGES) > 1  # docs/decisions/translations.md
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/files/"
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR_DIR / "files")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False
FILE_UPLOAD_PERMISSIONS = 0o640
# ClamAV's daemon, as /path/of/socket or host:port. With one, no upload is kept that it knows or cannot be asked about.
CLAMD = env.str("CLAMD", default="")
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

SITE_URL = env.str("SITE_URL", default="http://localhost:8000" if DEBUG else "https://" + ALLOWED_HOSTS[0])

# Mail: letters about what somebody did, apart from bulk mail, each with a sender of its own. Without a server it is printed.
MAIL_DOMAIN = env.str("MAIL_DOMAIN", default=urlsplit(SITE_URL).hostname or "localhost")
MAIL_FROM = env.str("MAIL_FROM", default=f"RSIS <rsis@{MAIL_DOMAIN}>")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = MAIL_FROM


def mailer(prefix: str) -> dict[str, Any]:
    """A mail server of the environment: SMTP_HOST, SMTP_PORT ... and for bulk mail BULK_SMTP_HOST ..."""
    if not (host := env.str(f"{prefix}HOST", default="")):
        return {"BACKEND": "django.core.mail.backends.console.EmailBackend"}
    options = {
        "host": host,
        "port": env.int(f"{prefix}PORT", default=587),
        "username": env.str(f"{prefix}USER", default=""),
        "password": env.str(f"{prefix}PASSWORD", default=""),
        "use_tls": env.bool(f"{prefix}TLS", default=True),
        "timeout": 30,  # seconds
    }
    return {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}


# Bulk mail: announcements and digests (docs/decisions/bulk-mail.md). Without a server of its own it goes by the other one.
HAS_BULK_SERVER = bool(env.str("BULK_SMTP_HOST", default=""))
MAILERS: dict[str, dict[str, Any]] = {
    "default": mailer("SMTP_"), "bulk": mailer("BULK_SMTP_" if HAS_BULK_SERVER else "SMTP_"),
}  # fmt: skip
BULK_FROM = env.str("BULK_FROM", default=f"RSIS <news@{MAIL_DOMAIN}>")
BULK_REPLY_TO = env.str("BULK_REPLY_TO", default=MAIL_FROM)
# Bounces come to bounces+...@, wishes to leave to leave+...@ this host; `manage.py read_bounces` reads both.
BULK_RETURN_DOMAIN = env.str("BULK_RETURN_DOMAIN", default=MAIL_DOMAIN)
BULK_CONNECTIONS = env.int("BULK_CONNECTIONS", default=2)
BULK_A_MINUTE = env.int("BULK_A_MINUTE", default=600)  # at most, to each host of recipients; 0 for no limit
# What each worker of this machine has in its hands (mail/journal.py).
MAIL_JOURNALS = Path(env.str("MAIL_JOURNALS", default=str(VAR_DIR / "journals")))
DKIM_KEY_FILE = env.str("DKIM_KEY_FILE", default="")
DKIM_SELECTOR = env.str("DKIM_SELECTOR", default="rsis")
DKIM_DOMAIN = env.str("DKIM_DOMAIN", default=MAIL_DOMAIN)

# Who was erased, as hashes (subscriptions/erasures.py): outside what is restored together with the database.
ERASURES_FILE = env.str("ERASURES_FILE", default=str(VAR_DIR / "erasures"))

# How far the worker of this machine got (subscriptions/restored.py).
WORK_MARK_FILE = VAR_DIR / "work-mark"

# A hub that tells programs which follow our feeds of what is new (WebSub); without one they look by themselves.
WEBSUB_HUB = env.str("WEBSUB_HUB", default="")

# Pages for readers who are nobody in particular (rsis/page_cache.py): "process" keeps them in each process and is right for
# any number of them on one machine, "shared" in the Redis of REDIS_URL for several machines, "off" not at all.
REDIS_URL = env.str("REDIS_URL", default="")
PAGE_CACHE = {"off": "", "": ""}.get(
    mode := env.str("PAGE_CACHE", default="off" if DEBUG else "shared" if REDIS_URL else "process"), mode
)
if PAGE_CACHE not in {"", "process", "shared"} or (PAGE_CACHE == "shared" and not REDIS_URL):
    raise ImproperlyConfigured("PAGE_CACHE is off, process, or shared; shared needs REDIS_URL.")
PAGE_CACHE_FILE = VAR_DIR / "edition"
# Where a missing page notes that a reader looked for it, until the worker has counted it (rsis/missed.py).
MISSED_FILE = VAR_DIR / "missed"

CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "pages": {
        "BACKEND": "rsis.process_cache.ProcessCache",
        "LOCATION": "pages",
        "OPTIONS": {"MOST_BYTES": 2 * 1024 * 1024},  # some hundred and fifty pages, as they go to the reader
    },
}


def shared_pages(url: str) -> dict[str, Any]:
    """The cache of pages in a Redis; one that does not answer at once is done without."""
    options = {"serializer": "rsis.redis_values.PlainValues", "socket_timeout": 0.25, "socket_connect_timeout": 0.25}
    return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url, "OPTIONS": options}


if PAGE_CACHE == "shared":
    CACHES["pages"] = shared_pages(REDIS_URL)

# Security. Nothing is allowed that is not named, and no nonce is needed, so that a page has the same bytes for everyone. The
# admin form with the rich text editor has its own policy, pages with an embedded player or Disqus add their hosts.
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "media-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]  # asked on the machine itself, without TLS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
MESSAGE_STORAGE = "rsis.message_storage.Storage"
X_FRAME_OPTIONS = "DENY"

# django-ckeditor warns that CKEditor 4 is out of support. Silenced on 2026-11-23 because every published hole is closed by
# the configuration that editorial.checks guards (error level); review yearly. See docs/decisions.
SILENCED_SYSTEM_CHECKS = ["ckeditor.W001"]

TAGGIT_CASE_INSENSITIVE = True

# Reader responses are held here first. With a Disqus short name set, a button on the page loads Disqus instead, on a click.
DISQUS_SHORTNAME = env.str("DISQUS_SHORTNAME", default="")

# Whom to tell of a hole in the site: an address that begins with mailto: or https:, for security.txt.
SECURITY_CONTACT = env.str(
    "SECURITY_CONTACT", default=f"mailto:security@{(urlsplit(SITE_URL).hostname or 'localhost').removeprefix('www.')}"
)

# Which release wrote a reader's feedback down.
RELEASE = env.str("RELEASE", default="")[:40]

# The worker asks other sites whether the addresses in our texts still answer: a few a minute, each once a month.
CHECK_OUTSIDE_LINKS = env.bool("CHECK_OUTSIDE_LINKS", default=not DEBUG)

# One line for each request, sign-in and step of publishing; JSON for machines, or words. No personal data: the callers'
# addresses only when asked for.
LOG_ADDRESSES = env.bool("LOG_ADDRESSES", default=False)
LOG_FORMAT = env.str("LOG_FORMAT", default="text" if DEBUG else "json")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "editorial.logs.JsonLines"}, "text": {"()": "editorial.logs.Words"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "json" if LOG_FORMAT == "json" else "text"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        # Refusals stand in the line of their request; these would repeat them with what the caller wrote, or with names.
        "django.request": {"level": "ERROR"},
        "django.security": {"handlers": ["nowhere"], "propagate": False},
        "axes": {"level": "ERROR"},
        "fontTools": {"level": "WARNING"},  # tells each table of each font that it puts together
    },
}
