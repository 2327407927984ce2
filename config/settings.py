"""What the operator says, and how the parts are joined. Every variable stands in .env.example
too.
"""

import os
import sys
from urllib.parse import urlsplit

from django.conf.locale import LANG_INFO
from django.http.request import split_domain_port

from config.environment import (
    BASE_DIR,
    choice,
    hosts,
    is_set,
    listed,
    networks,
    origin,
    origins,
    refuse,
    sender,
    short_text,
    switch,
    text,
    whole_number,
)
from config.services import database, mail_server, redis_address

# What the operator says

DEBUG = switch("DEBUG")
SECRET_KEY = text("SECRET_KEY")
SECRET_KEY_FALLBACKS = listed("SECRET_KEY_FALLBACKS")
SITE_NAME = short_text("SITE_NAME", "Sotto", 60)
SITE_URL = origin("SITE_URL", "http://localhost:8000")
MESSAGE_MAX_LENGTH = whole_number("MESSAGE_MAX_LENGTH", 4000, 1, 20_000)
RESUME_SECONDS = whole_number("RESUME_SECONDS", 90, 15, 600)
STREAMS = whole_number("STREAMS", 200, 0, 10_000)
REDIS_URL = redis_address("REDIS_URL")
MAILBOX_KEY = text("MAILBOX_KEY")
REPORTS_KEY = text("REPORTS_KEY")
LOG_LEVEL = choice("LOG_LEVEL", "info", "debug", "warning", "error", "critical").upper()
LOG_FORMAT = choice("LOG_FORMAT", "text", "json")
TRUSTED_PROXIES = networks("TRUSTED_PROXIES")
METRICS_ALLOWED = networks("METRICS_ALLOWED", "127.0.0.1,::1")
SIGNUP = choice("SIGNUP", "open", "invite", "closed")
INVITATIONS = choice("INVITATIONS", "staff", "everybody")
# On by default: whoever runs a site has to shut people out from its first day, and who is no staff
# finds nothing there.
ADMIN = switch("ADMIN", "on")
# Whether browsers may install the site, and keep its static files and a page for when nobody
# answers.
INSTALLABLE = switch("INSTALLABLE", "on")
HSTS = choice("HSTS", "host", "subdomains", "preload")
EMAIL_URL = text("EMAIL_URL")
globals().update(mail_server("EMAIL_URL"))
EMAIL_TIMEOUT = 5  # seconds

if not SECRET_KEY and DEBUG:
    SECRET_KEY = "insecure: good for development only, since everybody can read it here"  # noqa: S105
if not SECRET_KEY:
    refuse(
        "SECRET_KEY",
        (
            "is not set: `make run` and `manage.py migrate` write one into .env; elsewhere set 50 "
            "letters"
        ),
    )
if not DEBUG and SITE_URL.startswith("https:") and not is_set("DATABASE_URL"):
    # Where a public site says nothing, its variables have not arrived, and its accounts are
    # elsewhere.
    refuse(
        "DATABASE_URL",
        "is not set, and a site with https must name its database: postgres://... or a file, such "
        "as the one that "
        "a site without https has, sqlite:///sotto.sqlite3",
    )
if REDIS_URL and len(MAILBOX_KEY) < 32:
    refuse(
        "MAILBOX_KEY",
        "must be set with REDIS_URL, the same for all processes and at least 32 letters long: "
        "it encrypts what waits there",
    )
if 0 < len(REPORTS_KEY) < 32:
    refuse(
        "REPORTS_KEY",
        "must be at least 32 letters long, or not set: then SECRET_KEY takes its place",
    )

# Where the site is: one address decides hosts, origins and cookies

_https = SITE_URL.startswith("https:")

ALLOWED_HOSTS = [split_domain_port(urlsplit(SITE_URL).netloc)[0], *hosts("ALLOWED_HOSTS")]
CSRF_TRUSTED_ORIGINS = [SITE_URL, *origins("CSRF_TRUSTED_ORIGINS")]
DEFAULT_FROM_EMAIL = sender("DEFAULT_FROM_EMAIL", f"no-reply@{urlsplit(SITE_URL).hostname}")

