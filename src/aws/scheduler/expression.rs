//! Schedules as text (*EventBridge Scheduler User Guide*, "Schedule types in EventBridge
//! Scheduler").

const FORMS: &str = "write `rate(5 minutes)`, `cron(0 8 * * ? *)` or `at(2030-01-01T00:00:00)`";

/// What is wrong with an expression, and what would be right.
pub(super) fn wrong(expression: &str) -> Option<String> {
    let inside = expression.strip_suffix(')').and_then(|text| text.split_once('('));
    match inside {
        Some(("rate", inside)) => wrong_rate(inside),
        Some(("cron", inside)) => wrong_cron(inside),
        Some(("at", inside)) => wrong_time(inside),
        _ => Some(format!("`{expression}` is no schedule; {FORMS}")),
    }
}

fn wrong_rate(text: &str) -> Option<String> {
    let parsed = text.split_once(' ').and_then(|(number, unit)| {
        let stem = unit.strip_suffix('s').unwrap_or(unit);
        let known = ["minute", "hour", "day"].contains(&stem);
        Some((number.parse::<u32>().ok()?, stem)).filter(|(number, _)| known && *number > 0)
    });
    let Some((number, unit)) = parsed else {
        return Some(format!(
            "`rate({text})` is no rate; write a whole number from 1 on and `minutes`, `hours` or `days`: `rate(5 minutes)`"
        ));
    };
    let right = if number == 1 { format!("1 {unit}") } else { format!("{number} {unit}s") };
    (text != right).then(|| format!("the unit has to agree with its number; write `rate({right})`"))
}

fn wrong_time(text: &str) -> Option<String> {
    let time: Result<jiff::civil::DateTime, _> = text.parse();
    let right = time.is_ok() && text.len() == "2030-01-01T00:00:00".len() && text.contains('T');
    (!right).then(|| format!("`{text}` is no time; write `at(2030-01-01T00:00:00)`"))
}

const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// A field of a cron expression.
struct Field {
    name: &'static str,
    least: u32,
    most: u32,
    names: &'static [&'static str],
}

