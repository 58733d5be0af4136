//! When an environment expires.

use jiff::Timestamp;

use crate::manifest::{Duration, Manifest};
use crate::state::Snapshot;

/// When an environment expires, and what its resources' tags say of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Expiry {
    /// The time to live that was asked for.
    pub ttl: Option<String>,
    /// When that is over, as RFC 3339 text.
    pub at: Option<String>,
    /// What the tag `maas:expires` says.
    pub tag: Option<String>,
}

impl Expiry {
    /// The time to live starts anew with each apply. The tags do not follow each time, since then
    /// no apply would find everything unchanged: they do once half of the time is over.
    pub fn of(asked: Option<Duration>, manifest: &Manifest, snapshot: &Snapshot) -> Self {
        let Some(ttl) = asked.or(manifest.environment.ttl) else { return Self::default() };
        Self::from(ttl, Timestamp::now(), tagged(snapshot))
    }

    /// The same where the state is lost: `tag` is what the resources' tags say.
    pub fn found(manifest: &Manifest, tag: Option<&str>) -> Self {
        match manifest.environment.ttl {
            Some(ttl) => Self::from(ttl, Timestamp::now(), tag.and_then(|tag| tag.parse().ok())),
            // It was given to an apply.
            None => Self { ttl: None, at: tag.map(str::to_owned), tag: tag.map(str::to_owned) },
        }
    }

    fn from(ttl: Duration, now: Timestamp, tagged: Option<Timestamp>) -> Self {
        let length = jiff::SignedDuration::from_secs(ttl.seconds().try_into().unwrap_or(i64::MAX));
        let end = now.checked_add(length).unwrap_or(Timestamp::MAX);
        let half = now.checked_add(length / 2).unwrap_or(Timestamp::MAX);
        let stands = tagged.filter(|tagged| *tagged >= half && *tagged <= end);
        Self {
            ttl: Some(ttl.to_string()),
            at: Some(text(end)),
            tag: Some(text(stands.unwrap_or(end))),
        }
    }
}

fn text(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// What the tags of the recorded resources say.
fn tagged(snapshot: &Snapshot) -> Option<Timestamp> {
    let tags = snapshot.records.values().filter_map(|record| record.inputs.get("tags"));
    let mut said = tags.filter_map(|tags| tags.get("maas:expires")?.as_str()?.parse().ok());
    said.next()
}

#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn tags_follow_when_half_of_the_time_is_over() {
        let day = Duration::from_seconds(86_400);
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let first = Expiry::from(day, at("2026-11-23T00:00:00Z"), None);
        assert_eq!(first.tag.as_deref(), Some("2026-11-24T00:00:00Z"));
        let tagged = Some(at("2026-11-24T00:00:00Z"));
        let soon = Expiry::from(day, at("2026-11-23T11:00:00Z"), tagged);
        assert_eq!((soon.tag, soon.at.as_deref()), (first.tag, Some("2026-11-24T11:00:00Z")));
        let late = Expiry::from(day, at("2026-11-23T13:00:00Z"), tagged);
        assert_eq!(late.tag, late.at);
    }

    #[test]
    fn a_shorter_time_to_live_takes_effect_at_once() {
        let hour = Duration::from_seconds(3_600);
        let now: Timestamp = "2026-11-23T00:00:00Z".parse().unwrap();
        let tagged = "2026-11-24T00:00:00Z".parse().ok();
        assert_eq!(Expiry::from(hour, now, tagged).tag.as_deref(), Some("2026-11-23T01:00:00Z"));
    }
}
