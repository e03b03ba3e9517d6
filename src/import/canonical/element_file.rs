//! Files that declare further elements (扩展要素): a JSON Schema, held against the schema of such schemas.

use serde_json::Value;

use super::{File, Origin, Report, pointer, readable, schema};
use crate::{
    catalogue::{
        canonical::escape,
        check::{Finding, Message, Rule, problems},
        declaration::{DeclaredElement, file::ElementFile},
        reference::AnyRecord,
    },
    import::table,
};

/// The elements that a file declares; `None`, and why in the report, where it is not as it should be.
pub fn read(file: &File, report: &mut Report) -> Option<(ElementFile, Vec<DeclaredElement>)> {
    let mut origin = Origin { file: file.name.clone(), header_line: 1, ..Origin::default() };
    let text = file.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&file.bytes);
    let value: Value = match serde_json::from_slice(text) {
        Ok(value) => value,
        Err(error) => {
            origin.header_line = error.line().max(1);
            let expected = Message::new(
                format!("合法的 JSON（第 {} 列）", error.column()),
                format!("valid JSON (column {})", error.column()),
            );
            report.extend([Finding::header(Rule::Syntax, "", "", expected)], &origin);
            return None;
        }
    };
    let found = schema::element_file().check(&value, None);
    if !found.is_empty() {
        report.extend(found, &origin);
        return None;
    }
    // From the text once more: a value has forgotten the order of its members, and those that stand twice.
    let mut reader = serde_json::Deserializer::from_slice(text);
    let read: ElementFile = match serde_path_to_error::deserialize(&mut reader) {
        Ok(read) => read,
        Err(error) => {
            let finding = Finding::header(Rule::Shape, pointer(error.path()), "", readable(error.inner()));
            report.extend([finding], &origin);
            return None;
        }
    };
    let elements = read.elements();
    let mut found: Vec<Finding> = problems(&elements)
        .into_iter()
        .map(|problem| {
            let place = in_file(&elements[problem.element], &problem.pointer);
            Finding::header(Rule::ElementSchema, place, problem.value, problem.expected)
        })
        .collect();
    for (at, key) in read.required.iter().enumerate() {
        if !elements.iter().any(|element| element.key == *key) {
            let expected = Message::new("properties 中的键", "a key of `properties`");
            found.push(Finding::header(Rule::ElementSchema, format!("/required/{at}"), key, expected));
        }
    }
    let template = elements.iter().flat_map(|element| {
        template_words(element).map(|(member, words, expected)| {
            Finding::header(Rule::ElementSchema, in_file(element, &member), words, expected)
        })
    });
    found.extend(template);
    let sound = found.is_empty();
    report.extend(found, &origin);
    sound.then_some((read, elements))
}

/// Where a member of a declared element stands in a file.
fn in_file(element: &DeclaredElement, member: &str) -> String {
    let property = format!("/properties/{}", escape(element.key.as_str()));
    if member == "/key" {
        return property;
    }
    let place = member.strip_prefix("/schema").unwrap_or(member);
    property + &place.replace("/label", "/title").replace("/aliases", "/x-aliases")
}

/// What a record declares under words that tables print over elements of the national template: a column under these
/// is never a further element.
pub(super) fn of_template(record: &AnyRecord) -> Vec<Finding> {
    let AnyRecord::Element(declaration) = record else { return Vec::new() };
    let elements = declaration.states.iter().flat_map(|state| state.elements.iter().enumerate());
    elements
        .flat_map(|(at, element)| {
            template_words(element).map(move |(member, words, expected)| {
                Finding::header(Rule::ElementSchema, format!("/elements/{at}{member}"), words, expected)
            })
        })
        .collect()
}

/// The headings of an element that mean one of the template, each with the member that has it.
fn template_words(element: &DeclaredElement) -> impl Iterator<Item = (String, String, Message)> {
    element.headings().enumerate().filter_map(|(at, heading)| {
        let template = table::template_word(heading.as_str())?;
        let member = if at == 0 { "/label".to_owned() } else { format!("/aliases/{}", at - 1) };
        let expected = Message::new(
            format!("国家模板以外的列名（这里会读作{template}）"),
            format!("words that the national template does not use (these are read as {template})"),
        );
        Some((member, heading.to_string(), expected))
    })
}
