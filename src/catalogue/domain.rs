//! Domains (领域) and who answers for them in a place.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    code::{DivisionCode, DomainCode, UnitCode},
    reference::{Register, State},
    text::Text,
};

/// What a domain was from a day on. Record `mulu.domain/1`, keyed by the domain's code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DomainState {
    /// 名称, as in 国办发〔2019〕54号.
    pub name: Text,
    /// The English name.
    pub name_en: Text,
    /// Names seen in the wild, 城乡规划 for 国土空间规划.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<Text>,
    /// 主管部门: the ministry that owns the guideline; absent where no source names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ministry: Option<Text>,
    /// 标准指引: the guideline's title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guideline_title: Option<Text>,
    /// 文号 of the guideline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guideline_number: Option<Text>,
    /// The day of the guideline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guideline_date: Option<NaiveDate>,
    /// The day from which this state holds; absent: since before anyone recorded it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<NaiveDate>,
    /// The last day; absent: no end is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// What took its place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub successors: Vec<DomainCode>,
    /// Where this was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Text>,
}

impl State for DomainState {
    const REGISTER: Register = Register::Domain;
    const FORMAT: &'static str = "mulu.domain/1";

    fn names(&self) -> Vec<&str> {
        self.aliases.iter().chain([&self.name]).map(Text::as_str).collect()
    }

    fn valid_from(&self) -> Option<NaiveDate> {
        self.valid_from
    }

    fn references(&self) -> Vec<(Register, String)> {
        self.successors.iter().map(|code| (Register::Domain, code.to_string())).collect()
    }
}

/// In which role a unit answers for a domain (责任分工).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum AssignmentRole {
    /// 负责.
    Responsible,
    /// 牵头.
    Lead,
    /// 配合.
    Support,
    /// 主管、指导: the department above that guides the line of work.
    Guiding,
}

/// Which unit of which division answers for a domain. Record `mulu.assignment/1`, keyed by
/// `<division>/<domain>/<unit>/<role>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AssignmentState {
    /// The place in which it holds.
    pub division: DivisionCode,
    /// 领域.
    pub domain: DomainCode,
    /// 责任单位.
    pub unit: UnitCode,
    /// 分工.
    pub role: AssignmentRole,
    /// Its place among the units of one row, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 999))]
    pub order: Option<u16>,
    /// The wording of the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
    /// The day from which it holds; absent: since before anyone recorded it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<NaiveDate>,
    /// The last day; absent: no end is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// The document that assigns it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Text>,
}

impl AssignmentState {
    /// The key of its record.
    pub fn key(&self) -> String {
        let role = match self.role {
            AssignmentRole::Responsible => "RESPONSIBLE",
            AssignmentRole::Lead => "LEAD",
            AssignmentRole::Support => "SUPPORT",
            AssignmentRole::Guiding => "GUIDING",
        };
        format!("{}/{}/{}/{role}", self.division, self.domain, self.unit)
    }
}

impl State for AssignmentState {
    const REGISTER: Register = Register::Assignment;
    const FORMAT: &'static str = "mulu.assignment/1";

    fn valid_from(&self) -> Option<NaiveDate> {
        self.valid_from
    }

    fn parent(&self) -> Option<String> {
        Some(self.division.to_string())
    }

    fn references(&self) -> Vec<(Register, String)> {
        vec![
            (Register::Division, self.division.to_string()),
            (Register::Domain, self.domain.to_string()),
            (Register::Unit, self.unit.to_string()),
        ]
    }
}