# Browsers take a cookie of the name __Host- from this very host and over https alone: no other name
# of the domain plants one. But what listens on another port of this host gets all cookies, and may
# set them: the names are Sotto's own, and tell two sites of it apart.
_host = "__Host-" if _https else ""
_port = urlsplit(SITE_URL).port
COOKIE_PREFIX = f"{_host}sotto_{_port}_" if _port else f"{_host}sotto_"
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}session", f"{COOKIE_PREFIX}csrf"
MESSAGES_COOKIE_NAME = f"{COOKIE_PREFIX}messages"
# What they were called before (config.middleware.former_cookies).
FORMER_SESSION_COOKIE_NAME, FORMER_CSRF_COOKIE_NAME = f"{_host}sessionid", f"{_host}csrftoken"
FORMER_LANGUAGE_COOKIE_NAME, FORMER_KNOWN_COOKIE_NAME = f"{_host}language", f"{_host}known"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "config.message_storage.Notices"
# Which language a browser has chosen: a word out of a short list, which tells nobody apart and
# outlasts a log-out.
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}language"
LANGUAGE_COOKIE_AGE = 31_536_000
LANGUAGE_COOKIE_SECURE, LANGUAGE_COOKIE_HTTPONLY, LANGUAGE_COOKIE_SAMESITE = _https, True, "Lax"

# What every response tells the browser (config.middleware.security_headers, messaging.ops.server)

SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HSTS in {"subdomains", "preload"}
SECURE_HSTS_PRELOAD = HSTS == "preload"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# `check --deploy` asks that http leads to https, which is said by the proxy that has both (W008),
# and for what HSTS says about other names of the domain (W005, W021): the operator decides that,
# and nobody else can.
SILENCED_SYSTEM_CHECKS = ["security.W008"]
SILENCED_SYSTEM_CHECKS += {
    "host": ["security.W005", "security.W021"],
    "subdomains": ["security.W021"],
}.get(HSTS, [])
SECURITY_HEADERS = {
    # Nothing but our own files; no inline script or style, no eval, no frame: what the page is
    # tested under.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; "
    "img-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors "
    "'none'; "
    "form-action 'self'",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "accelerometer=(), autoplay=(), camera=(), display-capture=(), "
    "encrypted-media=(), "
    "geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=(), "
    "xr-spatial-tracking=()",
    "Referrer-Policy": SECURE_REFERRER_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": X_FRAME_OPTIONS,
}
if _https:
    # Django's own middleware says so only where it sees https itself, which it does not behind
    # every proxy.
    SECURITY_HEADERS["Strict-Transport-Security"] = (
        f"max-age={SECURE_HSTS_SECONDS}"
        + ("; includeSubDomains" if SECURE_HSTS_INCLUDE_SUBDOMAINS else "")
        + ("; preload" if SECURE_HSTS_PRELOAD else "")
    )

# How the parts are joined

INSTALLED_APPS = [
    "config",  # first, so that runserver is its own, which is that of daphne, at SITE_URL
    "daphne",
    "config.admin_site.App",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "servestatic",
    "channels",
    "django_htmx",
    "accounts",
    "messaging",
]
MIDDLEWARE = [
    "config.middleware.security_headers.protect",
    "servestatic.middleware.ServeStaticMiddleware",
    # From here on all is done in one thread, since the last of them is for threads alone: under
    # ASGI, each of Django's own would else go there and back twice, at more than its own cost.
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.loopback.lead_to_site",
    "config.middleware.request_body.refuse_other_charsets",
    "config.middleware.former_cookies.adopt",
    "django.contrib.sessions.middleware.SessionMiddleware",
    # Before whatever may answer with words. Files are answered above: caches need not tell
    # languages apart there.
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "config.admin_site.StaffAlone",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.note_the_day",
    "django_htmx.middleware.HtmxMiddleware",
    "config.middleware.htmx_login_redirect.whole_page_to_the_door",
    "config.middleware.database_errors.PlainWords",
]
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
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
                "config.context_processors.site",
            ],
        },
    },
]

# Accounts: the only thing that is stored, but for what people report

