//! GraphQL over HTTP to the letter, and what surrounds it: headers, limits, log, metrics.

mod bounds;
mod headers;
mod persisted;
mod protocol;
mod telemetry;
