//! The declaration as people write it: one ordinary JSON Schema (draft 2020-12) of an object whose members are the
//! elements. `title` is the label, two keywords of our own (`x-aliases`, `x-part`) say what JSON Schema has no word
//! for.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
};

use super::{DeclaredElement, ElementsState, TextSchema};
use crate::catalogue::{element::ElementPart, text::Text};

/// The dialect that files are written in.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// 扩展要素的声明: a JSON Schema (draft 2020-12) of an object whose members are further elements.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ElementFile {
    /// The dialect.
    #[serde(rename = "$schema", skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^https?://json-schema\.org/draft/2020-12/schema#?$"))]
    pub dialect: Option<String>,
    /// A short name of the declaration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Text>,
    /// An object.
    #[serde(rename = "type")]
    pub kind: ObjectType,
    /// The elements by key, in the order of their columns.
    pub properties: Properties,
    /// Keys of the elements that every item must have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub required: Vec<Text>,
}

/// The type of what a file describes.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum ObjectType {
    /// An object.
    Object,
}

/// One element in a file: how its text looks, and what stands over its column.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Property {
    /// 列名: what tables print over it; absent: the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// Other words over its column.
    #[serde(default, rename = "x-aliases", skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<Text>,
    /// The part of the item that holds it; absent: `local` where the label is about a telephone, an address, an office
    /// or the like, else `content`.
    #[serde(rename = "x-part", skip_serializing_if = "Option::is_none")]
    pub part: Option<ElementPart>,
    /// How it looks.
    #[serde(flatten)]
    pub schema: TextSchema,
}

/// Elements by key in the order in which the file has them, twice where it has one twice.
#[derive(Clone, Debug)]
pub struct Properties(pub Vec<(Text, Property)>);

impl ElementFile {
    /// The elements that it declares.
    pub fn elements(&self) -> Vec<DeclaredElement> {
        let element = |(key, property): &(Text, Property)| {
            let label = property.title.as_ref().unwrap_or(key);
            DeclaredElement {
                key: key.clone(),
                label: label.clone(),
                aliases: property.aliases.clone(),
                part: property.part.unwrap_or_else(|| ElementPart::usual(label.as_str())),
                required: self.required.contains(key),
                schema: property.schema.clone(),
            }
        };
        self.properties.0.iter().map(element).collect()
    }

    /// The file that says what a state says.
    pub fn of(state: &ElementsState) -> Self {
        let property = |element: &DeclaredElement| Property {
            title: Some(element.label.clone()),
            aliases: element.aliases.clone(),
            part: Some(element.part),
            schema: element.schema.clone(),
        };
        let elements = || state.elements.iter();
        Self {
            dialect: Some(DIALECT.to_owned()),
            title: state.title.clone(),
            description: state.description.clone(),
            kind: ObjectType::Object,
            properties: Properties(elements().map(|it| (it.key.clone(), property(it))).collect()),
            required: elements().filter(|it| it.required).map(|it| it.key.clone()).collect(),
        }
    }
}

impl Serialize for Properties {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, property)| (key, property)))
    }
}

impl<'de> Deserialize<'de> for Properties {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Properties;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("elements by key")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Properties, A::Error> {
                let mut all = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    all.push(entry);
                }
                Ok(Properties(all))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

impl JsonSchema for Properties {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Properties".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        BTreeMap::<Text, Property>::json_schema(generator)
    }
}
