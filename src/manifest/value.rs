//! The manifest's tables as a tree in which every key and value keeps its place.

use std::collections::BTreeMap;

use super::span::Span;
use super::template::Template;

/// A value and its place.
#[derive(Clone, Debug)]
pub(crate) struct Value {
    pub kind: Kind,
    pub span: Span,
}

/// What a value holds.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    String(Template),
    Integer(i64),
    Float(f64),
    Boolean(bool),
    Datetime(String),
    Array(Vec<Value>),
    Table(Table),
}

/// A table; its entries are in the order of their keys.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table(BTreeMap<String, Entry>);

/// A key with its place, and its value.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub key: Value,
    pub value: Value,
}

impl Value {
    pub fn new(kind: Kind, span: Span) -> Self {
        Self { kind, span }
    }

    pub fn table(&self) -> Option<&Table> {
        match &self.kind {
            Kind::Table(table) => Some(table),
            _ => None,
        }
    }

    /// The text of a string that holds no expression.
    pub fn plain(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(template) => template.plain(),
            _ => None,
        }
    }

    /// Calls `f` on every string in it.
    pub fn each_string(&mut self, f: &mut impl FnMut(&mut Template)) {
        match &mut self.kind {
            Kind::String(template) => f(template),
            Kind::Array(items) => items.iter_mut().for_each(|item| item.each_string(f)),
            Kind::Table(table) => table.each_string(f),
            _ => {}
        }
    }

    /// Whether a string in it holds an expression that stands for nothing.
    pub fn is_open(&self) -> bool {
        match &self.kind {
            Kind::String(template) => template.is_open(),
            Kind::Array(items) => items.iter().any(Self::is_open),
            Kind::Table(table) => table.entries().any(|entry| entry.value.is_open()),
            _ => false,
        }
    }

    /// What it is, in words.
    pub fn describe(&self) -> &'static str {
        match &self.kind {
            Kind::String(_) => "a string",
            Kind::Integer(_) => "a whole number",
            Kind::Float(_) => "a number",
            Kind::Boolean(true) => "`true`",
            Kind::Boolean(false) => "`false`",
            Kind::Datetime(_) => "a date or time",
            Kind::Array(_) => "an array",
            Kind::Table(_) => "a table",
        }
    }
}

impl Entry {
    /// The key's text.
    pub fn name(&self) -> &str {
        self.key.plain().unwrap_or_default()
    }
}

impl Table {
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key).map(|entry| &entry.value)
    }

    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.0.get(key)
    }

    /// The table under this key, if there is one.
    pub fn table(&self, key: &str) -> Option<&Table> {
        self.get(key)?.table()
    }

    pub fn contains(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.0.values()
    }

    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    pub fn insert(&mut self, key: Value, value: Value) {
        if let Some(name) = key.plain() {
            self.0.insert(name.to_owned(), Entry { key, value });
        }
    }

    pub fn remove(&mut self, key: &str) -> Option<Entry> {
        self.0.remove(key)
    }

    /// Its entries, to be changed.
    pub fn entries_mut(&mut self) -> impl Iterator<Item = &mut Entry> {
        self.0.values_mut()
    }

    /// Calls `f` on every string in it, keys left out.
    pub fn each_string(&mut self, f: &mut impl FnMut(&mut Template)) {
        self.entries_mut().for_each(|entry| entry.value.each_string(f));
    }

    /// Lays another table over this one: tables are merged, everything else is replaced.
    pub fn overlay(&mut self, over: &Table) {
        for (name, entry) in &over.0 {
            match (self.0.get_mut(name).map(|e| &mut e.value.kind), &entry.value.kind) {
                (Some(Kind::Table(below)), Kind::Table(above)) => below.overlay(above),
                _ => {
                    self.0.insert(name.clone(), entry.clone());
                }
            }
        }
    }
}
