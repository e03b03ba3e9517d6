//! Logs: to standard error, for people or as JSON. Standard output is for answers.

use std::io::IsTerminal;

use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{
    config::{Config, LogFormat},
    error::{Error, Result},
};

/// Begins to log as the settings say.
pub fn init(config: &Config) -> Result<()> {
    let filter = EnvFilter::try_new(&config.log_filter).map_err(|error| {
        Error::bad_input(format!("log_filter 有误：{error}"), format!("log_filter: {error}"))
    })?;
    let logs = tracing_subscriber::registry().with(filter);
    let done = match config.log_format {
        LogFormat::Human => logs
            .with(fmt::layer().with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr))
            .try_init(),
        LogFormat::Json => logs
            .with(
                fmt::layer()
                    .json()
                    .flatten_event(true)
                    .with_ansi(std::io::stderr().is_terminal())
                    .with_writer(std::io::stderr),
            )
            .try_init(),
    };
    done.map_err(Error::internal)
}
