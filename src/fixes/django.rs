//! Django: django-cors-headers, with its middleware at the very top.
//!
//! - The middleware must stand before everything that can answer: above `CommonMiddleware` (slash redirects), above
//!   authentication, above WhiteNoise. It answers every preflight itself, for unknown URLs too.
//! - `APPEND_SLASH` redirects `/users` to `/users/`; a preflight never gets that far, but the request after it does, and
//!   a POST loses its body. Call the URL with the slash.
//! - Writing `CORS_ALLOW_HEADERS` replaces the default list (accept, authorization, content-type, user-agent,
//!   x-csrftoken, x-requested-with).
//! - For requests with a session cookie Django's own CSRF check also wants the origin: `CSRF_TRUSTED_ORIGINS`.
//! - The cookie itself needs `SESSION_COOKIE_SAMESITE = "None"` and `SESSION_COOKIE_SECURE = True` when page and API are
//!   of different sites.

use super::{Kind, PieceTemplate, Platform, Tried};

pub(super) const PLATFORM: Platform = Platform {
    id: "django",
    title: "Django",
    aliases: &["django-cors-headers", "corsheaders", "drf"],
    kind: Kind::Framework,
    tried: Tried::Not,
    only_methods: &[],
    source: include_str!("django.rs"),
    pieces: &[PieceTemplate {
        file: "settings.py",
        language: "python",
        place: "at the end; needs: pip install django-cors-headers",
        text: r#"INSTALLED_APPS = [*INSTALLED_APPS, "corsheaders"]
MIDDLEWARE = ["corsheaders.middleware.CorsMiddleware", *MIDDLEWARE]

«if list»
CORS_ALLOWED_ORIGINS = [
«each origin»    "«origin»",
]
«end»
«if any»CORS_ALLOW_ALL_ORIGINS = True
CORS_ALLOW_METHODS = [«methods"»]
CORS_ALLOW_HEADERS = [«headers"»]
«if expose»CORS_EXPOSE_HEADERS = [«exposed"»]
«if credentials»
CORS_ALLOW_CREDENTIALS = True
CSRF_TRUSTED_ORIGINS = CORS_ALLOWED_ORIGINS
«end»
CORS_PREFLIGHT_MAX_AGE = «max_age»
«if prefix»CORS_URLS_REGEX = r"^«path|»"
"#,
    }],
    notes: &[
        "«if credentials»Pages of another site get the cookie only with SESSION_COOKIE_SAMESITE = \"None\" and SESSION_COOKIE_SECURE = True.",
    ],
};