DATABASES = {"default": database("DATABASE_URL", "sqlite:///sotto.sqlite3")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A relative path means the same file wherever the command was typed.
    if DATABASES["default"]["NAME"] != ":memory:":
        DATABASES["default"]["NAME"] = str(BASE_DIR / DATABASES["default"]["NAME"])
    DATABASES["default"]["OPTIONS"] = {
        # A writer waits for its turn from the start instead of failing half-way with "database is
        # locked".
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # Deleted rows are overwritten, not left in free pages. Half a megabyte of pages for each
        # thread is enough.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA "
        "secure_delete=ON; "
        "PRAGMA cache_size=-512;",
    }
    # A connection costs as much as the chat page. It stays with its thread
    # (config.asgi_middleware.thread_pool) for a minute.
    DATABASES["default"]["CONN_MAX_AGE"] = 60
else:
    # Each request has a thread of its own: 200 at once would ask for 200 connections, and
    # PostgreSQL gives 100 to all processes together. So they take turns. What is idle goes soon: it
    # would be found dead when PostgreSQL returns.
    pool = {"min_size": 0, "max_size": 10, "timeout": 5, "max_idle": 5, "reconnect_timeout": 1}
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 5,
        **DATABASES["default"].get("OPTIONS", {}),
        "pool": pool,
    }
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "messaging:home"
LOGOUT_REDIRECT_URL = "accounts:login"
PASSWORD_HASHERS = ["accounts.auth.hashers.Argon2Hasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Each session knows whose it is, and goes with the person.
SESSION_ENGINE = "accounts.sessions"
PASSWORD_RESET_TIMEOUT = 3600  # seconds that a link for a new password holds
REPORTS_KEPT_DAYS = 30

# Counters of attempts, nothing else: gone after an hour.
_in_memory = {
    "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
    # Full, it forgets counters at random: far more than an hour of attempts would fill.
    "OPTIONS": {"MAX_ENTRIES": 100_000},
}
# The second one is for as long as Redis is away.
CACHES: dict = {"default": _in_memory, "process": {**_in_memory, "LOCATION": "process"}}
if REDIS_URL:
    CACHES["default"] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": [
            REDIS_URL
        ],  # as one: of a string, Django makes several wherever its password has a comma
        "KEY_PREFIX": "sotto-attempts",
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }

# Conversation: memory only

# The server beats so often; a page that has heard nothing for two and a half beats does not believe
# its socket.
HEARTBEAT_SECONDS = 20

# Channels' own layer for one process copies each message, looks through all channels at each send,
# and gives a window up that has not taken a message for a minute; the usual one for Redis is a
# subscription for each window, or a list.
CHANNEL_LAYERS: dict = {
    "default": {"BACKEND": "messaging.backends.memory.channel_layer.ProcessLayer"}
}
if REDIS_URL:
    CHANNEL_LAYERS["default"] = {
        "BACKEND": "messaging.backends.redis.channel_layer.RedisLayer",
        "CONFIG": {"url": REDIS_URL},
    }

# Bytes of a request, as the proxies of deploy/ have it too: the largest is a report
# (messaging.domain.sizes).
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
# A request too large to be read at once goes into a file: on Linux one that is held in memory.
FILE_UPLOAD_TEMP_DIR = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - not a guess, a choice

# Words, time, files

LANGUAGE_CODE = "en"
# Each in its own words: who looks for it may understand no other.
LANGUAGES = [
    ("en", "English"),
    ("de", "Deutsch"),
    ("fr", "Français"),
    ("es", "Español"),
    ("pt-br", "Português (Brasil)"),
    ("ar", "العربية"),
    ("hi", "हिन्दी"),
    ("ja", "日本語"),
    ("zh-hans", "简体中文"),
]
# Who reads traditional characters gets English. Django would choose the only Chinese that there is,
# in simplified ones.
for _code in ("zh-hant", "zh-tw", "zh-hk", "zh-mo", "zh-hant-tw", "zh-hant-hk", "zh-hant-mo"):
    LANG_INFO.setdefault(_code, {})["fallback"] = [LANGUAGE_CODE]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
# `collectstatic` turns on hashed, compressed files; without it they are served as they lie in the
# tree.
_collected = not DEBUG and (
    "collectstatic" in sys.argv or (STATIC_ROOT / "staticfiles.json").is_file()
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "servestatic.storage.CompressedManifestStaticFilesStorage"
        if _collected
        else "django.contrib.staticfiles.storage.StaticFilesStorage",
    },
}
SERVESTATIC_USE_FINDERS = not _collected
SERVESTATIC_ALLOW_ALL_ORIGINS = False

# Their lines say who talks to whom, or who has come; whatever is an error too.
_request_logs = ("django.server", "django.channels.server", "uvicorn.access", "uvicorn.error")
# At DEBUG these write down what passes through them: SQL with its values, the context of a
# template, whole frames.
_content_logs = ("django.db.backends", "django.template", "websockets")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {
            "()": "config.log_formatters.TextLines",
            "format": "{levelname} {name}: {message}",
            "style": "{",
        },
        "json": {"()": "config.log_formatters.JsonLines"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    # Django's own set-up mails local variables to administrators and prints each request: neither
    # happens here.
    "loggers": {
        "django": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        **{name: {"handlers": [], "level": "WARNING", "propagate": True} for name in _request_logs},
        # A mistyped form and a mistyped address are answered; they are no news for the operator.
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        **{
            name: {"level": "INFO" if LOG_LEVEL == "DEBUG" else LOG_LEVEL} for name in _content_logs
        },
    },
}
