//! ZIP packages, which xlsx, ods and docx are. A part is decompressed only when it is asked for, and only so far as
//! the limits go, whatever the package claims of its size.

use std::{collections::HashMap, io::Cursor, io::Read};

use zip::{ZipArchive, result::ZipError};

use super::{Refusal, encoding, limits, protected, unreadable, xml};
use super::{
    limits::too_large,
    xml::{Node, Xml},
};

/// An open package.
pub(super) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// By the name in lower case with `/`: some writers use `\`, and OPC names have no case.
    parts: HashMap<String, usize>,
    spent: usize,
}

/// A relation from one part to another (OPC relationship).
pub(super) struct Relation {
    pub(super) id: String,
    /// The last word of the type: `worksheet`, `styles`.
    pub(super) kind: String,
    /// The name of the part.
    pub(super) target: String,
}

impl<'a> Package<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Refusal> {
        if claimed_entries(bytes) > limits::PACKAGE_ENTRIES as u64 {
            return Err(too_many());
        }
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged())?;
        if archive.len() > limits::PACKAGE_ENTRIES {
            return Err(too_many());
        }
        let mut parts = HashMap::new();
        for index in 0..archive.len() {
            if let Some(Ok(name)) = archive.name_for_index(index) {
                parts.insert(canonical(&name), index);
            }
        }
        Ok(Self { archive, parts, spent: 0 })
    }

    /// Whether there is a part whose name, in lower case, is such.
    pub(super) fn any(&self, such: impl Fn(&str) -> bool) -> bool {
        self.parts.keys().any(|name| such(name))
    }

    /// The text of a part; `None` where the package has no such part.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<String>, Refusal> {
        let Some(&index) = self.parts.get(&canonical(name)) else { return Ok(None) };
        let left = limits::PACKAGE_BYTES.saturating_sub(self.spent).min(limits::PART_BYTES);
        let entry = self.archive.by_index(index).map_err(refuse)?;
        let compressed = usize::try_from(entry.compressed_size()).unwrap_or(usize::MAX);
        let mut bytes = Vec::new();
        // In steps, so that a bomb is seen by its ratio before all of it is unpacked.
        let mut entry = entry.take(left as u64 + 1);
        loop {
            let step = entry.by_ref().take(1 << 20).read_to_end(&mut bytes).map_err(|_| damaged())?;
            if bytes.len() > left {
                let [zh, en] = ["解压后的字节数", "bytes after decompression"];
                return Err(too_large(zh, en, left));
            }
            if bytes.len() > limits::RATIO_FROM_BYTES && bytes.len() / limits::RATIO > compressed {
                return Err(too_large("解压倍数", "times the compressed size", limits::RATIO));
            }
            if step == 0 {
                break;
            }
        }
        self.spent += bytes.len();
        Ok(Some(encoding::xml(bytes)?))
    }

    /// The text of a part that must be there.
    pub(super) fn required(&mut self, name: &str) -> Result<String, Refusal> {
        self.part(name)?.ok_or_else(damaged)
    }

    /// The relations of a part; those of the package itself for an empty name.
    pub(super) fn relations(&mut self, of: &str) -> Result<Vec<Relation>, Refusal> {
        let (folder, file) = of.rsplit_once('/').unwrap_or(("", of));
        let Some(text) = self.part(&join(folder, &format!("_rels/{file}.rels")))? else {
            return Ok(Vec::new());
        };
        let mut xml = Xml::new(&text);
        let mut relations = Vec::new();
        loop {
            match xml.next()? {
                Node::Open(element) if element.name() == "Relationship" => {
                    let attribute = |name| element.attribute(name).unwrap_or_default();
                    let kind = attribute("Type").rsplit('/').next().unwrap_or_default().to_owned();
                    let target = join(folder, &attribute("Target"));
                    relations.push(Relation { id: attribute("Id"), kind, target });
                }
                Node::End => return Ok(relations),
                _ => {}
            }
        }
    }

    /// The name of the main part by the package's relations, or the usual name.
    pub(super) fn main(&mut self, usual: &str) -> Result<String, Refusal> {
        let relations = self.relations("")?;
        let main = relations.into_iter().find(|relation| relation.kind == "officeDocument");
        Ok(main.map(|relation| relation.target).unwrap_or_else(|| usual.to_owned()))
    }
}

