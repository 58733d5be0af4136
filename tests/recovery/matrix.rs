//! Every pattern, every operation, a fault at every call: the whole of it, or a spread.
//!
//! `MAAS_RECOVERY=whole` takes all of it, `MAAS_RECOVERY=PATTERN` all of one pattern, and a life as a
//! failure prints it (`MAAS_RECOVERY='s3-upload apply!s3:PUT#1!killed-after'`) that life alone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use futures::stream::{self, StreamExt};

use crate::changes::{PATTERNS, Pattern, SPREAD};
use crate::fault::{Fault, Kind, Life, Operation};
use crate::life::{Took, Undisturbed, live};
use crate::proxy::Call;

/// How many lives go on at once.
const AT_ONCE: usize = 5;

/// How often a life is lived until each of its faults is reached.
const TIMES: usize = 3;

/// Calls that come only where S3's test message has arrived in time in a bucket that is emptied.
const BY_CHANCE: [&str; 1] = ["s3:POST?delete"];

/// What is tried.
enum Wish {
    Spread,
    Whole,
    Pattern(String),
    One(Life),
}

impl Wish {
    fn of(text: Option<String>) -> Self {
        match text.as_deref().map(str::trim) {
            None | Some("") => Self::Spread,
            Some("whole") => Self::Whole,
            Some(life) if life.contains('!') => Self::One(life.parse().unwrap()),
            Some(pattern) => Self::Pattern(pattern.to_owned()),
        }
    }

    fn wants(&self, pattern: &str) -> bool {
        match self {
            Self::Spread | Self::Whole => true,
            Self::Pattern(wanted) => wanted == pattern,
            Self::One(life) => life.pattern == pattern,
        }
    }

    fn lives(&self, pattern: &str, undisturbed: &Undisturbed) -> Vec<Life> {
        match self {
            Self::One(life) => vec![life.clone()],
            Self::Spread => lives(pattern, undisturbed, Some(Pattern::of(pattern).spread)),
            // Twice as large as all others together, and made of the same resources.
            Self::Whole if pattern == "catalogue" => lives(pattern, undisturbed, Some(10 * SPREAD)),
            Self::Whole | Self::Pattern(_) => lives(pattern, undisturbed, None),
        }
    }
}

/// The faults of one operation: at every call that changes something each kind, and at the first of
/// each kind of reading call one.
fn faults(operation: Operation, calls: &[Call]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (at, call) in calls.iter().enumerate() {
        let kinds: &[Kind] = match call.mutates {
            true => &Kind::ALL,
            false if call.nth == 1 => &Kind::ALL[at % 3..=at % 3],
            false => &[],
        };
        let fault = |kind: &Kind| Fault {
            operation,
            call: call.name.clone(),
            nth: call.nth,
            kind: *kind,
            destroy: false,
        };
        faults.extend(kinds.iter().map(fault));
    }
    faults
}

/// Takes `count` of them, evenly.
fn spread<T: Clone>(all: &[T], count: usize) -> Vec<T> {
    let count = count.min(all.len());
    (0..count).map(|at| all[at * all.len() / count].clone()).collect()
}

/// Lives that have all of these faults, one an operation: `most` lives, or as many as it takes. After a
/// third of the faults comes a destroy; of the three kinds of fault at a call it is a different one each
/// time.
fn lives(pattern: &str, undisturbed: &Undisturbed, most: Option<usize>) -> Vec<Life> {
    let mut lives: Vec<Life> = Vec::new();
    for (turn, operation) in Operation::ALL.into_iter().enumerate() {
        let all = faults(operation, &undisturbed.calls[&operation]);
        let chosen = spread(&all, most.unwrap_or(all.len()));
        for (at, mut fault) in chosen.into_iter().enumerate() {
            fault.destroy = operation != Operation::Destroy && (at + at / 3 + turn) % 3 == 0;
            if lives.len() <= at {
                lives.push(Life { pattern: pattern.to_owned(), faults: Vec::new() });
            }
            lives[at].faults.push(fault);
        }
    }
    lives
}

/// What all of it came to.
#[derive(Default)]
struct Figures {
    lives: usize,
    /// Faults by kind.
    cases: BTreeMap<&'static str, usize>,
    /// Those after which a destroy came.
    destroyed: usize,
    /// The calls at which a fault was.
    points: BTreeSet<String>,
    took: Took,
    failed: Vec<String>,
}

