//! Parquet: types, lists as lists, and what the file says of itself.

use std::collections::BTreeMap;

use axum::body::Bytes;
use parquet::{
    file::reader::{FileReader, SerializedFileReader},
    record::{Field, Row},
};
use serde_json::Value;

use super::{exported, exported_with, table};
use crate::kit::{ndjson, publish, publish_texts};

fn reader(bytes: &[u8]) -> SerializedFileReader<Bytes> {
    SerializedFileReader::new(Bytes::copy_from_slice(bytes)).unwrap()
}

/// The rows of a file.
pub fn rows(bytes: &[u8]) -> Vec<Row> {
    reader(bytes).get_row_iter(None).unwrap().map(Result::unwrap).collect()
}

/// What a file says of itself.
fn told(bytes: &[u8]) -> BTreeMap<String, String> {
    let reader = reader(bytes);
    let told = reader.metadata().file_metadata().key_value_metadata().unwrap();
    told.iter().map(|one| (one.key.clone(), one.value.clone().unwrap())).collect()
}

on_both_stores! {
    async fn rows_have_types_and_lists(app: TestApp) {
        publish(&app, "513230000000-12", "2026-01-01", 2).await;
        let bytes = exported_with(&app, &[("MULU_DATA_PUBLISHER", "县政府")], &["--all", "--format", "parquet"]);
        let csv = table(&exported(&app, &["--all", "--format", "csv"]));
        let rows = rows(&bytes);
        assert_eq!(rows.len(), csv.len());
        for (row, cells) in rows.iter().zip(&csv) {
            let names: Vec<&String> = row.get_column_iter().map(|(name, _)| name).collect();
            let mut sorted = names.clone();
            sorted.sort();
            assert_eq!(sorted, cells.keys().collect::<Vec<_>>());
            for (name, field) in row.get_column_iter() {
                let cell = cells[name].as_str();
                let json = || serde_json::from_str::<Value>(cell).unwrap();
                match field {
                    Field::Null => assert_eq!(cell, "", "{name}"),
                    Field::Bool(yes) => assert_eq!(cell, yes.to_string(), "{name}"),
                    Field::Long(number) => assert_eq!(cell, number.to_string(), "{name}"),
                    Field::Str(text) => assert_eq!(cell, text, "{name}"),
                    Field::Date(_) => assert_eq!(field.to_string(), cell, "{name}"),
                    Field::TimestampMillis(since) => {
                        let at = chrono::DateTime::parse_from_rfc3339(cell).unwrap();
                        assert_eq!((at.timestamp_millis(), name.as_str()), (*since, "publishedAt"));
                    }
                    Field::ListInternal(list) => assert_eq!(list.len(), json().as_array().unwrap().len(), "{name}"),
                    Field::MapInternal(map) => assert_eq!(map.len(), json().as_object().unwrap().len(), "{name}"),
                    Field::Group(_) => assert!(json().is_object(), "{name}"),
                    other => panic!("{name} {other:?}"),
                }
            }
        }
        let points = rows[0].get_column_iter().find(|(name, _)| *name == "content.points").unwrap().1;
        assert_eq!(points.to_string(), r#"[{required: null, text: "服务指南 2026-01-01"}]"#);
        let told = told(&bytes);
        assert_eq!((told["dataset"].as_str(), told["revision"].as_str(), told["publisher"].as_str()), ("platform", "6", "县政府"));
        assert_eq!(told["effectiveOn"], "2026-11-21");
        assert!(!told.contains_key("licence"));
        let columns: Vec<Value> = serde_json::from_str(&told["columnDeclarations"]).unwrap();
        assert_eq!(columns[0]["label"], "目录代码");
    }

    async fn many_rows_stand_in_groups_and_none_in_none(app: TestApp) {
        publish_texts(&app, vec![ndjson("513230000000-12", "2026-01-01", 12_000)]).await;
        let many = reader(&exported(&app, &["--all", "--format", "parquet"]));
        let groups: Vec<i64> = many.metadata().row_groups().iter().map(|group| group.num_rows()).collect();
        assert_eq!(groups, [10_000, 2_000]);
        let none = exported(&app, &["--all", "--revision", "0", "--format", "parquet"]);
        assert_eq!((rows(&none).len(), told(&none)["revision"].as_str()), (0, "0"));
        let register = exported(&app, &["--register", "channel", "--format", "parquet"]);
        let template: Vec<String> = rows(&register).iter().map(|row| row.get_column_iter().map(|(name, field)| format!("{name} {field}")).collect::<Vec<_>>().join(";")).collect();
        assert!(template[0].contains("template true"), "{template:?}");
        assert!(!told(&register).contains_key("effectiveOn"));
    }
}
