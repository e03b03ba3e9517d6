//! `mulu serve`.

use std::{collections::BTreeMap, process::ExitCode};

use super::{import, reference, say};
use crate::{
    bundled,
    config::Config,
    error::{Error, Result},
    http::{self, Server},
    import::Options,
    store::{Store, Then},
};

pub(super) async fn run(store: Store, config: &Config, example: bool) -> Result<ExitCode> {
    if example {
        load_example(&store, config).await?;
    }
    store.head().await?;
    let server = Server::bind(config).await?;
    // The address comes last, so that whoever started this sees it without scrolling.
    if let Some(address) = server.metrics_address() {
        tracing::info!(%address, "metrics");
    }
    say(format_args!("mulu {} · http://{}/", env!("CARGO_PKG_VERSION"), server.address()?));
    http::serve(server, store).await?;
    Ok(ExitCode::SUCCESS)
}

/// Prepares the database, loads the bundled registers and publishes the example. What is there already stays.
async fn load_example(store: &Store, config: &Config) -> Result<()> {
    store.migrate(&config.origin).await?;
    let (loaded, report) = reference::load(store, &bundled::reference(), None).await?;
    let (staged, more) =
        import::stage(store, &bundled::example(), Then::Publish, &Options::default(), &import::rows_bar())
            .await?;
    if report.refused() || more.refused() {
        report.findings.iter().chain(&more.findings).for_each(|finding| eprintln!("{finding}"));
        return Err(Error::internal("the bundled data does not pass its own rules"));
    }
    let changed: BTreeMap<&str, usize> =
        loaded.iter().map(|load| (load.register.name(), load.changed)).collect();
    let new = staged.iter().filter(|staged| !staged.unchanged).count();
    tracing::info!(?changed, catalogues = staged.len(), new, "example loaded");
    Ok(())
}
