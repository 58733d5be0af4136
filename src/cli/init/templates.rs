//! What `maas init` writes, by pattern.

/// A pattern's part of a new manifest, and the code that it needs.
pub(super) struct Template {
    pub pattern: &'static str,
    pub manifest: &'static str,
    /// Files by their paths from the manifest.
    pub files: &'static [(&'static str, &'static str)],
}

macro_rules! template {
    ($pattern:literal $(, $path:literal: $file:literal)* $(,)?) => {
        Template {
            pattern: $pattern,
            manifest: include_str!(concat!("templates/", $pattern, ".toml")),
            files: &[$((
                concat!("functions/", $path, "/index.py"),
                include_str!(concat!("templates/", $file)),
            )),*],
        }
    };
}

/// The templates, in the order of the catalogue.
pub(super) const TEMPLATES: [Template; 10] = [
    template!(
        "api-custom-authorizer",
        "authorizer": "authorizer.py",
        "echo": "echo.py",
        "health": "health.py",
    ),
    template!("api-database-postgres", "users": "api.py"),
    template!("api-database-data-api", "reports": "api.py"),
    template!("api-async", "consumer": "consumer.py"),
    template!("webhook-proxy", "billing": "events.py"),
    template!("s3-multiple-subscriptions", "thumbnail": "events.py"),
    template!("s3-single-subscription", "import": "events.py"),
    template!("s3-upload"),
    template!("dead-letter-queue", "mailer": "events.py"),
    template!("network"),
];
