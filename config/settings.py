"""Django's settings. Operators change them with the variables in .env.example."""

import os
import sys
from urllib.parse import urlsplit

from django.conf.locale import LANG_INFO
from django.http.request import split_domain_port

from config.environment import (
    BASE_DIR,
    choice,
    listed,
    mailbox_key,
    push_key,
    reports_key,
    secret_key,
    short_text,
    switch,
    text,
    whole_number,
)
from config.services import database, mail_server, redis_address
from config.site_addresses import (
    hosts,
    is_loopback,
    networks,
    origin,
    origins,
    push_contact,
    push_services,
    sender,
)

# The site

DEBUG = switch("DEBUG")
SECRET_KEY = secret_key("SECRET_KEY", is_optional=DEBUG)
SECRET_KEY_FALLBACKS = listed("SECRET_KEY_FALLBACKS")
SITE_NAME = short_text("SITE_NAME", "Sotto", 60)
SITE_URL = origin("SITE_URL", "http://localhost:8000")
_site = urlsplit(SITE_URL)
_is_https = _site.scheme == "https"
SITE_IS_LOCAL = is_loopback(_site.hostname or "")  # other computers can't open SITE_URL
ALLOWED_HOSTS = [split_domain_port(_site.netloc)[0], *hosts("ALLOWED_HOSTS")]
CSRF_TRUSTED_ORIGINS = [SITE_URL, *origins("CSRF_TRUSTED_ORIGINS")]
TRUSTED_PROXIES = networks("TRUSTED_PROXIES")
METRICS_ALLOWED = networks("METRICS_ALLOWED", "127.0.0.1,::1")
ADMIN = switch("ADMIN", "on")
INSTALLABLE = switch("INSTALLABLE", "on")

# Applications

INSTALLED_APPS = [
    "config",  # must come first, because its runserver extends Daphne's
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
    "lucide",
    "accounts",
    "messaging",
]
MIDDLEWARE = [
    "config.middleware.security_headers.protect",
    "servestatic.middleware.ServeStaticMiddleware",
    # The rest runs in one thread, because the last one is synchronous. Switching threads twice for
    # each middleware of Django would take longer than running it.
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.loopback.redirect_to_site",
    "config.middleware.request_body.refuse_other_charsets",
    "config.middleware.former_cookies.adopt",
    "django.contrib.sessions.middleware.SessionMiddleware",
    # Must come after static files, which have no language, and before all that respond with text.
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "config.admin_site.StaffOnly",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.note_the_day",
    "django_htmx.middleware.HtmxMiddleware",
    "config.middleware.htmx_login_redirect.redirect_whole_page",
    "config.middleware.database_errors.DatabaseErrors",
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

# Storage

DATABASES = {
    "default": database(
        "DATABASE_URL", "sqlite:///sotto.sqlite3", is_required=_is_https and not DEBUG
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = redis_address("REDIS_URL")
MAILBOX_KEY = mailbox_key("MAILBOX_KEY", is_required=bool(REDIS_URL))
# Caches count attempts for up to an hour. A full one evicts entries at random, so it must be large.
_local_memory = {
    "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
    "OPTIONS": {"MAX_ENTRIES": 100_000},
}
CACHES: dict = {
    "default": _local_memory,
    "process": {**_local_memory, "LOCATION": "process"},  # used while Redis is down
}
# Channels' own layers copy each message for each channel, drop windows that read nothing for a
# minute, or subscribe separately for each window.
CHANNEL_LAYERS: dict = {
    "default": {"BACKEND": "messaging.backends.memory.channel_layer.ProcessLayer"}
}
if REDIS_URL:
    CACHES["default"] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": [REDIS_URL],  # a list, because Django splits a string at commas
        "KEY_PREFIX": "sotto-attempts",
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }
    CHANNEL_LAYERS["default"] = {
        "BACKEND": "messaging.backends.redis.channel_layer.RedisLayer",
        "CONFIG": {"url": REDIS_URL, "key": MAILBOX_KEY},
    }
# The largest request is a report (messaging.domain.sizes). Proxies in deploy/ have the same limit.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000  # bytes
# Django writes large requests to files, which must stay in memory too.
FILE_UPLOAD_TEMP_DIR = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108

# Accounts

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
PASSWORD_RESET_TIMEOUT = 3600  # seconds
SIGNUP = choice("SIGNUP", "open", "invite", "closed")
INVITATIONS = choice("INVITATIONS", "staff", "everybody")

# Sessions and cookies

# Browsers accept cookies named __Host- only from this host and over https. All ports of a host
# share its cookies, so the names contain the port.
_host = "__Host-" if _is_https else ""
COOKIE_PREFIX = f"{_host}sotto_{_site.port}_" if _site.port else f"{_host}sotto_"
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}session", f"{COOKIE_PREFIX}csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _is_https
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}language"
LANGUAGE_COOKIE_AGE = 31_536_000  # seconds; the cookie stores a choice and identifies no user
LANGUAGE_COOKIE_SECURE, LANGUAGE_COOKIE_HTTPONLY, LANGUAGE_COOKIE_SAMESITE = _is_https, True, "Lax"
MESSAGE_STORAGE = "config.message_storage.MessageCookie"
MESSAGES_COOKIE_NAME = f"{COOKIE_PREFIX}messages"
# Older releases used these names (config.middleware.former_cookies).
FORMER_SESSION_COOKIE_NAME, FORMER_CSRF_COOKIE_NAME = f"{_host}sessionid", f"{_host}csrftoken"
FORMER_LANGUAGE_COOKIE_NAME, FORMER_KNOWN_COOKIE_NAME = f"{_host}language", f"{_host}known"

