//! The patterns, each with a second version of its manifest: settings of most types change, and
//! something comes and something goes.

/// Texts of a manifest and what takes their place.
pub type Edits = &'static [(&'static str, &'static str)];

const RETENTION: (&str, &str) =
    (r#"queue = { retention = "1d" }"#, r#"queue = { retention = "2d" }"#);

/// S3's test message, sent when a notification is set, ends in the stream's bucket.
const EMPTIED: (&str, &str) = (
    r#"firehose = { prefix = "archive/" }"#,
    r#"firehose = { prefix = "archive/", bucket = { force_empty = true } }"#,
);

/// A manifest of `manifests/`.
pub struct Pattern {
    pub name: &'static str,
    /// The manifest's own name.
    pub manifest: &'static str,
    /// What makes the first version of it.
    pub first: Edits,
    /// What makes the second version.
    pub second: Edits,
    /// How many lives of it are a spread.
    pub spread: usize,
}

/// How many lives of most patterns are a spread.
pub const SPREAD: usize = 6;

const fn pattern(name: &'static str, first: Edits, second: Edits) -> Pattern {
    Pattern { name, manifest: name, first, second, spread: SPREAD }
}

impl Pattern {
    pub fn of(name: &str) -> &'static Self {
        let found = PATTERNS.iter().find(|pattern| pattern.name == name);
        found.unwrap_or_else(|| panic!("there is no manifest {name}"))
    }
}

pub const PATTERNS: &[Pattern] = &[
    pattern(
        "api-database-data-api",
        &[],
        &[
            (r#"timeout = "30s""#, r#"timeout = "20s""#),
            ("capacity = { min = 0, max = 2,", "capacity = { min = 0, max = 4,"),
            (r#"routes."GET /reports""#, r#"routes."GET /report""#),
        ],
    ),
    pattern(
        "api-database-postgres",
        &[],
        &[
            (r#"timeout = "30s""#, r#"timeout = "25s""#),
            ("capacity = { min = 0, max = 2,", "capacity = { min = 0, max = 4,"),
            (r#"backup = "7d""#, r#"backup = "8d""#),
            (r#"routes."GET /users/{id}""#, r#"routes."GET /people/{id}""#),
        ],
    ),
    Pattern {
        name: "api-database-postgres-instance",
        manifest: "api-database-postgres",
        first: &[
            (r#"engine = "aurora-postgresql""#, r#"engine = "postgres""#),
            (
                r#"capacity = { min = 0, max = 2, pause_after = "10m" }"#,
                "instance = \"db.t4g.micro\"\nstorage = \"20 GB\"",
            ),
        ],
        second: &[
            (r#"instance = "db.t4g.micro""#, "instance = \"db.t4g.small\"\nstandby = true"),
            (r#"storage = "20 GB""#, "storage = \"40 GB\"\nmax_storage = \"100 GB\""),
            (r#"backup = "7d""#, r#"backup = "8d""#),
        ],
        // The rest of it is in the lives of Aurora.
        spread: 3,
    },
    Pattern {
        name: "network-with-nat",
        manifest: "network",
        first: &[(r#"nat = "none""#, r#"nat = "one""#)],
        second: &[
            (r#"nat = "one""#, r#"nat = "per-zone""#),
            ("[patterns.shared]", "[tags]\nteam = \"network\"\n\n[patterns.shared]"),
        ],
        spread: SPREAD,
    },
    pattern(
        "api-async",
        &[],
        &[
            (r#"route = "POST /jobs""#, r#"route = "POST /work""#),
            ("batch = 10 ", "memory = \"512 MB\"\nbatch = 5 "),
            ("max_receives = 3", "max_receives = 4"),
            RETENTION,
        ],
    ),
    pattern(
        "api-custom-authorizer",
        &[],
        &[
            (r#"memory = "256 MB""#, r#"memory = "512 MB""#),
            ("https://shop.example", "https://shop.test"),
            (r#"cache = "5m""#, r#"cache = "1m""#),
            ("a key for development", "another key for development"),
            (r#"[patterns.api.routes."GET /health"]"#, r#"[patterns.api.routes."GET /alive"]"#),
        ],
    ),
    pattern(
        "dead-letter-queue",
        &[],
        &[
            ("retries = 2", "retries = 1"),
            (r#"max_age = "6h""#, r#"max_age = "5h""#),
            ("rate(5 minutes)", "rate(10 minutes)"),
            ("depth = 1", "depth = 2"),
            ("ops@shop.example", "help@shop.example"),
            RETENTION,
        ],
    ),
    pattern(
        "s3-multiple-subscriptions",
        &[EMPTIED],
        &[
            (r#"prefix = "in/""#, r#"prefix = "new/""#),
            (r#"timeout = "30s""#, r#"timeout = "20s""#),
            (
                "[patterns.images.subscribers.audit]\nqueue = { retention = \"4d\"",
                "[patterns.images.subscribers.audit]\nqueue = { retention = \"5d\"",
            ),
            ("[patterns.images.subscribers.documents]", "[patterns.images.subscribers.papers]"),
            (r#"firehose = { prefix = "archive/""#, r#"firehose = { prefix = "kept/""#),
            RETENTION,
        ],
    ),
    pattern(
        "s3-single-subscription",
        &[],
        &[
            (r#"suffix = ".csv""#, r#"suffix = ".tsv""#),
            ("access = [\"imports", "memory = \"512 MB\"\naccess = [\"imports"),
            RETENTION,
        ],
    ),
    pattern(
        "s3-single-subscription-queue",
        &[],
        &[
            (r#"prefix = "in/""#, r#"prefix = "new/""#),
            ("batch = 5", "batch = 6"),
            ("max_receives = 3", "max_receives = 2"),
            RETENTION,
        ],
    ),
    pattern(
        "s3-upload",
        &[],
        &[
            (
                r#"route = "POST /uploads""#,
                "route = \"POST /files\"\ncors = { origins = [\"https://shop.test\"] }",
            ),
            (r#"max_size = "5 GB""#, r#"max_size = "4 GB""#),
            (r#"prefix = "uploads/""#, r#"prefix = "files/""#),
        ],
    ),
    pattern(
        "webhook-proxy",
        &[],
        &[
            (r#"filter = { kind = ["invoice"] }"#, r#"filter = { kind = ["bill"] }"#),
            ("[patterns.hooks.recipients.audit]", "[patterns.hooks.recipients.all]"),
            (
                "route = \"POST /hook\"",
                "route = \"POST /hooks\"\nreceiver = { memory = \"512 MB\" }",
            ),
            RETENTION,
        ],
    ),
    pattern(
        "webhook-proxy-s3",
        &[],
        &[
            (r#"filter = { kind = ["invoice"] }"#, r#"filter = { kind = ["bill"] }"#),
            ("[patterns.hooks.recipients.audit]", "[patterns.hooks.recipients.all]"),
            (r#"ttl = "30d""#, r#"ttl = "60d""#),
            RETENTION,
        ],
    ),
    pattern(
        "catalogue",
        &[EMPTIED],
        &[
            (r#"memory = "256 MB""#, r#"memory = "512 MB""#),
            (r#"log_retention = "14d""#, r#"log_retention = "7d""#),
            (r#"team = "payments""#, r#"team = "orders""#),
            ("https://shop.example", "https://shop.test"),
            ("[patterns.hooks.recipients.shipping]", "[patterns.hooks.recipients.parcels]"),
            ("[patterns.images.subscribers.documents]", "[patterns.images.subscribers.papers]"),
            ("depth = 1", "depth = 2"),
            RETENTION,
        ],
    ),
];
