//! Scalars. Dates and instants are chrono's own.

use std::fmt;

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};

use crate::catalogue::event::Instant;

/// A position in the log (修订号): the number of events up to there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Revision(pub u64);

/// A position in the log (修订号): the number of events up to there.
#[Scalar]
impl ScalarType for Revision {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::Number(number) => {
                number.as_u64().map(Self).ok_or_else(|| InputValueError::expected_type(value))
            }
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn is_valid(value: &Value) -> bool {
        matches!(value, Value::Number(number) if number.is_u64())
    }

    fn to_value(&self) -> Value {
        self.0.into()
    }
}

/// A number of bytes (字节数), which may be beyond the 32 bits of an Int.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ByteCount(pub u64);

/// A number of bytes (字节数), which may be beyond the 32 bits of an Int.
#[Scalar]
impl ScalarType for ByteCount {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::Number(number) => {
                number.as_u64().map(Self).ok_or_else(|| InputValueError::expected_type(value))
            }
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn is_valid(value: &Value) -> bool {
        matches!(value, Value::Number(number) if number.is_u64())
    }

    fn to_value(&self) -> Value {
        self.0.into()
    }
}

/// A SHA-256 digest (摘要), `sha256:` and 64 hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Digest(pub crate::catalogue::digest::Digest);

/// A SHA-256 digest (摘要), `sha256:` and 64 hex digits.
#[Scalar]
impl ScalarType for Digest {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => text.parse().map(Self).map_err(InputValueError::custom),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn is_valid(value: &Value) -> bool {
        matches!(value, Value::String(text) if text.parse::<crate::catalogue::digest::Digest>().is_ok())
    }

    fn to_value(&self) -> Value {
        self.to_string().into()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An address on the web (网址), as printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Url(pub String);

/// An address on the web (网址), as printed.
#[Scalar(name = "URL")]
impl ScalarType for Url {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) => Ok(Self(text)),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn is_valid(value: &Value) -> bool {
        matches!(value, Value::String(_))
    }

    fn to_value(&self) -> Value {
        self.0.clone().into()
    }
}

/// A day (日期) as in GB/T 7408 and ISO 8601, `2026-11-21`, in Asia/Shanghai.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Date(pub chrono::NaiveDate);

/// A day (日期) as in GB/T 7408 and ISO 8601, `2026-11-21`, in Asia/Shanghai.
#[Scalar]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => text.parse().map(Self).map_err(|_| InputValueError::expected_type(value)),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn is_valid(value: &Value) -> bool {
        matches!(value, Value::String(text) if text.parse::<chrono::NaiveDate>().is_ok())
    }

    fn to_value(&self) -> Value {
        self.to_string().into()
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An instant (时刻) as in RFC 3339; answers are in UTC to the millisecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DateTime(pub chrono::DateTime<chrono::Utc>);

/// An instant (时刻) as in RFC 3339; answers are in UTC to the millisecond.
#[Scalar]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => text.parse().map(Self).map_err(|_| InputValueError::expected_type(value)),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn is_valid(value: &Value) -> bool {
        matches!(value, Value::String(text) if text.parse::<chrono::DateTime<chrono::Utc>>().is_ok())
    }

    fn to_value(&self) -> Value {
        self.to_string().into()
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Instant::new(self.0).fmt(f)
    }
}
