//! How RDS answers.

use super::Row;

pub(super) const ROWS: &[Row] = &[];
