//! Values as columns of levels (Dremel): for each leaf, how deep it is defined, at which list it repeats, and the values
//! that are there. https://parquet.apache.org/docs/file-format/nestedencoding/

use chrono::{DateTime, NaiveDate};
use parquet::data_type::ByteArray;
use serde_json::Value;

use crate::{
    catalogue::column::Shape,
    error::{Error, Result},
};

/// The values of a leaf that are there.
#[derive(Debug)]
pub(super) enum Values {
    Texts(Vec<ByteArray>),
    Numbers(Vec<i64>),
    Booleans(Vec<bool>),
    Days(Vec<i32>),
}

/// A leaf of the tree of columns.
#[derive(Debug)]
pub(super) struct Leaf {
    pub values: Values,
    pub defined: Vec<i16>,
    /// `None` for one that is in no list.
    pub repeated: Option<Vec<i16>>,
    instant: bool,
}

/// The leaves of a shape, in the order of the schema.
pub(super) fn leaves(shape: &Shape, in_list: bool) -> Vec<Leaf> {
    let values = match shape {
        Shape::Text | Shape::Json => Values::Texts(Vec::new()),
        Shape::Integer | Shape::Instant => Values::Numbers(Vec::new()),
        Shape::Boolean => Values::Booleans(Vec::new()),
        Shape::Date => Values::Days(Vec::new()),
        Shape::List(element) => return leaves(element, true),
        Shape::Map(value) => {
            return leaves(&Shape::Text, true).into_iter().chain(leaves(value, true)).collect();
        }
        Shape::Group(members) => {
            return members.iter().flat_map(|(_, shape)| leaves(shape, in_list)).collect();
        }
    };
    let repeated = in_list.then(Vec::new);
    vec![Leaf { values, defined: Vec::new(), repeated, instant: *shape == Shape::Instant }]
}

/// How deep a value stands.
#[derive(Clone, Copy, Default)]
pub(super) struct At {
    /// Optional and repeated ancestors that are there.
    defined: i16,
    /// The list at which this value repeats.
    repeats: i16,
    /// Lists around it.
    lists: i16,
}

impl At {
    /// Within something that is there.
    fn there(self) -> Self {
        Self { defined: self.defined + 1, ..self }
    }

    /// At an element of a list that is there: the first goes on where the list stands, others repeat it.
    fn element(self, index: usize) -> Self {
        let lists = self.lists + 1;
        let repeats = if index == 0 { self.repeats } else { lists };
        Self { defined: self.defined + 1, repeats, lists }
    }
}

/// Adds a value of a shape, `None` where there is none, to its leaves; how many leaves it has.
pub(super) fn put(shape: &Shape, value: Option<&Value>, at: At, leaves: &mut [Leaf]) -> Result<usize> {
    match shape {
        Shape::List(element) => {
            let Some(list) = value.and_then(Value::as_array) else { return put(element, None, at, leaves) };
            let at = at.there();
            if list.is_empty() {
                return put(element, None, at, leaves);
            }
            let mut many = 0;
            for (index, value) in list.iter().enumerate() {
                many = put(element, Some(value), at.element(index), leaves)?;
            }
            Ok(many)
        }
        Shape::Map(element) => {
            let entries = value.and_then(Value::as_object);
            let at = if entries.is_some() { at.there() } else { at };
            let Some(entries) = entries.filter(|entries| !entries.is_empty()) else {
                let (keys, values) = halves(leaves)?;
                keys.add(None, at)?;
                return Ok(1 + put(element, None, at, values)?);
            };
            let mut many = 0;
            for (index, (key, value)) in entries.iter().enumerate() {
                let (keys, values) = halves(leaves)?;
                let at = at.element(index);
                keys.text(key, at);
                many = 1 + put(element, Some(value), at, values)?;
            }
            Ok(many)
        }
        Shape::Group(members) => {
            let group = value.and_then(Value::as_object);
            let at = if group.is_some() { at.there() } else { at };
            let mut many = 0;
            for (name, shape) in members {
                let value = group.and_then(|group| group.get(name));
                many += put(shape, value, at, leaves.get_mut(many..).ok_or_else(other)?)?;
            }
            Ok(many)
        }
        _ => {
            let leaf = leaves.first_mut().ok_or_else(other)?;
            leaf.add(value.filter(|value| !value.is_null()), at)?;
            Ok(1)
        }
    }
}

