//! Codes: the stable keys that people write, print and link to.
//!
//! A code is text, never a number, and is never parsed for more than what its type says.

use std::{fmt, ops::Deref, str::FromStr, sync::Arc};

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::version::CatalogueKind;

/// A text that is not the code it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{value}` is not {expected}")]
pub struct BadCode {
    /// The text as given.
    pub value: String,
    /// The form that was expected.
    pub expected: &'static str,
}

fn bad(value: &str, expected: &'static str) -> BadCode {
    BadCode { value: value.to_owned(), expected }
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// 行政区划代码: 12 digits (GB/T 2260 and the statistical extension to villages); the nation is `100000000000`.
///
/// Codes of 2, 4, 6 and 9 digits are accepted and padded with zeros.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DivisionCode(String);

impl DivisionCode {
    const FORM: &'static str = "a division code of 12 digits (2, 4, 6 and 9 are padded)";

    /// The 12 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The nation, 中华人民共和国.
    pub fn nation() -> Self {
        Self("100000000000".to_owned())
    }
}

impl FromStr for DivisionCode {
    type Err = BadCode;

    fn from_str(text: &str) -> Result<Self, BadCode> {
        if digits(text) && matches!(text.len(), 2 | 4 | 6 | 9 | 12) {
            Ok(Self(format!("{text:0<12}")))
        } else {
            Err(bad(text, Self::FORM))
        }
    }
}

/// 领域代码: `01` to `26` in the order of 国办发〔2019〕54号, further ones `X01`…
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DomainCode(String);

impl DomainCode {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DomainCode {
    type Err = BadCode;

    fn from_str(text: &str) -> Result<Self, BadCode> {
        let number = text.strip_prefix('X').unwrap_or(text);
        if number.len() == 2 && digits(number) && number != "00" {
            Ok(Self(text.to_owned()))
        } else {
            Err(bad(text, "a domain code such as 01 or X01"))
        }
    }
}

/// 目录代码: `<division12>-<domain or 00><kind letter>[.<part>]`.
///
/// No letter is a STANDARD, `G` a guideline, `S` a supplementary catalogue, `V` a village list; `00` stands where
/// one table spans domains or has none; part 2 and up is a further publisher of the same place and domain.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CatalogueCode(Arc<CatalogueParts>);

/// What a catalogue's code says. It stands in the code of each item, so one is shared by many.
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CatalogueParts {
    text: String,
    /// Whose catalogue it is.
    pub division: DivisionCode,
    /// Its domain; `None` in a `00` catalogue.
    pub domain: Option<DomainCode>,
    /// What kind of catalogue it is.
    pub kind: CatalogueKind,
    /// 1 for the first publisher.
    pub part: u8,
}

impl Deref for CatalogueCode {
    type Target = CatalogueParts;

    fn deref(&self) -> &CatalogueParts {
        &self.0
    }
}

impl CatalogueCode {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The code of the item with this serial number.
    pub fn item(&self, serial: u32) -> ItemCode {
        ItemCode { catalogue: self.clone(), serial }
    }
}

impl FromStr for CatalogueCode {
    type Err = BadCode;

    fn from_str(text: &str) -> Result<Self, BadCode> {
        let refuse =
            || bad(text, "a catalogue code such as 513230000000-12, 513230000000-00S or 513230000000-12.02");
        let (division, rest) = text.split_once('-').ok_or_else(refuse)?;
        let (subject, part) = match rest.split_once('.') {
            None => (rest, 1),
            Some((subject, part)) if part.len() == 2 && digits(part) => {
                (subject, part.parse().ok().filter(|part| *part > 1).ok_or_else(refuse)?)
            }
            Some(_) => return Err(refuse()),
        };
        let kind = CatalogueKind::from_letter(subject.chars().last().filter(char::is_ascii_uppercase));
        let kind = kind.ok_or_else(refuse)?;
        let domain = subject.trim_end_matches(|last| Some(last) == kind.letter());
        if division.len() != 12 {
            return Err(refuse());
        }
        Ok(Self(Arc::new(CatalogueParts {
            text: text.to_owned(),
            division: division.parse().map_err(|_| refuse())?,
            domain: if domain == "00" { None } else { Some(domain.parse().map_err(|_| refuse())?) },
            kind,
            part,
        })))
    }
}

/// 事项代码: the catalogue's code, `-`, and a serial of four digits or more; minted once, never reused.
/// It has no text of its own: a country has millions of rows, each with its own code and that of its origin.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemCode {
    /// The catalogue that minted it.
    pub catalogue: CatalogueCode,
    /// Its number there, from 1.
    pub serial: u32,
}

impl ItemCode {
    /// Whether it is the one that a text says.
    pub fn is(&self, text: &str) -> bool {
        let serial = text.strip_prefix(self.catalogue.as_str()).and_then(|rest| rest.strip_prefix('-'));
        serial.is_some_and(|serial| serial == format!("{:04}", self.serial))
    }
}

impl fmt::Display for ItemCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:04}", self.catalogue, self.serial)
    }
}

