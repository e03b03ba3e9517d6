//! Registers and documents for tests. Their places exist; what they say is made up.

use mulu::{
    catalogue::draft::Document,
    import::{File, read_documents},
    store::Then,
};
use serde_json::{Value, json};

use super::TestApp;

/// A few divisions, domains, channels and a unit.
pub fn registers() -> Vec<File> {
    let file = |name: &str, text: &str| File { name: name.to_owned(), bytes: text.as_bytes().to_vec() };
    vec![
        file(
            "divisions.csv",
            "code,name,level,parent\n100000000000,中华人民共和国,NATION,\n51,四川省,PROVINCE,100000000000\n\
             5132,阿坝藏族羌族自治州,PREFECTURE,51\n513230,壤塘县,COUNTY,5132\n513230100,壤柯镇,TOWNSHIP,513230\n",
        ),
        file(
            "domains.csv",
            "code,name,nameEn,aliases\n01,国土空间规划,Territorial Spatial Planning,城乡规划\n\
             12,公共文化服务,Public Cultural Services,\n20,社会救助,Social Assistance,\n",
        ),
        file(
            "channels.csv",
            "code,name,nameEn,template\nGOV_WEBSITE,政府网站,Government website,true\nOTHER,其他,Other,true\n",
        ),
        file("units.csv", "code,division,name\n513230000000-U001,513230,县文化局\n"),
    ]
}

/// A document of `rows` rows for a catalogue, in force from a day.
pub fn document(catalogue: &str, effective_from: &str, rows: usize) -> Document {
    let file =
        File { name: "test.ndjson".to_owned(), bytes: ndjson(catalogue, effective_from, rows).into_bytes() };
    let (mut parsed, report) = read_documents(&[file]);
    assert!(!report.refused(), "{:?}", report.findings);
    parsed.remove(0).document
}

/// Publishes such a document.
pub async fn publish(app: &TestApp, catalogue: &str, effective_from: &str, rows: usize) {
    let documents = vec![document(catalogue, effective_from, rows)];
    let (staged, findings) = app.store.stage(documents, Then::Publish, || {}).await.unwrap();
    assert_eq!(staged.len(), 1, "{findings:?}");
}

/// Publishes documents that are given as text, all at once.
pub async fn publish_texts(app: &TestApp, texts: Vec<String>) {
    let files: Vec<File> = texts
        .into_iter()
        .enumerate()
        .map(|(n, text)| File { name: format!("{n}.ndjson"), bytes: text.into_bytes() })
        .collect();
    let (documents, report) = read_documents(&files);
    assert!(!report.refused(), "{:?}", report.findings);
    let documents: Vec<Document> = documents.into_iter().map(|parsed| parsed.document).collect();
    let many = documents.len();
    let (staged, findings) = app.store.stage(documents, Then::Publish, || {}).await.unwrap();
    assert_eq!(staged.len(), many, "{findings:?}");
}

/// The same as text.
pub fn ndjson(catalogue: &str, effective_from: &str, rows: usize) -> String {
    let header = json!({ "catalogue": catalogue, "label": effective_from, "effectiveFrom": effective_from });
    let lines = std::iter::once(header).chain((1..=rows).map(|row| self::row(row, effective_from)));
    lines.map(|line| format!("{line}\n")).collect()
}

fn row(number: usize, wording: &str) -> Value {
    json!({
        "content": {
            "names": ["文化服务", format!("事项{number}")],
            "points": [{ "text": format!("服务指南 {wording}") }],
            "basis": [{ "text": "《政府信息公开条例》" }],
            "timeLimits": [{ "kind": "WITHIN", "count": 20, "unit": "WORKING_DAY", "text": "20个工作日内" }],
            "channels": [{ "code": "GOV_WEBSITE" }],
        },
        "local": { "units": [{ "text": "县文化局" }], "levels": { "COUNTY": true, "TOWNSHIP": false } },
    })
}
