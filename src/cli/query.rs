//! `mulu query`.

use std::{
    io::{self, ErrorKind, Read, Write},
    path::PathBuf,
    process::ExitCode,
};

use async_graphql::Variables;
use clap::Args;

use crate::{
    config::Limits,
    error::{Error, Result},
    graphql::{self, Pages},
    store::{Reader, Store},
};

/// What stands for standard input.
const STANDARD_INPUT: &str = "-";

#[derive(Debug, Args)]
pub(super) struct Query {
    /// A document of GraphQL whose list takes the variable $after, - for standard input
    file: PathBuf,
    /// Which operation of the document, where it has several
    #[arg(long, value_name = "NAME")]
    operation: Option<String>,
    /// Its variables, as a JSON object
    #[arg(long, value_name = "JSON")]
    variables: Option<String>,
}

impl Query {
    pub(super) async fn run(self, store: &Store, limits: Limits) -> Result<ExitCode> {
        let (document, variables) = (self.document()?, self.variables()?);
        let reader = Reader::new(store.clone()).await?;
        let schema = graphql::schema_within(reader.clone(), limits);
        let mut pages = Pages::new(schema, reader, document, self.operation, variables);
        loop {
            match pages.next().await {
                Ok(Some(lines)) => write(&lines)?,
                Ok(None) => return Ok(ExitCode::SUCCESS),
                Err(answer) => {
                    for error in &answer.response.errors {
                        eprintln!("{}", serde_json::to_string(error).map_err(Error::internal)?);
                    }
                    return Ok(ExitCode::FAILURE);
                }
            }
        }
    }

    fn document(&self) -> Result<String> {
        let read = if self.file.as_os_str() == STANDARD_INPUT {
            let mut text = String::new();
            io::stdin().read_to_string(&mut text).map(|_| text)
        } else {
            std::fs::read_to_string(&self.file)
        };
        read.map_err(|error| {
            let path = self.file.display();
            Error::bad_input(format!("无法读取 {path}：{error}"), format!("cannot read {path}: {error}"))
        })
    }

    fn variables(&self) -> Result<Variables> {
        let Some(text) = &self.variables else { return Ok(Variables::default()) };
        match serde_json::from_str(text) {
            Ok(value @ serde_json::Value::Object(_)) => Ok(Variables::from_json(value)),
            _ => Err(Error::bad_input("--variables 应为 JSON 对象", "--variables is a JSON object")),
        }
    }
}

/// Prints lines. Whoever reads them and goes away has had enough: that ends the command.
fn write(lines: &[u8]) -> Result<()> {
    match io::stdout().write_all(lines) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
        written => written.map_err(Error::internal),
    }
}
