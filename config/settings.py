"""Settings of Imprimatur. Everything that differs between installations comes from the environment."""

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
TESTING = env.bool("TESTING", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="demo-only-secret-never-used-in-production" if DEMO or DEBUG else "")
if not SECRET_KEY:
    SECRET_KEY = "test-and-build-only-" + "0" * 40 if TESTING else ""
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", "testserver"])
# The public address of this installation; ids of badges, keys and status lists begin with it.
BASE_URL = env.str("BASE_URL", default="http://localhost:8000").rstrip("/")
# Where the source code of this installation can be had (AGPL-3.0, section 13); named on the page "About".
SOURCE_URL = env.str("SOURCE_URL", default="")
# Wraps private keys at rest (badges.md 2.17). 32 bytes, URL-safe base64. Never in the database.
KEY_WRAPPING_KEY = env.str("KEY_WRAPPING_KEY", default="")
KEY_WRAPPING_KEY_FILE = env.str("KEY_WRAPPING_KEY_FILE", default="")
# The one before it, which only unwraps, until `manage.py keys rewrap` has left nothing that needs it.
KEY_WRAPPING_OLD_KEY = env.str("KEY_WRAPPING_OLD_KEY", default="")
KEY_WRAPPING_OLD_KEY_FILE = env.str("KEY_WRAPPING_OLD_KEY_FILE", default="")
# Where the wrapping key lives: `local` (the two variables above) or `pkcs11` (an AES key in a token).
KEY_WRAPPING = env.str("KEY_WRAPPING", default="local")
if KEY_WRAPPING not in {"local", "pkcs11"}:
    raise ImproperlyConfigured(f"KEY_WRAPPING is {KEY_WRAPPING!r}. It is local or pkcs11.")
PKCS11_MODULE = env.str("PKCS11_MODULE", default="")
PKCS11_TOKEN = env.str("PKCS11_TOKEN", default="")
PKCS11_PIN = env.str("PKCS11_PIN", default="")
PKCS11_PIN_FILE = env.str("PKCS11_PIN_FILE", default="")
PKCS11_KEY_LABEL = env.str("PKCS11_KEY_LABEL", default="imprimatur")
PKCS11_OLD_KEY_LABEL = env.str("PKCS11_OLD_KEY_LABEL", default="")

# Whom the verifier may ask for keys and status lists of foreign issuers: origins (https://name), or * for every public
# address. Nobody, unless the operator says so: then such badges are "cannot tell" (credentials/fetching.py).
VERIFY_ORIGINS = env.list("VERIFY_ORIGINS", default=[])
VERIFY_PRIVATE_ADDRESSES = env.bool("VERIFY_PRIVATE_ADDRESSES", default=False)
VERIFY_CA_FILE = env.str("VERIFY_CA_FILE", default="")
# Where events may be sent to (notifications/webhooks.py): origins, or * for every public address; else nowhere.
WEBHOOK_ORIGINS = env.list("WEBHOOK_ORIGINS", default=[])
# How many days an event is tried before it is set aside.
WEBHOOK_DAYS = env.int("WEBHOOK_DAYS", default=3)
# Processes that open and judge what strangers hand in (credentials/apart.py).
VERIFY_PROCESSES = env.int("VERIFY_PROCESSES", default=2)

# Doors for the conformance suites of others (docs/conformance.md): shut without a token, and no institution's key.
VCALM = env.bool("VCALM", default=False)
VCALM_TOKEN = env.str("VCALM_TOKEN", default="")
VCALM_TOKEN_FILE = env.str("VCALM_TOKEN_FILE", default="")

INSTALLED_APPS = [
    "config",  # first: it chooses the job broker before any app declares a job
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "django_htmx",
    "template_partials",
    "csp",
    "guardian",
    "viewflow.workflow",
    "allauth",
    "allauth.account",
    "people",
    "credentials",
    "workflows",
    "notifications",
    "portal_faculty",
    "portal_employer",
    "portal_quality",
    "portal_learner",
    "portal_public",
    "portal_api",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "config.middleware.Csrf",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.middleware.Language",
    "config.middleware.Refusals",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "template_partials.templatetags.partials",
                "config.templatetags.imprimatur",
            ],
        },
    }
]

