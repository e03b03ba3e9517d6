//! Where something is shown that is for operators.

use std::{fmt, net::SocketAddr, str::FromStr};

use serde::{Deserialize, Serialize};

/// Whether and where (公开位置): `on`, `off`, or at an address of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Exposure {
    /// Beside everything else.
    On,
    /// Nowhere.
    Off,
    /// At this address only.
    At(SocketAddr),
}

impl FromStr for Exposure {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "on" => Ok(Self::On),
            "off" => Ok(Self::Off),
            address => {
                let address = address.parse().map(Self::At);
                address.map_err(|_| format!("`on`, `off` or an address as in 127.0.0.1:9464, not `{text}`"))
            }
        }
    }
}

impl TryFrom<String> for Exposure {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl fmt::Display for Exposure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::On => f.write_str("on"),
            Self::Off => f.write_str("off"),
            Self::At(address) => address.fmt(f),
        }
    }
}

impl From<Exposure> for String {
    fn from(exposure: Exposure) -> Self {
        exposure.to_string()
    }
}
