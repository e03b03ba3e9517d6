//! The query of a link, `application/x-www-form-urlencoded` in UTF-8.

use std::collections::HashMap;

use percent_encoding::percent_decode;

use crate::http::refusal::Refusal;

/// Its names and values, each name once.
pub(super) fn parse(query: &str) -> Result<HashMap<String, String>, Refusal> {
    let mut found = HashMap::new();
    for (name, value) in pairs(query)? {
        if found.contains_key(&name) {
            let shown: String = name.chars().take(40).collect();
            return Err(Refusal::bad_input(
                format!("链接中 {shown} 出现两次"),
                format!("{shown:?} stands twice in the link"),
            ));
        }
        found.insert(name, value);
    }
    Ok(found)
}

/// Its names and values in their order; a name may stand there again.
pub(super) fn pairs(query: &str) -> Result<Vec<(String, String)>, Refusal> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let split = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    split.map(|(name, value)| Ok((decoded(name)?, decoded(value)?))).collect()
}

fn decoded(text: &str) -> Result<String, Refusal> {
    let text = text.replace('+', " ");
    let decoded = percent_decode(text.as_bytes()).decode_utf8();
    decoded.map(std::borrow::Cow::into_owned).map_err(|_| {
        Refusal::bad_input("链接应为百分号编码的 UTF-8", "a link is UTF-8 under its percent encoding")
    })
}
