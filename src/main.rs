//! The `mulu` command. Everything is in the library.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    mulu::cli::run().await
}