# Security headers

HSTS = choice("HSTS", "host", "subdomains", "preload")
SECURE_HSTS_SECONDS = 31_536_000 if _is_https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HSTS in {"subdomains", "preload"}
SECURE_HSTS_PRELOAD = HSTS == "preload"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; img-src 'self'; manifest-src 'self'; object-src 'none'; "
    "base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "accelerometer=(), autoplay=(), camera=(), display-capture=(), "
    "encrypted-media=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), "
    "payment=(), usb=(), xr-spatial-tracking=()",
    "Referrer-Policy": SECURE_REFERRER_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": X_FRAME_OPTIONS,
}
if _is_https:
    # Django sends this only with requests that it sees as https. Behind some proxies, it does not.
    SECURITY_HEADERS["Strict-Transport-Security"] = (
        f"max-age={SECURE_HSTS_SECONDS}"
        + ("; includeSubDomains" if SECURE_HSTS_INCLUDE_SUBDOMAINS else "")
        + ("; preload" if SECURE_HSTS_PRELOAD else "")
    )
# The proxy redirects http to https (W008). The operator decides about the domain's other hosts
# (W005, W021).
SILENCED_SYSTEM_CHECKS = ["security.W008"]
if not SECURE_HSTS_INCLUDE_SUBDOMAINS:
    SILENCED_SYSTEM_CHECKS.append("security.W005")
if not SECURE_HSTS_PRELOAD:
    SILENCED_SYSTEM_CHECKS.append("security.W021")

# Languages and time

LANGUAGE_CODE = "en"
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
# Use English for readers of traditional Chinese. Django would show them simplified characters.
for _code in ("zh-hant", "zh-tw", "zh-hk", "zh-mo", "zh-hant-tw", "zh-hant-hk", "zh-hant-mo"):
    LANG_INFO.setdefault(_code, {})["fallback"] = [LANGUAGE_CODE]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

# Static files

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Use hashed and compressed files once `collectstatic` has run.
_is_collected = not DEBUG and (
    "collectstatic" in sys.argv or (STATIC_ROOT / "staticfiles.json").is_file()
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "config.static_files.HashedStaticFilesStorage"
        if _is_collected
        else "django.contrib.staticfiles.storage.StaticFilesStorage",
    },
}
SERVESTATIC_USE_FINDERS = not _is_collected
SERVESTATIC_ALLOW_ALL_ORIGINS = False

# Mail

EMAIL_URL = text("EMAIL_URL")
globals().update(mail_server("EMAIL_URL"))
EMAIL_TIMEOUT = 5  # seconds
DEFAULT_FROM_EMAIL = sender("DEFAULT_FROM_EMAIL", f"no-reply@{_site.hostname}")

# Logging

LOG_LEVEL = choice("LOG_LEVEL", "info", "debug", "warning", "error", "critical").upper()
LOG_FORMAT = choice("LOG_FORMAT", "text", "json")
# These loggers record who is here and who talks to whom. Errors are logged elsewhere too.
_request_logs = ("django.server", "django.channels.server", "uvicorn.access", "uvicorn.error")
# At DEBUG, these loggers record content: SQL with its values, template contexts and whole frames.
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
    "loggers": {
        # Django's default handlers would e-mail local variables and log each request.
        "django": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        **{name: {"handlers": [], "level": "WARNING", "propagate": True} for name in _request_logs},
        # Operators need not know about invalid forms and unknown URLs.
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        **{
            name: {"level": "INFO" if LOG_LEVEL == "DEBUG" else LOG_LEVEL} for name in _content_logs
        },
    },
}

# Messages

FILES = choice("FILES", "all", "pictures", "off")
FILE_MAX_MB = whole_number("FILE_MAX_MB", 25, 1, 100)  # 1,000,000 bytes each
MESSAGE_MAX_LENGTH = whole_number("MESSAGE_MAX_LENGTH", 4000, 1, 20_000)  # characters
RESUME_SECONDS = whole_number("RESUME_SECONDS", 90, 15, 600)
STREAMS = whole_number("STREAMS", 200, 0, 10_000)
# A page reconnects if it gets no answer for two and a half heartbeats.
HEARTBEAT_SECONDS = 20
REPORTS_KEY = reports_key("REPORTS_KEY")
REPORTS_KEPT_DAYS = 30

# Push notifications (messaging.push)

PUSH_KEY = push_key("PUSH_KEY", is_https=_is_https or SITE_IS_LOCAL, is_installable=INSTALLABLE)
PUSH_CONTACT = push_contact(
    "PUSH_CONTACT", SITE_URL if _is_https else "", is_required=bool(PUSH_KEY)
)
# A leading dot stands for all names below. Requests go to no other host.
PUSH_SERVICES = push_services(
    "PUSH_SERVICES",
    "fcm.googleapis.com,jmt17.google.com,updates.push.services.mozilla.com,web.push.apple.com,"
    ".notify.windows.com",
)
