//! `mulu schema`: the published schemas, made from the code.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;

use super::say;
use crate::{
    catalogue::{
        dataset::Publication,
        declaration::file::ElementFile,
        draft::{Header, Row},
        reference::Register,
        schema,
    },
    error::{Error, Result},
    export::{
        data::{ChangesFile, DataFile, RegisterFile},
        metadata::{context_file, vocabulary},
        rdf::Syntax,
    },
    graphql,
};

#[derive(Debug, Args)]
pub(super) struct Schema {
    /// Directory to write schema.graphql, json/*.schema.json, vocabulary.ttl and context.jsonld to: schema in the source tree
    #[arg(required_unless_present = "federation")]
    directory: Option<PathBuf>,
    /// Print the GraphQL schema that a router of a federated graph composes (Apollo Federation 2)
    #[arg(long, conflicts_with = "directory")]
    federation: bool,
}

impl Schema {
    pub(super) fn run(self) -> Result<ExitCode> {
        let Some(directory) = self.directory else {
            say(graphql::federation_sdl().trim_end());
            return Ok(ExitCode::SUCCESS);
        };
        for (name, text) in published()? {
            let path = directory.join(name);
            let made = path.parent().map_or(Ok(()), std::fs::create_dir_all);
            made.and_then(|()| std::fs::write(&path, text)).map_err(|error| {
                let path = path.display();
                Error::bad_input(format!("无法写入 {path}:{error}"), format!("cannot write {path}: {error}"))
            })?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Every schema by file name.
fn published() -> Result<Vec<(String, String)>> {
    let documents = [
        ("header".to_owned(), schema::of::<Header>()),
        ("row".to_owned(), schema::of::<Row>()),
        ("element-file".to_owned(), schema::of::<ElementFile>()),
        ("data".to_owned(), schema::of::<DataFile>()),
        ("changes".to_owned(), schema::of::<ChangesFile>()),
        ("register".to_owned(), schema::of::<RegisterFile>()),
    ];
    let registers = Register::ALL.map(|register| (register.name().to_owned(), register.state_schema()));
    let text =
        |schema: schemars::Schema| serde_json::to_string_pretty(&schema.to_value()).map_err(Error::internal);
    let all = documents.into_iter().chain(registers);
    let sdl = std::iter::once(Ok(("schema.graphql".to_owned(), graphql::sdl())));
    let publication = Publication::default();
    let linked = [
        (
            "vocabulary.ttl",
            String::from_utf8(vocabulary(&publication, Syntax::Turtle)?).map_err(Error::internal)?,
        ),
        ("context.jsonld", context_file(&publication)?),
    ];
    let sdl = sdl.chain(linked.map(|(name, text)| Ok((name.to_owned(), text))));
    sdl.chain(all.map(|(name, schema)| Ok((format!("json/{name}.schema.json"), text(schema)? + "\n"))))
        .collect()
}
