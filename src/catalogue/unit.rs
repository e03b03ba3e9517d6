//! Units (公开主体、责任单位), and the decisions on what a printed name means.

use std::str::FromStr;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::{
    code::{BadCode, DivisionCode, UnitCode},
    reference::{Register, State},
    text::Text,
};

/// What a unit was from a day on. Record `mulu.unit/1`, keyed by the unit's code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UnitState {
    /// The place that it serves, which is not always the place that supervises it.
    pub division: DivisionCode,
    /// 名称.
    pub name: Text,
    /// 简称.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub short_name: Option<Text>,
    /// 曾用名.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former_names: Vec<Text>,
    /// 上级主管单位: 市公安局 for 市公安局晋宁分局.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supervisor: Option<UnitCode>,
    /// 统一社会信用代码 (GB 32100).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub social_credit_code: Option<SocialCreditCode>,
    /// 咨询电话.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<Text>,
    /// 地址.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Text>,
    /// 网站.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^https?://"))]
    pub website: Option<Text>,
    /// The day from which this state holds; absent: since before anyone recorded it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<NaiveDate>,
    /// The last day; absent: no end is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// What took its place: one after a merger, several after a split.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub successors: Vec<UnitCode>,
    /// Where this was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Text>,
}

impl State for UnitState {
    const REGISTER: Register = Register::Unit;
    const FORMAT: &'static str = "mulu.unit/1";

    fn names(&self) -> Vec<&str> {
        self.former_names.iter().chain([&self.name]).chain(&self.short_name).map(Text::as_str).collect()
    }

    fn valid_from(&self) -> Option<NaiveDate> {
        self.valid_from
    }

    fn parent(&self) -> Option<String> {
        Some(self.division.to_string())
    }

    fn references(&self) -> Vec<(Register, String)> {
        let units =
            self.supervisor.iter().chain(&self.successors).map(|code| (Register::Unit, code.to_string()));
        units.chain([(Register::Division, self.division.to_string())]).collect()
    }
}

/// A register whose records are meant by printed names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum AliasedRegister {
    /// 公开主体.
    Unit,
    /// 公开依据.
    LegalBasis,
}

impl From<AliasedRegister> for Register {
    fn from(register: AliasedRegister) -> Self {
        match register {
            AliasedRegister::Unit => Self::Unit,
            AliasedRegister::LegalBasis => Self::LegalBasis,
        }
    }
}

/// A person's decision on what a printed name means in a place. Record `mulu.alias/1`, keyed by
/// `<register>/<division or nothing>/<text>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AliasState {
    /// The register in which the name is looked up.
    pub register: AliasedRegister,
    /// The place in which the decision holds, and those below; absent: everywhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub division: Option<DivisionCode>,
    /// The printed name.
    pub text: Text,
    /// The code that it means.
    pub target: String,
    /// The day from which it holds; absent: since before anyone recorded it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<NaiveDate>,
    /// The last day; absent: no end is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Text>,
}

impl State for AliasState {
    const REGISTER: Register = Register::Alias;
    const FORMAT: &'static str = "mulu.alias/1";

    /// What it means: who asks which words mean a code finds them.
    fn names(&self) -> Vec<&str> {
        vec![&self.target]
    }

    fn valid_from(&self) -> Option<NaiveDate> {
        self.valid_from
    }

    fn parent(&self) -> Option<String> {
        self.division.as_ref().map(ToString::to_string)
    }

    fn references(&self) -> Vec<(Register, String)> {
        let place = self.division.iter().map(|code| (Register::Division, code.to_string()));
        place.chain([(self.register.into(), self.target.clone())]).collect()
    }
}

/// 统一社会信用代码: 18 characters, the last a check character (GB 32100-2015).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct SocialCreditCode(#[schemars(regex(pattern = r"^[0-9A-HJ-NP-RTUW-Y]{18}$"))] String);

/// The alphabet of GB 32100-2015, 4.2: without I, O, S, V, Z.
const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

impl SocialCreditCode {
    /// The 18 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SocialCreditCode {
    type Err = BadCode;

    /// The check character makes the weighted sum of all divisible by 31; the weights are powers of 3 modulo 31.
    fn from_str(text: &str) -> Result<Self, BadCode> {
        let values: Option<Vec<usize>> =
            text.bytes().map(|byte| ALPHABET.iter().position(|letter| *letter == byte)).collect();
        let valid = values.filter(|values| values.len() == 18).is_some_and(|values| {
            let weights = std::iter::successors(Some(1), |weight| Some(weight * 3 % 31));
            let sum: usize = values.iter().take(17).zip(weights).map(|(value, weight)| value * weight).sum();
            (sum + values[17]).is_multiple_of(31)
        });
        if valid {
            Ok(Self(text.to_owned()))
        } else {
            let expected =
                "a unified social credit code of 18 characters with a right check character (GB 32100)";
            Err(BadCode { value: text.to_owned(), expected })
        }
    }
}

impl<'de> Deserialize<'de> for SocialCreditCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_character_is_verified() {
        // GB 32100-2015, annex A.
        assert!("91350100M000100Y43".parse::<SocialCreditCode>().is_ok());
        assert!("91350100M000100Y44".parse::<SocialCreditCode>().is_err());
        assert!("91350100M000100Y4".parse::<SocialCreditCode>().is_err());
    }
}
