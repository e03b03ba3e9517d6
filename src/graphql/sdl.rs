//! The schema as text: the published one, and the one that a router of a federated graph composes.

use async_graphql::SDLExportOptions;

use super::builder;

/// The schema's SDL, as `schema/schema.graphql` has it: without what is there for routers alone.
pub fn sdl() -> String {
    let options = SDLExportOptions::new().include_specified_by().sorted_fields();
    public(&builder().finish().sdl_with_options(options))
}

/// The SDL for a router (Apollo Federation 2), with the keys by which objects are found; `_service` answers the same.
pub fn federation_sdl() -> String {
    let options = SDLExportOptions::new().federation().compose_directive();
    builder().finish().sdl_with_options(options)
}

/// Leaves out the fields and types whose names begin with one underscore: those of federation.
fn public(sdl: &str) -> String {
    let mut text = String::with_capacity(sdl.len());
    // A definition at the outside ends with a blank line.
    for definition in sdl.split_inclusive("\n\n") {
        let own = |word: &str| {
            definition.contains(&format!("\n{word} _")) || definition.starts_with(&format!("{word} _"))
        };
        if ["scalar", "union", "type"].into_iter().any(own) {
            continue;
        }
        let mut within = false;
        for line in definition.split_inclusive('\n') {
            within |= line.starts_with("\t_");
            if !within {
                text.push_str(line);
            }
            // Arguments of a field stand on lines of their own, up to its type.
            within &=
                !line.starts_with("\t)") && (line.trim_end().ends_with('(') || line.starts_with("\t\t"));
        }
    }
    text
}
