"""Settings of Ketamine Info, read from environment variables only (each is described in .env.example)."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from ketamine_info import environment, logs

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
if (BASE_DIR / ".env").exists():
    environ.Env.read_env(BASE_DIR / ".env", overwrite=False)

if found := environment.problems(os.environ):
    raise ImproperlyConfigured(environment.refusal(found))

# Where this runs: "local" (a trial on this machine), "test" or "production". Unset means production, so that
# a server that forgot its environment refuses to start instead of serving on trial settings.
DEPLOYMENT = env.str("DEPLOYMENT", default="production")
PRODUCTION = DEPLOYMENT == "production"

SECRET_KEY = env.str("SECRET_KEY", default="local-only-not-a-secret")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
DEBUG = env.bool("DEBUG", default=False)
PORT = env.int("PORT", default=8000)
SITE_URL = env.str("SITE_URL", default=f"http://localhost:{PORT}").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])

# ---------------------------------------------------------------------------------------------- parts
INSTALLED_APPS = [
    "ketamine_info",
    "accounts",
    "articles",
    "clinics",
    "places",
    "js_lib_leaflet",
    "wagtail.contrib.redirects",
    "wagtail.contrib.sitemaps",
    "wagtail.contrib.typed_table_block",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "ketamine_info.health.health",
    "django.middleware.security.SecurityMiddleware",
    "ketamine_info.middleware.headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.common.CommonMiddleware",
    "ketamine_info.middleware.ContentSecurityPolicy",
    "ketamine_info.middleware.caching",
    "ketamine_info.middleware.input_limits",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.session_limits",
    "accounts.middleware.second_factor",
    "ketamine_info.middleware.Redirects",
]

ROOT_URLCONF = "ketamine_info.urls"
WSGI_APPLICATION = "ketamine_info.wsgi.application"

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
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # templates/django/forms before Django's

# ------------------------------------------------------------------------------------------- database
LOCAL_FOLDER = Path(env.str("EMBEDDED_POSTGRES_DIR", default=str(BASE_DIR / ".local")))
if env.str("DATABASE_URL", default=""):
    DATABASES = {"default": env.db("DATABASE_URL")}
else:
    # A PostgreSQL of the project's own, started when first asked for and stopped with the last that uses it.
    DATABASES = {
        "default": {
            "ENGINE": "ketamine_info.embedded_pg",
            "NAME": "ketamine_info",
            "EMBEDDED": {
                "folder": str(LOCAL_FOLDER / ("postgres-test" if DEPLOYMENT == "test" else "postgres")),
                "database": "ketamine_info",
                "durable": DEPLOYMENT != "test",
            },
        }
    }
DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
DATABASES["default"].setdefault("OPTIONS", {}).update(
    connect_timeout=2,  # seconds
    tcp_user_timeout=5000,  # milliseconds: a connection whose other end has gone silent is given up
)
# A request may not wait longer than this for one statement; commands, which import and migrate, may.
REQUEST_STATEMENT_TIMEOUT_MS = env.int("REQUEST_STATEMENT_TIMEOUT_MS", default=3000)

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# In the database, so that every worker and every server counts the same attempts to sign in.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}

# ------------------------------------------------------------------------------------------- accounts
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "wagtailadmin_home"
ACCOUNT_ADAPTER = "accounts.adapter.StaffAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_EMAIL_VERIFICATION = "none"  # an administrator makes every account, and answers for its address
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody is told whether an address has an account, by a letter either
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
# Throttled, not locked: a limit that was hit passes by itself. Both the name and the address are counted.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/5m/key,30/5m/ip",
    "reset_password": "5/h/ip,3/h/key",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Ketamine Info"
MFA_TOTP_TOLERANCE = 1  # a clock may be half a minute off
MFA_ALLOW_UNVERIFIED_EMAIL = True
# Staff without a second factor are led to set one up before anything else. A trial does without.
STAFF_MFA_REQUIRED = env.bool("STAFF_MFA_REQUIRED", default=PRODUCTION)

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

SESSION_IDLE_SECONDS = 30 * 60
SESSION_LONGEST_SECONDS = 12 * 60 * 60
SESSION_COOKIE_AGE = SESSION_LONGEST_SECONDS

# ------------------------------------------------------------------------------------------- security
SECURE = urlsplit(SITE_URL).scheme == "https"
SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = 63_072_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # the preload list binds a whole domain: its owner's choice
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

COOKIE_PREFIX = "__Host-" if SECURE else ""  # a browser takes such a cookie from this very host alone
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "ketamine_info.views.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_NUMBER_FIELDS = (
    10_000  # a long article in Wagtail's editor; the public's body is limited by size
)

NONE, SELF = "'none'", "'self'"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
# Wagtail's admin has inline scripts and styles, previews in frames, and pictures made in the page.
ADMIN_CONTENT_SECURITY_POLICY = {
    "default-src": [SELF],
    "script-src": [SELF, "'unsafe-inline'"],
    "style-src": [SELF, "'unsafe-inline'"],
    "img-src": [SELF, "data:", "blob:"],
    "font-src": [SELF, "data:"],
    "form-action": [SELF],
    "base-uri": [NONE],
    "object-src": [NONE],
    "frame-ancestors": [SELF],
}
# The views whose answers caches may share: articles and what is made of them, and what the API says to everybody;
# for longer the tiles of maps. Everything else, every search above all, is stored by nobody.
SHARED_VIEWS = {
    "wagtail_serve",
    "api:articles",
    "api:article",
    "api:clinic",
    "api:openapi-json",
    "api:openapi-view",
    "articles:atom",
    "articles:rss",
    "articles:share_image",
    "clinics:unmet_need",
    "data:export",
    "data:file",
    "data:unmet_need_csv",
    "data:unmet_need_json",
    "robots",
    "sitemap",
    "sitemaps",
}
SHARED_FOR_LONG_VIEWS = {"places:base_tile", "places:picture_tile"}
# Where addresses are looked up, by `geocode_clinics` alone (places.geocoding); empty: by the gazetteer alone.
GEOCODER_URL = env.str("GEOCODER_URL", default="")
# How many people have to look for something in vain, from one area in one week, before it is stored (docs/adr/0095).
UNMET_NEED_FEWEST = env.int("UNMET_NEED_FEWEST", default=10)
# From one address, as far as a server's workers can tell (docs/adr/0085).
API_REQUESTS_PER_MINUTE = env.int("API_REQUESTS_PER_MINUTE", default=120)

# ----------------------------------------------------------------------------------------------- maps
# Pictures instead of the project's own base map: of another host, which joins the policy, or of a file.
MAP_TILE_URL = env.str("MAP_TILE_URL", default="")
MAP_PMTILES = Path(env.str("MAP_PMTILES")) if env.str("MAP_PMTILES", default="") else None
MAP_ATTRIBUTION = env.str("MAP_ATTRIBUTION", default="")
if MAP_TILE_URL:
    for policy in (CONTENT_SECURITY_POLICY["DIRECTIVES"], ADMIN_CONTENT_SECURITY_POLICY):
        policy["img-src"].append("https://" + urlsplit(MAP_TILE_URL).netloc)

# ------------------------------------------------------------------------------------------ languages
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

# ---------------------------------------------------------------------------------------------- files
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "static_collected" if PRODUCTION else None
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_USE_FINDERS = not PRODUCTION  # a trial serves the files from where they are
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(BASE_DIR / "media")))
# The nightly export of the directory (/data/); the scheduler writes it, the site reads it.
EXPORT_ROOT = Path(env.str("EXPORT_ROOT", default=str(BASE_DIR / "exports")))
# Lists that are uploaded to be imported, until they are; the site writes them, the importing process reads them.
IMPORT_ROOT = Path(env.str("IMPORT_ROOT", default=str(BASE_DIR / "imports")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# ---------------------------------------------------------------------------------------------- email
# Without EMAIL_URL a trial prints messages; a server drops them, since a log is no place for reset links.
vars().update(env.email_url("EMAIL_URL", default="dummymail://" if PRODUCTION else "consolemail://"))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("EMAIL_FROM", default=f"no-reply@{urlsplit(SITE_URL).hostname}")
EMAIL_TIMEOUT = 5  # seconds: nobody waits longer for a mail server that does not answer
CONTACT_EMAIL = env.str("CONTACT_EMAIL", default="")  # empty: the pages say that there is no address yet

# --------------------------------------------------------------------------------------------- logging
LOGGING = logs.configuration()

# --------------------------------------------------------------------------------------------- Wagtail
WAGTAIL_SITE_NAME = "Ketamine Info"
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAILADMIN_LOGIN_URL = WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False  # allauth's pages do that
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_FINISH_WORKFLOW_ACTION = "articles.publishing.publish_what_was_approved"
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
