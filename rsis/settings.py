"""All settings, read from the environment. Nothing here differs between machines except by variable.

`DEBUG=1` (what `make run` uses) allows embedded defaults; without it `SECRET_KEY`, `ALLOWED_HOSTS` and
`DATABASE_URL` are required and the site refuses to start without them.
"""

from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from editorial.editor_config import CKEDITOR_CONFIGS  # noqa: F401 -- django-ckeditor reads it from here

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()
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
ALLOWED_HOSTS = required(
    "ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]", "the host names this site answers to, separated by commas."
).split(",")
DATABASE_URL = required(
    "DATABASE_URL", f"sqlite:///{VAR_DIR / 'rsis.sqlite3'}", "postgres://user:password@host/name, for instance."
)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "rsis.apps.RsisConfig",
    "publications",
    "people",
    "research",
    "editorial",
    "taggit",
    "ckeditor",
    "rsis.admin_site.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "rsis.staticfiles.TrimmedStaticFilesConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "editorial.middleware.TextGZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "editorial.middleware.RedirectMiddleware",
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
                "django.template.context_processors.csp",
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
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "editorial.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "admin:login"

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Singapore"
USE_I18N = True
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
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# Mail: what is sent to one person about their own action, apart from bulk mail to come.
MAILERS: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend"
        if env.str("SMTP_HOST", default="")
        else "django.core.mail.backends.console.EmailBackend",
        **(
            {
                "OPTIONS": {
                    "host": env.str("SMTP_HOST"),
                    "port": env.int("SMTP_PORT", default=587),
                    "username": env.str("SMTP_USER", default=""),
                    "password": env.str("SMTP_PASSWORD", default=""),
                    "use_tls": env.bool("SMTP_TLS", default=True),
                }
            }
            if env.str("SMTP_HOST", default="")
            else {}
        ),
    },
}

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# Security. `default-src 'self'` from the first page; the admin form with the rich text editor has its own policy.
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
HTTPS = env.bool("HTTPS", default=not DEBUG)
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
X_FRAME_OPTIONS = "DENY"

# django-ckeditor warns that CKEditor 4 is out of support. Silenced on 2026-11-23 because every published hole is closed by
# the configuration that editorial.checks guards (error level); review yearly. See docs/decisions.
SILENCED_SYSTEM_CHECKS = ["ckeditor.W001"]

TAGGIT_CASE_INSENSITIVE = True

# Reader responses are held here first. With a Disqus short name set, a button on the page loads Disqus instead, on a click.
DISQUS_SHORTNAME = env.str("DISQUS_SHORTNAME", default="")

SITE_URL = env.str("SITE_URL", default="http://localhost:8000" if DEBUG else "https://" + ALLOWED_HOSTS[0])

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"fontTools": {"level": "WARNING"}},  # tells each table of each font that it puts together
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
}