fn canonical(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_lowercase()
}

/// A target seen from a folder; one that begins with `/` is seen from the root.
fn join(folder: &str, target: &str) -> String {
    let from_root = target.starts_with('/');
    let mut steps: Vec<&str> = if from_root { Vec::new() } else { folder.split('/').collect() };
    for step in target.split('/') {
        match step {
            ".." => {
                steps.pop();
            }
            "." => {}
            step => steps.push(step),
        }
    }
    steps.retain(|step| !step.is_empty());
    steps.join("/")
}

/// The most entries that any end record of the archive claims. The crate takes memory for as many before it reads
/// them.
fn claimed_entries(bytes: &[u8]) -> u64 {
    // The end record is the last thing but for a comment of at most 65,535 bytes.
    let tail = &bytes[bytes.len().saturating_sub(66_000)..];
    let short = records(tail, b"PK\x05\x06")
        .filter_map(|record| Some(u64::from(u16::from_le_bytes(at(record, 10)?))));
    let most = short.max().unwrap_or(0);
    if records(tail, b"PK\x06\x07").next().is_none() {
        return most;
    }
    let long = records(bytes, b"PK\x06\x06").filter_map(|record| Some(u64::from_le_bytes(at(record, 32)?)));
    // 65,535 says that the number stands in the long record.
    long.max().unwrap_or(most)
}

fn records<'a>(bytes: &'a [u8], magic: &'static [u8; 4]) -> impl Iterator<Item = &'a [u8]> {
    let starts = bytes.windows(4).enumerate().filter(move |(_, window)| window == magic);
    starts.map(|(start, _)| &bytes[start..])
}

fn at<const N: usize>(bytes: &[u8], start: usize) -> Option<[u8; N]> {
    bytes.get(start..start + N)?.try_into().ok()
}

fn refuse(error: ZipError) -> Refusal {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => protected(),
        _ => damaged(),
    }
}

fn too_many() -> Refusal {
    too_large("压缩包内的文件数", "files in the package", limits::PACKAGE_ENTRIES)
}

/// E005 for a broken archive.
fn damaged() -> Refusal {
    xml::damaged()
}

/// E005 for an archive that is none of the packages that are read.
pub(super) fn other(package: &Package) -> Refusal {
    let [zh, en, proposal] = if package.any(|name| name == "ofd.xml") {
        ["OFD 版式文件", "an OFD document", "请提交原始的表格或文档（xlsx、docx），或把表格复制为文本"]
    } else if package.any(|name| name.starts_with("ppt/")) {
        ["演示文稿", "a presentation", "把表格复制到 xlsx 或 docx"]
    } else if package.any(|name| name == "xl/workbook.bin") {
        ["xlsb 工作簿", "an xlsb workbook", "另存为 xlsx"]
    } else if package.any(|name| name == "content.xml") {
        ["OpenDocument 文本", "an OpenDocument text", "另存为 docx 或 ods"]
    } else {
        ["压缩包", "an archive", "解压后分别提交其中的文件"]
    };
    unreadable(zh, en, proposal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_seen_from_their_folder() {
        assert_eq!(join("xl", "worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(join("xl/worksheets", "../media/a.png"), "xl/media/a.png");
        assert_eq!(join("xl", "/xl/styles.xml"), "xl/styles.xml");
        assert_eq!(join("", "../../../etc/passwd"), "etc/passwd");
    }

    #[test]
    fn an_archive_is_not_believed_to_hold_millions_of_files() {
        let mut bytes = b"PK\x03\x04".to_vec();
        bytes.extend(b"PK\x05\x06\0\0\0\0\xff\xff\xff\xff\0\0\0\0\0\0\0\0\0\0");
        assert_eq!(claimed_entries(&bytes), 65_535);
        assert!(Package::open(&bytes).is_err());
    }
}