impl FromStr for ItemCode {
    type Err = BadCode;

    fn from_str(text: &str) -> Result<Self, BadCode> {
        let refuse = || bad(text, "an item code such as 513230000000-12-0001");
        let (catalogue, serial) = text.rsplit_once('-').ok_or_else(refuse)?;
        let catalogue: CatalogueCode = catalogue.parse().map_err(|_| refuse())?;
        let number: u32 = serial.parse().ok().filter(|number| *number > 0).ok_or_else(refuse)?;
        let code = catalogue.item(number);
        if code.is(text) { Ok(code) } else { Err(refuse()) }
    }
}

/// 公开主体代码: the division served, `-U`, and a serial of three digits or more.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitCode(String);

impl UnitCode {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for UnitCode {
    type Err = BadCode;

    fn from_str(text: &str) -> Result<Self, BadCode> {
        let form = "a unit code such as 530115000000-U001";
        let (division, serial) = text.split_once("-U").ok_or_else(|| bad(text, form))?;
        if division.len() == 12 && digits(division) && serial.len() >= 3 && digits(serial) {
            Ok(Self(text.to_owned()))
        } else {
            Err(bad(text, form))
        }
    }
}

/// Serde and schema of a code type: both say the same form as its text.
macro_rules! code {
    ($name:ident, $pattern:literal) => {
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "pattern": $pattern })
            }
        }
    };
}

/// Text of a code type that keeps its text.
macro_rules! shown {
    ($($name:ty),*) => {
        $(impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        })*
    };
}
shown!(DivisionCode, DomainCode, CatalogueCode, UnitCode);

code!(DivisionCode, "^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$");
code!(DomainCode, "^X?[0-9]{2}$");
code!(CatalogueCode, "^[0-9]{12}-X?[0-9]{2}[GSV]?(\\.[0-9]{2})?$");
code!(ItemCode, "^[0-9]{12}-X?[0-9]{2}[GSV]?(\\.[0-9]{2})?-[0-9]{4,}$");
code!(UnitCode, "^[0-9]{12}-U[0-9]{3,}$");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_catalogue_code_says_place_domain_kind_and_part() {
        for (text, domain, kind, part) in [
            ("513230000000-12", Some("12"), CatalogueKind::Standard, 1),
            ("513230000000-X01G", Some("X01"), CatalogueKind::Guideline, 1),
            ("513230000000-00S", None, CatalogueKind::Supplementary, 1),
            ("513230000000-12V.03", Some("12"), CatalogueKind::Village, 3),
        ] {
            let code: CatalogueCode = text.parse().unwrap();
            assert_eq!(code.domain.as_ref().map(DomainCode::as_str), domain);
            assert_eq!((code.kind, code.part, code.to_string().as_str()), (kind, part, text));
        }
        for text in [
            "513230-12",
            "513230000000-1",
            "513230000000-12A",
            "513230000000-12.01",
            "513230000000-12.2",
            "x",
            "",
        ] {
            assert!(text.parse::<CatalogueCode>().is_err(), "{text}");
        }
    }

    #[test]
    fn an_item_code_has_one_spelling() {
        for text in ["513230000000-12-0001", "513230000000-12.02-12345"] {
            assert_eq!(text.parse::<ItemCode>().unwrap().to_string(), text);
        }
        for text in
            ["513230000000-12-1", "513230000000-12-00001", "513230000000-12-0000", "513230000000-12-+001"]
        {
            assert!(text.parse::<ItemCode>().is_err(), "{text}");
        }
    }

    #[test]
    fn short_division_codes_are_padded() {
        for (short, long) in
            [("513230", "513230000000"), ("11", "110000000000"), ("110101001", "110101001000")]
        {
            assert_eq!(short.parse::<DivisionCode>().unwrap().as_str(), long);
        }
        assert!("5132300".parse::<DivisionCode>().is_err());
    }
}