DATABASES = {"default": env.db("DATABASE_URL", default="postgres:///imprimatur")}
# Short statements with many parts, such as the inbox, take far longer to compile than to run: so no JIT.
DATABASES["default"]["OPTIONS"] = {
    "options": "-c lock_timeout=5s -c statement_timeout=15s -c jit=off",
    **DATABASES["default"].get("OPTIONS", {}),
}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
DATABASES["default"]["TEST"] = {"NAME": env.str("DJANGO_TEST_DB", default="test_imprimatur")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None
# Form fields and widgets are drawn by config/templates/django/forms.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CSRF_FAILURE_VIEW = "config.views.stale_form"
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
# Sign-in is a six-digit code by mail (people/sign_in.py): no passwords, no sign-up.
ACCOUNT_ADAPTER = "people.sign_in.Adapter"
ACCOUNT_FORMS = {
    "request_login_code": "people.sign_in.MailboxForm",
    "confirm_login_code": "people.sign_in.CodeForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
# Per address (a class may sit behind one) and per mailbox; counted in the database cache, so all processes share it.
ACCOUNT_RATE_LIMITS = {
    "request_login_code": "100/15m/ip,5/15m/key,20/1d/key",
    "check_badge": "120/1m/key",
    "check_many_badges": "10/10m/key",
}
# How often one access token may call in a minute (people/limits.py).
API_CALLS_A_MINUTE = env.int("API_CALLS_A_MINUTE", default=600)
# How many proxies of ours stand in front; without it every visitor behind a proxy shares one address.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
SESSION_COOKIE_AGE = 12 * 3600
VIEWFLOW = {"AUTOREGISTER": False}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
TIME_ZONE = "America/Toronto"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / ".local" / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
MEDIA_ROOT = BASE_DIR / ".local" / "media"
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}

# Wakes the worker: empty for this database, or postgres://, redis://, amqp:// (config/broker.py).
BROKER_URL = env.str("BROKER_URL", default="stub://" if TESTING else "")
# How long a worker may hold a piece of work before another may take it.
WORK_LEASE_SECONDS = env.int("WORK_LEASE_SECONDS", default=180)
# "smtp", "console", or "mailbox": kept in a folder for the mailbox page of the demo.
MAIL_CHANNEL = env.str("MAIL_CHANNEL", default="mailbox" if DEMO else "console" if DEBUG else "smtp")
_MAIL_BACKENDS = {
    "smtp": "django.core.mail.backends.smtp.EmailBackend",
    "console": "django.core.mail.backends.console.EmailBackend",
    "mailbox": "notifications.mailbox.FolderBackend",
}
if MAIL_CHANNEL not in _MAIL_BACKENDS:
    raise ImproperlyConfigured(f"MAIL_CHANNEL is {MAIL_CHANNEL!r}. Say smtp, console or mailbox.")
EMAIL_BACKEND = _MAIL_BACKENDS[MAIL_CHANNEL]
MAILBOX_FOLDER = BASE_DIR / ".local" / "mailbox"
EMAIL_HOST = env.str("EMAIL_HOST", default="localhost")
EMAIL_PORT = env.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=False)
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=10)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Imprimatur <no-reply@imprimatur.example>")

# Only a public https installation marks its cookies as such; the demo runs on plain loopback.
_SECURE = BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _SECURE
SECURE_HSTS_SECONDS = 31536000 if _SECURE else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
if env.bool("TRUST_PROXY_HTTPS", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 200  # as many as /verify/many takes
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "connect-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"hide_links": {"()": "config.logs.HideLinks"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "filters": ["hide_links"]}},
    # Filtered where the record is made, so that no other handler sees the token either.
    "loggers": {
        "django.request": {"filters": ["hide_links"]},
        "django.security.csrf": {"filters": ["hide_links"]},
        "django.server": {"filters": ["hide_links"], "handlers": ["stderr"], "level": "INFO", "propagate": False},
    },
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="WARNING")},
}

# Where the clock leaves a copy of each checkpoint of the ledger: a folder that is copied to somewhere else.
CHECKPOINT_FOLDER = env("CHECKPOINT_FOLDER", default="")
# Whether anybody may fetch the newest checkpoint, so that auditors keep copies without asking.
CHECKPOINTS_PUBLIC = env.bool("CHECKPOINTS_PUBLIC", default=False)
