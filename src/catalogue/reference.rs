//! Reference data: the registers (名录) that rows mean by their words and codes.
//!
//! A record is a code and the states it had, each valid from a day. What was recorded later replaces what was
//! recorded before, under its own revision; nothing is lost, because a reader's scope chooses.

use std::{collections::BTreeSet, fmt, str::FromStr};

use chrono::NaiveDate;
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    canonical::{self, CanonicalError},
    channel::ChannelState,
    declaration::ElementsState,
    division::{DivisionState, Level},
    domain::{AssignmentState, DomainState},
    legal_basis::LegalBasisState,
    schema,
    scope::state_on,
    unit::{AliasState, UnitState},
};

/// A value that is not of the type it should be, with the path of what is wrong.
pub type Untyped = serde_path_to_error::Error<serde_json::Error>;

/// A register of reference data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Register {
    /// 领域.
    Domain,
    /// 公开渠道和载体.
    Channel,
    /// 行政区划.
    Division,
    /// 公开主体.
    Unit,
    /// 领域责任分工: which unit answers for a domain.
    Assignment,
    /// 公开依据: laws, regulations, documents.
    LegalBasis,
    /// 别名: a person's decision on what a printed name means.
    Alias,
    /// 扩展要素: which elements beyond the template a place or a domain has.
    Element,
}

impl Register {
    /// All registers, in the order in which one may refer to those before it.
    pub const ALL: [Self; 8] = [
        Self::Domain,
        Self::Channel,
        Self::Division,
        Self::Unit,
        Self::Assignment,
        Self::LegalBasis,
        Self::Alias,
        Self::Element,
    ];

    /// Its name, as in events and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Domain => "domain",
            Self::Channel => "channel",
            Self::Division => "division",
            Self::Unit => "unit",
            Self::Assignment => "assignment",
            Self::LegalBasis => "legalBasis",
            Self::Alias => "alias",
            Self::Element => "element",
        }
    }

    /// The Chinese term.
    pub fn label(self) -> &'static str {
        match self {
            Self::Domain => "领域名录",
            Self::Channel => "公开渠道名录",
            Self::Division => "行政区划名录",
            Self::Unit => "公开主体名录",
            Self::Assignment => "领域责任分工名录",
            Self::LegalBasis => "公开依据名录",
            Self::Alias => "别名名录",
            Self::Element => "扩展要素名录",
        }
    }

    /// How many records share an object. Registers that may hold a person's data keep each record apart, so that
    /// redacting one takes no neighbour along.
    pub fn records_per_object(self) -> usize {
        match self {
            Self::Domain | Self::Channel | Self::Division | Self::LegalBasis | Self::Element => 1000,
            Self::Unit | Self::Assignment | Self::Alias => 1,
        }
    }

    /// JSON Schema of one state, for the import's doors.
    pub fn state_schema(self) -> Schema {
        match self {
            Self::Domain => schema::of::<DomainState>(),
            Self::Channel => schema::of::<ChannelState>(),
            Self::Division => schema::of::<DivisionState>(),
            Self::Unit => schema::of::<UnitState>(),
            Self::Assignment => schema::of::<AssignmentState>(),
            Self::LegalBasis => schema::of::<LegalBasisState>(),
            Self::Alias => schema::of::<AliasState>(),
            Self::Element => schema::of::<ElementsState>(),
        }
    }

    /// A record from states that already fit the schema.
    pub fn record(self, code: String, states: Vec<Value>) -> Result<AnyRecord, Untyped> {
        fn typed<S: State>(code: String, states: Vec<Value>) -> Result<Record<S>, Untyped> {
            let states = states.into_iter().map(serde_path_to_error::deserialize);
            Ok(Record::new(code, states.collect::<Result<_, _>>()?))
        }
        Ok(match self {
            Self::Domain => AnyRecord::Domain(typed(code, states)?),
            Self::Channel => AnyRecord::Channel(typed(code, states)?),
            Self::Division => AnyRecord::Division(typed(code, states)?),
            Self::Unit => AnyRecord::Unit(typed(code, states)?),
            Self::Assignment => AnyRecord::Assignment(typed(code, states)?),
            Self::LegalBasis => AnyRecord::LegalBasis(typed(code, states)?),
            Self::Alias => AnyRecord::Alias(typed(code, states)?),
            Self::Element => AnyRecord::Element(typed(code, states)?),
        })
    }

    /// Reads a record from its canonical bytes.
    pub fn read(self, bytes: &[u8]) -> Result<AnyRecord, CanonicalError> {
        Ok(match self {
            Self::Domain => AnyRecord::Domain(Record::from_bytes(bytes)?),
            Self::Channel => AnyRecord::Channel(Record::from_bytes(bytes)?),
            Self::Division => AnyRecord::Division(Record::from_bytes(bytes)?),
            Self::Unit => AnyRecord::Unit(Record::from_bytes(bytes)?),
            Self::Assignment => AnyRecord::Assignment(Record::from_bytes(bytes)?),
            Self::LegalBasis => AnyRecord::LegalBasis(Record::from_bytes(bytes)?),
            Self::Alias => AnyRecord::Alias(Record::from_bytes(bytes)?),
            Self::Element => AnyRecord::Element(Record::from_bytes(bytes)?),
        })
    }
}

