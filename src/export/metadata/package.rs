//! Data Package 2.0 (Frictionless): the files of a dataset, their bytes, their digests, and what their columns mean.

use serde_json::{Map, Value, json};

use super::{Subject, table};
use crate::{
    catalogue::{column::Columns, dataset::Dataset, reference::Register, scope::Scope},
    error::{Error, Result},
    export::data::{DataFormat, FileName, Files, Pinned, SMALL},
};

const PROFILE: &str = "https://datapackage.org/profiles/2.0/datapackage.json";
const RESOURCE: &str = "https://datapackage.org/profiles/2.0/dataresource.json";

/// Which files are made so that their bytes and digests can be told (测量范围).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Those of a few rows. What is known of others by chance is not said, so that one state has one document.
    Small,
    /// All of them.
    All,
}

/// The Data Package of a subject under the scope that it is read under. Paths of files are relative to it. `NOT_FOUND`
/// where what it is about is not known.
pub async fn package(files: &Files, subject: &Subject, scope: Scope, extent: Extent) -> Result<Vec<u8>> {
    let notice = files.notice();
    let named = subject.to_string().replace('/', "-");
    let mut package = json!({
        "$schema": PROFILE,
        "name": named,
        "title": title(files, subject, scope).await?,
        "description": description(subject, scope),
        "homepage": files.publication().address,
        "version": version(subject, scope),
        "keywords": ["基层政务公开", "标准目录", "政府信息公开"],
        "columns": Columns::declared().version,
        "resources": resources(files, subject, scope, extent).await?,
    });
    if let Some(publisher) = &notice.publisher {
        package["contributors"] = json!([{ "title": publisher, "roles": ["publisher"] }]);
    }
    if let Some(licence) = &notice.licence {
        package["licenses"] = json!([{ "path": licence }]);
    }
    if let Some(attribution) = &notice.attribution {
        package["attribution"] = attribution.clone().into();
    }
    let mut bytes = serde_json::to_vec_pretty(&package).map_err(Error::internal)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// What people call it.
async fn title(files: &Files, subject: &Subject, scope: Scope) -> Result<String> {
    match subject {
        Subject::Dataset(dataset) => {
            let name = FileName { dataset: dataset.clone(), format: DataFormat::Csv };
            files.title(&Pinned { name, scope }).await
        }
        Subject::Registers => Ok(format!("名录-修订{}", scope.revision)),
    }
}

fn description(subject: &Subject, scope: Scope) -> String {
    let Scope { revision, effective_on } = scope;
    match subject {
        Subject::Dataset(Dataset::Version { catalogue, number }) => format!(
            "目录 {catalogue} 第 {number} 版的全部事项 · all items of version {number} of catalogue {catalogue}"
        ),
        Subject::Dataset(Dataset::Register(register)) => format!(
            "{}，截至修订 {revision} · the register {register} as of revision {revision}",
            register.label()
        ),
        Subject::Dataset(Dataset::Changes { since, .. }) => {
            let Scope { revision: earlier, effective_on: day } = since;
            format!(
                "现行有效的事项自修订 {earlier}（{day}）至修订 {revision}（{effective_on}）的变化 · what became of items in force from revision {earlier} on {day} to revision {revision} on {effective_on}"
            )
        }
        Subject::Registers => {
            format!("全部名录，截至修订 {revision} · all registers as of revision {revision}")
        }
        Subject::Dataset(_) => format!(
            "{effective_on} 现行有效的事项，截至修订 {revision} · items in force on {effective_on}, as of revision {revision}"
        ),
    }
}

fn version(subject: &Subject, scope: Scope) -> String {
    match subject {
        Subject::Dataset(Dataset::Version { number, .. }) => number.to_string(),
        _ => scope.revision.to_string(),
    }
}

async fn resources(files: &Files, subject: &Subject, scope: Scope, extent: Extent) -> Result<Vec<Value>> {
    let mut resources = Vec::new();
    match subject {
        Subject::Dataset(dataset) => {
            for format in DataFormat::of(dataset) {
                let name = FileName { dataset: dataset.clone(), format };
                let path = name.to_string();
                let path = path.rsplit('/').next().unwrap_or(&path).to_owned();
                let called = format.extension().to_owned();
                resources.push(resource(files, Pinned { name, scope }, [called, path], &[], extent).await?);
            }
        }
        Subject::Registers => {
            for register in Register::ALL {
                let name = FileName { dataset: Dataset::Register(register), format: DataFormat::Csv };
                let called = [register.name().to_owned(), name.to_string()];
                let file = Pinned { name, scope };
                resources.push(resource(files, file, called, &Register::ALL, extent).await?);
            }
        }
    }
    Ok(resources)
}

/// A file: its name in the package, its path, and all that is known of it.
async fn resource(
    files: &Files,
    file: Pinned,
    [name, path]: [String; 2],
    siblings: &[Register],
    extent: Extent,
) -> Result<Value> {
    let measured = match extent {
        Extent::Small if files.open(&file).await?.most() > SMALL => None,
        Extent::Small | Extent::All => Some(files.measure(&file).await?),
    };
    let FileName { dataset, format } = &file.name;
    let media_type = format.media_type().split(';').next().unwrap_or_default();
    let mut resource: Map<String, Value> = [
        ("$schema", RESOURCE.into()),
        ("name", name.into()),
        ("path", path.into()),
        ("title", files.title(&file).await?.into()),
        ("format", format.extension().rsplit('.').next().into()),
        ("mediatype", media_type.into()),
    ]
    .into_iter()
    .map(|(member, value)| (member.to_owned(), value))
    .collect();
    if let Some(measured) = measured {
        resource.insert("bytes".to_owned(), measured.bytes.into());
        resource.insert("hash".to_owned(), measured.digest.to_string().into());
    }
    if media_type.starts_with("text/") || media_type.contains("json") {
        resource.insert("encoding".to_owned(), "utf-8".into());
    }
    let schema = match format {
        DataFormat::Csv => Some(table::plain(dataset, siblings)),
        DataFormat::ExcelCsv => Some(table::for_spreadsheets(dataset)),
        _ => None,
    };
    if let Some(schema) = schema {
        resource.insert("type".to_owned(), "table".into());
        resource.insert("schema".to_owned(), schema);
    }
    Ok(resource.into())
}
