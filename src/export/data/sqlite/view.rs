//! Views: questions that people ask of the tables, ready to be asked.

use super::table::{self, register_name, snake};
use crate::catalogue::{
    column::{Columns, ItemSource},
    reference::Register,
};

/// The views of a file of items with these registers.
pub(super) fn all(registers: &[Register]) -> Vec<String> {
    let mut views = vec![flat(), CITED.to_owned(), UNITS.to_owned()];
    let coded = |register: &&Register| {
        Columns::declared().of(**register).iter().any(|column| column.source() == "record.code")
    };
    views.extend(registers.iter().filter(coded).map(|register| in_force(register_name(*register))));
    views
}

/// `flat`: the columns of the flat files under their own names, one row an item.
fn flat() -> String {
    let of_version = |name: &str| table::of_version(true).any(|column| column.name() == name);
    let once = [ItemSource::Note, ItemSource::Elements, ItemSource::Sources, ItemSource::Omissions];
    let column = |column: &crate::catalogue::column::Column<ItemSource>| {
        let (name, own) = (column.name(), snake(column.name()));
        if once.contains(column.source()) {
            return format!("CASE WHEN i.id = v.first_item THEN v.\"{own}\" END AS \"{name}\"");
        }
        format!("{}.\"{own}\" AS \"{name}\"", if of_version(name) { "v" } else { "i" })
    };
    let columns: Vec<String> = Columns::declared().item.iter().map(column).collect();
    format!(
        "CREATE VIEW flat AS SELECT {} FROM items AS i JOIN versions AS v ON v.id = i.version_id ORDER BY i.id",
        columns.join(", ")
    )
}

/// `cited_documents`: each document that is cited, and by how many items.
const CITED: &str = "CREATE VIEW cited_documents AS \
    SELECT title, document_number, count(DISTINCT item_id) AS items FROM item_basis WHERE title IS NOT NULL \
    GROUP BY title, document_number ORDER BY items DESC, title, document_number";

/// `items_of_units`: who answers for what, in the words of the tables.
const UNITS: &str = "CREATE VIEW items_of_units AS \
    SELECT v.division, v.division_name, u.text AS unit, i.domain, i.domain_name, v.catalogue, v.number, i.item, \
    i.content_names_0, i.content_names_1, i.content_names_2 \
    FROM item_units AS u JOIN items AS i ON i.id = u.item_id JOIN versions AS v ON v.id = i.version_id \
    ORDER BY v.division, u.text, i.id";

/// `divisions_in_force` and the like: of each record the state that holds on the day of the file.
fn in_force(name: &str) -> String {
    format!(
        "CREATE VIEW {name}_in_force AS SELECT s.* FROM {name} AS s WHERE s.redacted IS NULL AND s.id = coalesce(\
         (SELECT max(id) FROM {name} WHERE code = s.code AND \
         (valid_from IS NULL OR valid_from <= (SELECT value FROM meta WHERE name = 'effectiveOn'))), \
         (SELECT min(id) FROM {name} WHERE code = s.code))"
    )
}