const fn field(name: &'static str, least: u32, most: u32, names: &'static [&'static str]) -> Field {
    Field { name, least, most, names }
}

const FIELDS: [Field; 6] = [
    field("minutes", 0, 59, &[]),
    field("hours", 0, 23, &[]),
    field("day of the month", 1, 31, &[]),
    field("month", 1, 12, &MONTHS),
    field("day of the week", 1, 7, &DAYS),
    field("year", 1970, 2199, &[]),
];
const DAY_OF_MONTH: usize = 2;
const DAY_OF_WEEK: usize = 4;

fn wrong_cron(text: &str) -> Option<String> {
    let given: Vec<&str> = text.split_whitespace().collect();
    if given.len() != FIELDS.len() {
        return Some(format!(
            "a cron expression has six fields, not {}: minutes, hours, day of the month, month, day of the week, year; write `cron(0 8 * * ? *)`",
            given.len()
        ));
    }
    for (at, (field, value)) in FIELDS.iter().zip(&given).enumerate() {
        let open = *value == "?" && [DAY_OF_MONTH, DAY_OF_WEEK].contains(&at);
        if !open && !value.split(',').all(|item| field.takes(at, item)) {
            let names = match field.names {
                [] => String::new(),
                names => format!(" or {} to {}", names[0], names[names.len() - 1]),
            };
            return Some(format!(
                "`{value}` is no {} of a cron expression, which is {} to {}{names}; write `cron(0 8 * * ? *)`",
                field.name, field.least, field.most
            ));
        }
    }
    let open = [given[DAY_OF_MONTH], given[DAY_OF_WEEK]].iter().filter(|day| **day == "?").count();
    (open != 1).then(|| {
        "one of day of the month and day of the week has to be `?`, and only one; write `cron(0 8 * * ? *)` or `cron(0 8 ? * MON-FRI *)`".to_owned()
    })
}

impl Field {
    /// Whether one item between commas is a value, a range, every value, or steps through them.
    fn takes(&self, at: usize, item: &str) -> bool {
        if at == DAY_OF_MONTH && (item == "L" || item == "LW") {
            return true;
        }
        if let Some(day) = item.strip_suffix('W').filter(|_| at == DAY_OF_MONTH) {
            return self.value(day).is_some();
        }
        if at == DAY_OF_WEEK {
            if let Some(day) = item.strip_suffix('L') {
                return day.is_empty() || self.value(day).is_some();
            }
            if let Some((day, which)) = item.split_once('#') {
                return self.value(day).is_some() && matches!(which, "1" | "2" | "3" | "4" | "5");
            }
        }
        let (range, step) = match item.split_once('/') {
            Some((range, step)) => (range, Some(step)),
            None => (item, None),
        };
        if step.is_some_and(|step| !step.parse::<u32>().is_ok_and(|step| step > 0)) {
            return false;
        }
        match range.split_once('-') {
            _ if range == "*" => true,
            // Days of the week may go over the end of the week.
            Some((from, to)) => match (self.value(from), self.value(to)) {
                (Some(from), Some(to)) => from <= to || at == DAY_OF_WEEK,
                _ => false,
            },
            None => self.value(range).is_some(),
        }
    }

    fn value(&self, text: &str) -> Option<u32> {
        let named = self.names.iter().position(|name| name.eq_ignore_ascii_case(text));
        let number = match named {
            Some(at) => self.least + u32::try_from(at).ok()?,
            None => text.parse().ok()?,
        };
        (self.least..=self.most).contains(&number).then_some(number)
    }
}

/// What is wrong with the name of a time zone; nothing where this machine knows none.
pub(super) fn wrong_timezone(name: &str) -> Option<String> {
    let known = jiff::tz::db();
    if known.get(name).is_ok() || known.available().next().is_none() {
        return None;
    }
    Some(format!(
        "`{name}` is no time zone of the IANA database; write one such as `Europe/Helsinki` or `UTC`"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_scheduler_takes() {
        for right in [
            "rate(1 minute)",
            "rate(5 minutes)",
            "rate(2 days)",
            "cron(0 8 * * ? *)",
            "cron(0/15 8-17 ? JAN-DEC MON-FRI 2026-2030)",
            "cron(0 10 L * ? *)",
            "cron(15 10 ? * 6L 2025-2029)",
            "cron(0 9 ? * 2#1 *)",
            "cron(0,30 9 15W,20 * ? *)",
            "at(2030-01-01T00:00:00)",
        ] {
            assert_eq!(wrong(right), None, "{right}");
        }
    }

    #[test]
    fn refuses_what_scheduler_refuses() {
        for false_one in [
            "",
            "every day",
            "rate(1 minutes)",
            "rate(5 minute)",
            "rate(0 minutes)",
            "rate(1.5 hours)",
            "rate(10 weeks)",
            "cron(0 8 * * * *)",
            "cron(0 8 ? * ? *)",
            "cron(0 8 * * ?)",
            "cron(60 8 * * ? *)",
            "cron(0 24 * * ? *)",
            "cron(0 8 32 * ? *)",
            "cron(0 8 * 13 ? *)",
            "cron(0 8 ? * 0 *)",
            "cron(0 8 ? * MON#6 *)",
            "cron(0/0 8 * * ? *)",
            "cron(0 17-8 * * ? *)",
            "at(2030-13-01T00:00:00)",
            "at(2030-01-01)",
        ] {
            assert!(wrong(false_one).is_some(), "{false_one}");
        }
        let told = wrong("rate(1 minutes)").unwrap_or_default();
        assert!(told.contains("`rate(1 minute)`"), "{told}");
    }

    #[test]
    fn knows_the_time_zones() {
        assert_eq!(wrong_timezone("UTC"), None);
        assert_eq!(wrong_timezone("Europe/Helsinki"), None);
        if jiff::tz::db().available().next().is_some() {
            assert!(wrong_timezone("Europe/Helsinky").is_some());
        }
    }
}