impl Figures {
    fn add(&mut self, life: &Life, result: Result<Took, String>) {
        self.lives += 1;
        for fault in &life.faults {
            *self.cases.entry(fault.kind.name()).or_default() += 1;
            self.points.insert(fault.call.clone());
            self.destroyed += usize::from(fault.destroy);
        }
        match result {
            Ok(took) => {
                self.took.runs += took.runs;
                self.took.calls += took.calls;
                self.took.missed.extend(took.missed);
                self.took.never.extend(took.never);
            }
            Err(wrong) => self.failed.push(format!("MAAS_RECOVERY='{life}'\n{wrong}")),
        }
    }
}

/// Lives it, and once more what of it did not come: a fault before, or the destroy behind that, may
/// have led past its call. Fails where it comes never, unless it comes by chance.
async fn reached(life: &Life, undisturbed: &Undisturbed) -> Result<Took, String> {
    let (mut all, mut left) = (Took::default(), life.clone());
    for _ in 0..TIMES {
        let took = live(&left, undisturbed).await.map_err(|wrong| format!("{left}\n{wrong}"))?;
        all.runs += took.runs;
        all.calls += took.calls;
        all.missed.extend(took.missed.iter().cloned());
        left.faults = took.missed;
        if left.faults.is_empty() {
            return Ok(all);
        }
    }
    if left.faults.iter().all(|fault| BY_CHANCE.contains(&&*fault.call)) {
        all.never.extend(left.faults);
        return Ok(all);
    }
    Err(format!("in {TIMES} lives not all faults were reached; not reached were {left}"))
}

#[expect(clippy::print_stderr, reason = "the figures are a result")]
pub async fn run(wish: Option<String>) {
    let (wish, started) = (Wish::of(wish), Instant::now());
    let patterns = PATTERNS.iter().map(|pattern| pattern.name).filter(|it| wish.wants(it));
    let undisturbed = patterns.map(|pattern| async move {
        let lived = tokio::spawn(Undisturbed::of(pattern)).await;
        let lived = lived.unwrap_or_else(|error| Err(error.to_string()));
        let lived = lived.unwrap_or_else(|wrong| panic!("{pattern}, undisturbed: {wrong}"));
        (pattern, Arc::new(lived))
    });
    let undisturbed: Vec<_> = stream::iter(undisturbed).buffered(AT_ONCE).collect().await;
    let lives = undisturbed.into_iter().flat_map(|(pattern, undisturbed)| {
        let lives = wish.lives(pattern, &undisturbed).into_iter();
        lives.map(move |life| (life, Arc::clone(&undisturbed)))
    });
    let lives: Vec<_> = lives.collect();
    eprintln!("{} lives to live", lives.len());
    let running = lives.into_iter().map(|(life, undisturbed)| async move {
        let (lived, alone) = (life.clone(), undisturbed);
        let result = tokio::spawn(async move { reached(&lived, &alone).await }).await;
        let result = result.unwrap_or_else(|error| Err(error.to_string()));
        if let Err(wrong) = &result {
            eprintln!("MAAS_RECOVERY='{life}'\n{wrong}\n");
        }
        (life, result)
    });
    let mut ended = stream::iter(running).buffer_unordered(AT_ONCE);
    let mut figures = Figures::default();
    while let Some((life, result)) = ended.next().await {
        figures.add(&life, result);
        if figures.lives % 50 == 0 {
            eprintln!(
                "{} lives, {} failed, {} s",
                figures.lives,
                figures.failed.len(),
                started.elapsed().as_secs()
            );
        }
    }
    let Figures { lives, cases, destroyed, points, took, failed } = figures;
    eprintln!(
        "recovery: {} faults {cases:?} at {} kinds of call, {destroyed} of them before a destroy, in {lives} \
         lives, {} of them never reached; {} runs of maas, {} calls; {} lives failed; {} s; not reached at first: {:?}",
        cases.values().sum::<usize>(),
        points.len(),
        took.never.len(),
        took.runs,
        took.calls,
        failed.len(),
        started.elapsed().as_secs(),
        took.missed.iter().map(ToString::to_string).collect::<Vec<_>>()
    );
    assert!(
        failed.is_empty(),
        "{} of {lives} lives failed:\n\n{}",
        failed.len(),
        failed.join("\n\n")
    );
}