fn halves(leaves: &mut [Leaf]) -> Result<(&mut Leaf, &mut [Leaf])> {
    leaves.split_first_mut().ok_or_else(other)
}

/// Something that is not of the shape of its column.
fn other() -> Error {
    Error::Inconsistent("a value is not of the type of its column".to_owned())
}

impl Leaf {
    fn level(&mut self, defined: i16, at: At) {
        self.defined.push(defined);
        if let Some(repeated) = &mut self.repeated {
            repeated.push(at.repeats);
        }
    }

    /// A key, which is there wherever its entry is.
    fn text(&mut self, text: &str, at: At) {
        self.level(at.defined, at);
        if let Values::Texts(texts) = &mut self.values {
            texts.push(ByteArray::from(text));
        }
    }

    /// A value that may be there.
    fn add(&mut self, value: Option<&Value>, at: At) -> Result<()> {
        let Some(value) = value else {
            self.level(at.defined, at);
            return Ok(());
        };
        match &mut self.values {
            Values::Texts(texts) => texts.push(match value {
                Value::String(text) => ByteArray::from(text.as_str()),
                json => ByteArray::from(json.to_string().into_bytes()),
            }),
            Values::Numbers(numbers) if self.instant => {
                let instant = value.as_str().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
                numbers.push(instant.ok_or_else(other)?.timestamp_millis());
            }
            Values::Numbers(numbers) => numbers.push(value.as_i64().ok_or_else(other)?),
            Values::Booleans(booleans) => booleans.push(value.as_bool().ok_or_else(other)?),
            Values::Days(days) => {
                let day = value.as_str().and_then(|text| text.parse::<NaiveDate>().ok()).ok_or_else(other)?;
                let days_since = (day - DateTime::UNIX_EPOCH.date_naive()).num_days();
                days.push(i32::try_from(days_since).map_err(|_| other())?);
            }
        }
        self.level(at.defined + 1, at);
        Ok(())
    }

    /// Forgets what was added.
    pub(super) fn clear(&mut self) {
        self.defined.clear();
        self.repeated.iter_mut().for_each(Vec::clear);
        match &mut self.values {
            Values::Texts(values) => values.clear(),
            Values::Numbers(values) => values.clear(),
            Values::Booleans(values) => values.clear(),
            Values::Days(values) => values.clear(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The levels of a leaf, and how many values it has.
    fn levels(shape: &Shape, values: &[Value]) -> Vec<(Vec<i16>, Vec<i16>)> {
        let mut all = leaves(shape, false);
        for value in values {
            assert_eq!(put(shape, Some(value), At::default(), &mut all).unwrap(), all.len());
        }
        all.into_iter().map(|leaf| (leaf.defined, leaf.repeated.unwrap_or_default())).collect()
    }

    #[test]
    fn unknown_none_and_some_differ() {
        let list = Shape::List(Box::new(Shape::Text));
        let values = [json!(null), json!([]), json!(["a", "b"]), json!(["c"])];
        assert_eq!(levels(&list, &values), [(vec![0, 1, 3, 3, 3], vec![0, 0, 0, 1, 0])]);
    }

    #[test]
    fn members_of_lists_keep_their_places() {
        let unit = Shape::Group(vec![
            ("alternatives".to_owned(), Shape::List(Box::new(Shape::Text))),
            ("text".to_owned(), Shape::Text),
        ]);
        let units = Shape::List(Box::new(unit));
        let value = json!([{ "text": "a", "alternatives": ["b", "c"] }, { "text": "d" }]);
        // A list (1), its element (2), which is there (3), its list (4), an element of that (5), which is there (6).
        assert_eq!(levels(&units, &[value]), [(vec![6, 6, 3], vec![0, 2, 1]), (vec![4, 4], vec![0, 1])]);
        let map = Shape::Map(Box::new(Shape::Boolean));
        let value = json!({ "COUNTY": true, "TOWNSHIP": false });
        assert_eq!(
            levels(&map, &[value, json!({})]),
            [(vec![2, 2, 1], vec![0, 1, 0]), (vec![3, 3, 1], vec![0, 1, 0])]
        );
    }
}
