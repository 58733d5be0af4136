//! TOML text to the tree; everything that TOML itself refuses.

use toml::de::{DeTable, DeValue};

use super::problem::Problem;
use super::problems::Problems;
use super::remedies::remedy;
use super::span::Span;
use super::template::Template;
use super::value::{Kind, Table, Value};

/// Keys that mean something to the engine in the documents it keeps.
const RESERVED: [&str; 2] = ["$expr", "$secret"];

/// Reads the text as far as it can be read. Also gives the errors of the syntax, each of which may
/// stand for lost text; what is wrong with single values goes to `problems`.
pub(crate) fn read(text: &str, problems: &mut Problems) -> (Table, Problems) {
    let (root, errors) = DeTable::parse_recoverable(text);
    let errors = errors.into_iter().map(|error| {
        let place = error.span().map_or(Span::NOWHERE, Span::from);
        let problem = Problem::at(place, "maas::manifest::syntax", "The text is not valid TOML.");
        problem.label(error.message()).help(remedy(error.message()))
    });
    let table = Reader { text, problems }.table(root.into_inner());
    (table, errors.collect())
}

struct Reader<'a> {
    text: &'a str,
    problems: &'a mut Problems,
}

impl Reader<'_> {
    fn table(&mut self, table: DeTable<'_>) -> Table {
        let mut read = Table::default();
        for (key, value) in table {
            let place = Span::from(key.span()).within(self.text);
            let key = key.into_inner();
            if RESERVED.contains(&key.as_ref()) {
                self.reserved(place, &key);
            }
            let span = Span::from(value.span()).within(self.text);
            let value = self.value(value.into_inner(), span);
            read.insert(Value::new(Kind::String(Template::literal(key)), place), value);
        }
        read
    }

    fn value(&mut self, value: DeValue<'_>, span: Span) -> Value {
        let kind = match value {
            DeValue::String(text) => {
                Kind::String(Template::read(&text, span, self.text, self.problems))
            }
            DeValue::Boolean(value) => Kind::Boolean(value),
            DeValue::Datetime(value) => Kind::Datetime(value.to_string()),
            DeValue::Integer(number) => {
                let read = i64::from_str_radix(number.as_str(), number.radix());
                Kind::Integer(read.unwrap_or_else(|_| {
                    self.number(span, "it does not fit into 64 bits");
                    0
                }))
            }
            DeValue::Float(number) => {
                let read = number.as_str().parse().unwrap_or(f64::NAN);
                if !read.is_finite() {
                    self.number(span, "only finite numbers have a meaning here");
                }
                Kind::Float(read)
            }
            DeValue::Array(items) => {
                let items = items.into_iter().map(|item| {
                    let span = Span::from(item.span()).within(self.text);
                    self.value(item.into_inner(), span)
                });
                Kind::Array(items.collect())
            }
            DeValue::Table(table) => Kind::Table(self.table(table)),
        };
        Value::new(kind, span)
    }

    fn number(&mut self, span: Span, label: &str) {
        let problem = Problem::at(span, "maas::manifest::number", "A number cannot be used.");
        self.problems.push(problem.label(label));
    }

    fn reserved(&mut self, span: Span, key: &str) {
        let problem = Problem::at(span, "maas::manifest::reserved_key", "A key is reserved.")
            .label(format!("`{key}` cannot be a key"))
            .help("`$expr` and `$secret` are kept for the program itself; rename the key.");
        self.problems.push(problem);
    }
}
