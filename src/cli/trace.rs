//! What `-v` and `MAAS_LOG` show of the inside.

use std::io::IsTerminal;

use tracing::{Level, Metadata};
use tracing_subscriber::filter::{FilterExt, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};

/// Writes traces to standard error: those that `MAAS_LOG` names, else those that so many `-v` ask
/// for.
pub(super) fn start(verbose: u8) {
    let named = std::env::var("MAAS_LOG").ok().filter(|named| !named.is_empty());
    let Some(wanted) = named.or_else(|| of(verbose).map(str::to_owned)) else { return };
    let colour = std::io::stderr().is_terminal();
    // Only a second subscriber of the same process would be refused.
    let _ = subscriber(&wanted, colour, std::io::stderr).try_init();
}

fn of(verbose: u8) -> Option<&'static str> {
    match verbose {
        0 => None,
        1 => Some("maas=info"),
        2 => Some("maas=debug"),
        _ => Some("info,maas=trace"),
    }
}

fn subscriber(
    wanted: &str,
    colour: bool,
    writer: impl for<'a> MakeWriter<'a> + Send + Sync + 'static,
) -> impl tracing::Subscriber + Send + Sync {
    let layer = tracing_subscriber::fmt::layer().with_ansi(colour).with_writer(writer);
    let filter = EnvFilter::builder().parse_lossy(wanted).and(filter_fn(is_harmless));
    Registry::default().with(layer.with_filter(filter))
}

/// What others trace below `info` holds requests and responses, with all the secrets in them.
fn is_harmless(about: &Metadata<'_>) -> bool {
    let ours = about.target() == "maas" || about.target().starts_with("maas::");
    ours || *about.level() <= Level::INFO
}

#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn traced(wanted: &str) -> String {
        let written = Written::default();
        let to = written.clone();
        tracing::subscriber::with_default(subscriber(wanted, false, move || to.clone()), || {
            tracing::trace!(target: "sdk::orchestrator", "body hunter2");
            tracing::debug!(target: "hyper_util::client", "body hunter2");
            tracing::debug!(target: "maaster", "body hunter2");
            tracing::warn!(target: "sdk::profile", "a key is not known");
            tracing::debug!(target: "maas::aws::call", "sqs:CreateQueue");
        });
        let written = written.0.lock().unwrap().clone();
        String::from_utf8(written).unwrap()
    }

    #[test]
    fn whatever_is_asked_for_no_body_is_traced() {
        for wanted in ["trace", "sdk=trace,hyper_util=trace,maaster=trace,maas=debug"] {
            let said = traced(wanted);
            assert!(said.contains("sqs:CreateQueue") && !said.contains("hunter2"), "{said}");
        }
        assert!(traced("trace").contains("a key is not known"));
        assert!(!traced(of(1).unwrap()).contains("sqs:CreateQueue"));
        assert!(traced(of(2).unwrap()).contains("sqs:CreateQueue"));
    }
}
