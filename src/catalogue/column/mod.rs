//! Columns (数据列): what flat files have, declared once in `schema/columns.toml`. Cells come from declared columns
//! only, so a column that is not declared cannot be exported.

mod cell;
mod shape;
mod source;

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

pub(in crate::catalogue) use self::cell::Words;
pub use self::{
    cell::{Cell, Row},
    shape::Shape,
    source::{ItemSource, Part},
};
use super::{dataset::Dataset, digest::Digest, reference::Register};

/// The declarations, as the binary carries them.
const DECLARED: &str = include_str!("../../../schema/columns.toml");

/// What the cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnType {
    /// A text.
    String,
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// A day, YYYY-MM-DD.
    Date,
    /// An instant, RFC 3339 in UTC.
    Instant,
    /// A list or an object, as JSON.
    Json,
}

impl ColumnType {
    /// Its name, as it is declared.
    pub fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Instant => "instant",
            Self::Json => "json",
        }
    }
}

/// What the JSON of a cell is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Container {
    /// `[…]`.
    List,
    /// `{…}`.
    Object,
}

/// A column (数据列), which only the declarations make.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column<S> {
    name: String,
    label: String,
    r#type: ColumnType,
    source: S,
    zh: String,
    en: String,
    container: Option<Container>,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    values: Vec<String>,
    pattern: Option<String>,
    #[serde(default)]
    key: bool,
    refers: Option<Register>,
}

impl<S> Column<S> {
    /// Its public name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What Chinese tables print over it (列名).
    pub fn label(&self) -> &str {
        &self.label
    }

    /// What its cells are.
    pub fn kind(&self) -> ColumnType {
        self.r#type
    }

    /// The member that it is taken from.
    pub fn source(&self) -> &S {
        &self.source
    }

    /// What it means, in Chinese.
    pub fn zh(&self) -> &str {
        &self.zh
    }

    /// What it means, in English.
    pub fn en(&self) -> &str {
        &self.en
    }

    /// What its JSON is; `None` for a column of another type.
    pub fn container(&self) -> Option<Container> {
        self.container
    }

    /// Whether no cell is ever empty.
    pub fn is_required(&self) -> bool {
        self.required
    }

    /// The only texts that a cell may have; none where it may have any.
    pub fn values(&self) -> &[String] {
        &self.values
    }

    /// A regular expression that every text fits.
    pub fn pattern(&self) -> Option<&str> {
        self.pattern.as_deref()
    }

    /// Whether it is one of the columns that together tell a row from all others.
    pub fn is_key(&self) -> bool {
        self.key
    }

    /// The register that has every code of the column.
    pub fn refers(&self) -> Option<Register> {
        self.refers
    }
}

/// All that is declared.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    /// The number of this set of columns.
    pub version: u32,
    /// One row an item of a version.
    pub item: Vec<Column<ItemSource>>,
    /// One row a version or an item that something became of. A source is the path of a member, `change.…`.
    pub change: Vec<Column<String>>,
    /// One row a state of a record, by register. A source is `record.…` or the path of a member, `state.…`.
    pub register: BTreeMap<Register, Vec<Column<String>>>,
}

impl Columns {
    /// The declarations that hold.
    pub fn declared() -> &'static Self {
        static COLUMNS: LazyLock<Columns> = LazyLock::new(|| {
            toml::from_str(DECLARED).expect("schema/columns.toml is compiled in, and a test reads it")
        });
        &COLUMNS
    }

    /// The digest of the declarations: files that were made by others may differ.
    pub fn digest() -> Digest {
        static DIGEST: LazyLock<Digest> = LazyLock::new(|| Digest::of(DECLARED.as_bytes()));
        *DIGEST
    }

    /// The columns of a register.
    pub fn of(&self, register: Register) -> &[Column<String>] {
        self.register.get(&register).map_or(&[], Vec::as_slice)
    }

    /// The columns of a dataset of which a row is one value, a record's state or a change; `None` of items.
    pub fn of_values(&self, dataset: &Dataset) -> Option<&[Column<String>]> {
        match dataset {
            Dataset::Register(register) => Some(self.of(*register)),
            Dataset::Changes { .. } => Some(&self.change),
            Dataset::Version { .. } | Dataset::Division { .. } | Dataset::Domain(_) | Dataset::Platform => {
                None
            }
        }
    }

    /// Whether a column of items is one that only exports have, and so says nothing to an import.
    pub fn is_export_only(&self, name: &str) -> bool {
        self.item.iter().any(|column| column.name == name && !column.source.is_member(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{changed::ChangeRow, schema};

    #[test]
    fn every_source_is_declared_once_under_a_type_that_fits() {
        let columns = Columns::declared();
        for source in ItemSource::ALL {
            let declared = columns.item.iter().filter(|column| column.source == source);
            let types: Vec<ColumnType> = declared.map(Column::kind).collect();
            assert_eq!(types, [source.kind()], "{source:?}");
        }
        let names: std::collections::BTreeSet<&str> = columns.item.iter().map(Column::name).collect();
        assert_eq!(names.len(), columns.item.len());
    }

    #[test]
    fn rules_are_declared_where_they_can_be_kept() {
        fn check<S>(columns: &[Column<S>]) {
            for column in columns {
                let name = column.name();
                assert_eq!(column.container.is_some(), column.kind() == ColumnType::Json, "{name}");
                assert!(!column.key || column.required, "{name}");
                let has_text_rule = column.pattern.is_some() || !column.values.is_empty();
                assert!(!has_text_rule || column.kind() == ColumnType::String, "{name}");
            }
        }
        check(&Columns::declared().item);
        check(&Columns::declared().change);
        Columns::declared().register.values().for_each(|columns| check(columns));
    }

    #[test]
    fn changes_have_a_column_for_every_member_and_no_other() {
        let schema = schema::of::<ChangeRow>().to_value();
        let members = |path: &str| {
            let member =
                schema::at(&schema, path).and_then(|member| schema::resolve(&schema, member)).unwrap();
            member["properties"].as_object().unwrap().keys().cloned().collect::<Vec<_>>()
        };
        let mut expected = Vec::new();
        for name in schema["properties"].as_object().unwrap().keys() {
            match name.as_str() {
                "before" | "after" => {
                    expected.extend(members(name).iter().map(|member| format!("change.{name}.{member}")));
                }
                _ => expected.push(format!("change.{name}")),
            }
        }
        let columns = &Columns::declared().change;
        let mut declared: Vec<String> = columns.iter().map(|column| column.source.clone()).collect();
        declared.sort();
        expected.sort();
        assert_eq!(declared, expected);
        assert!(columns.iter().all(|column| column.source == format!("change.{}", column.name)));
    }

    #[test]
    fn registers_have_a_column_for_every_member_and_no_other() {
        for register in Register::ALL {
            let schema = register.state_schema().to_value();
            let members =
                schema["properties"].as_object().unwrap().keys().map(|name| format!("state.{name}"));
            let mut members: Vec<String> = members.chain(["record.redacted".to_owned()]).collect();
            let columns = Columns::declared().of(register);
            if columns.iter().any(|column| column.source == "record.code") {
                members.push("record.code".to_owned());
            }
            members.sort();
            let mut declared: Vec<String> = columns.iter().map(|column| column.source.clone()).collect();
            declared.sort();
            assert_eq!(declared, members, "{register}");
        }
    }
}