impl fmt::Display for Register {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Register {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names = || Self::ALL.map(Self::name).join(", ");
        Self::ALL
            .into_iter()
            .find(|r| r.name() == text)
            .ok_or_else(|| format!("a register is one of {}", names()))
    }
}

/// What a register's record says from a day on.
pub trait State:
    Clone + fmt::Debug + Serialize + DeserializeOwned + JsonSchema + Send + Sync + 'static
{
    /// The register that it belongs to.
    const REGISTER: Register;
    /// The format of its record.
    const FORMAT: &'static str;

    /// The day from which it holds; `None`: since before anyone recorded it.
    fn valid_from(&self) -> Option<NaiveDate>;

    /// The code under which its record's siblings are listed: the parent of a division, the place of a unit.
    fn parent(&self) -> Option<String> {
        None
    }

    /// Codes in other registers that must exist.
    fn references(&self) -> Vec<(Register, String)> {
        Vec::new()
    }

    /// The names under which people look for it.
    fn names(&self) -> Vec<&str> {
        Vec::new()
    }
}

/// A record of a register: its code and its states, the earliest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record<S> {
    format: String,
    /// The stable key.
    pub code: String,
    /// At least one, by `validFrom`; the first may lack it.
    pub states: Vec<S>,
}

impl<S: State> Record<S> {
    /// A record; the states are put in order.
    pub fn new(code: String, mut states: Vec<S>) -> Self {
        states.sort_by_key(State::valid_from);
        Self { format: S::FORMAT.to_owned(), code, states }
    }

    /// Reads a record from its canonical bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CanonicalError> {
        let record: Self = canonical::from_bytes(bytes)?;
        record.tagged()
    }

    /// Reads a record that [`Record::from_bytes`] read when it came into the store: that it is canonical is not looked at
    /// once more, which is most of the work.
    pub fn from_stored(bytes: &[u8]) -> Result<Self, CanonicalError> {
        serde_json::from_slice::<Self>(bytes)?.tagged()
    }

    fn tagged(self) -> Result<Self, CanonicalError> {
        if self.format == S::FORMAT { Ok(self) } else { Err(CanonicalError::NotCanonical) }
    }

    /// The state that holds on a day; `None` only for a record without states, which is never stored.
    pub fn on(&self, day: NaiveDate) -> Option<&S> {
        state_on(&self.states, day, State::valid_from)
    }

    /// Where among the states the one is that holds on a day.
    pub fn place_on(&self, day: NaiveDate) -> Option<usize> {
        let held = self.on(day)?;
        self.states.iter().position(|state| std::ptr::eq(state, held))
    }
}

/// A record of any register.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the variants are the registers")]
pub enum AnyRecord {
    Domain(Record<DomainState>),
    Channel(Record<ChannelState>),
    Division(Record<DivisionState>),
    Unit(Record<UnitState>),
    Assignment(Record<AssignmentState>),
    LegalBasis(Record<LegalBasisState>),
    Alias(Record<AliasState>),
    Element(Record<ElementsState>),
}

/// The same expression for the typed record inside.
macro_rules! each {
    ($any:expr, $record:ident => $body:expr) => {
        match $any {
            AnyRecord::Domain($record) => $body,
            AnyRecord::Channel($record) => $body,
            AnyRecord::Division($record) => $body,
            AnyRecord::Unit($record) => $body,
            AnyRecord::Assignment($record) => $body,
            AnyRecord::LegalBasis($record) => $body,
            AnyRecord::Alias($record) => $body,
            AnyRecord::Element($record) => $body,
        }
    };
}

impl AnyRecord {
    /// The register that it belongs to.
    pub fn register(&self) -> Register {
        fn of<S: State>(_: &Record<S>) -> Register {
            S::REGISTER
        }
        each!(self, record => of(record))
    }

    /// The stable key.
    pub fn code(&self) -> &str {
        each!(self, record => &record.code)
    }

    /// How many states it has.
    pub fn states(&self) -> usize {
        each!(self, record => record.states.len())
    }

    /// The canonical bytes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, CanonicalError> {
        each!(self, record => canonical::to_bytes(record))
    }

    /// The code under which it is listed, by its last state.
    pub fn parent(&self) -> Option<String> {
        each!(self, record => record.states.last().and_then(State::parent))
    }

    /// The level of a division, which is that of all its states.
    pub fn level(&self) -> Option<Level> {
        match self {
            Self::Division(division) => division.states.last().map(|state| state.level),
            _ => None,
        }
    }

    /// Codes in registers that must exist, over all states.
    pub fn references(&self) -> Vec<(Register, String)> {
        each!(self, record => record.states.iter().flat_map(State::references).collect())
    }

    /// The names that it had in any state, each once.
    pub fn names(&self) -> BTreeSet<&str> {
        each!(self, record => record.states.iter().flat_map(State::names).collect())
    }

    /// The `validFrom` days of the states, in order.
    pub fn days(&self) -> Vec<Option<NaiveDate>> {
        each!(self, record => record.states.iter().map(State::valid_from).collect())
    }
}
