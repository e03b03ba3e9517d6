//! Compound files (OLE), which xls and doc are: a small file system of sectors and chains.
//!
//! Every chain is followed no further than the file has sectors, so one that runs in a circle ends.

use super::{Refusal, protected, sniff::Binary, unreadable, xml::damaged};

/// The first bytes of every compound file.
pub(super) const MAGIC: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// Numbers from here on are not those of sectors.
const NO_SECTOR: u32 = 0xffff_fffa;
/// Smaller streams are kept in the mini stream.
const MINI_BELOW: usize = 4096;
const MINI_SECTOR: usize = 64;

/// An open compound file.
pub(super) struct Compound<'a> {
    bytes: &'a [u8],
    sector: usize,
    fat: Vec<u32>,
    mini_fat: Vec<u32>,
    mini: Vec<u8>,
    /// What stands in its root, not what is embedded further down: an embedded sheet is a `Workbook` too.
    entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    name: String,
    stream: bool,
    start: u32,
    size: usize,
    left: u32,
    right: u32,
    child: u32,
}

/// Which kind of document a compound file is.
pub(super) fn kind(bytes: &[u8]) -> Result<Binary, Refusal> {
    let file = Compound::open(bytes)?;
    if file.has("EncryptedPackage") || file.has("EncryptionInfo") {
        return Err(protected());
    }
    if file.has("Workbook") || file.has("Book") {
        return Ok(Binary::Xls);
    }
    Err(if file.has("WordDocument") {
        unreadable(
            "Word 97–2003 文档（doc）",
            "a Word document of 1997 to 2003",
            "用 Word 或 WPS 另存为 docx",
        )
    } else {
        let [zh, en] = ["不是工作簿的 OLE 文件", "an OLE file that is no workbook"];
        unreadable(zh, en, "把表格另存为 xlsx 或 docx")
    })
}

impl<'a> Compound<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Refusal> {
        let sector = match u16_at(bytes, 30) {
            Some(9) => 512,
            Some(12) => 4096,
            _ => return Err(damaged()),
        };
        let mut file = Self {
            bytes,
            sector,
            fat: Vec::new(),
            mini_fat: Vec::new(),
            mini: Vec::new(),
            entries: Vec::new(),
        };
        file.fat = file.read_fat()?;
        let start = |at| u32_at(bytes, at).ok_or_else(damaged);
        let directory = file.chain(start(48)?)?;
        let entries = directory.chunks_exact(128).filter_map(entry).collect::<Vec<_>>();
        let root = entries.first().ok_or_else(damaged)?;
        if u32_at(bytes, 64) > Some(0) {
            file.mini_fat = numbers(&file.chain(start(60)?)?).collect();
            file.mini = file.chain(root.start)?;
        }
        file.entries = children(&entries, root.child);
        Ok(file)
    }

    /// Whether the root has an entry of that name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|entry| entry.name.eq_ignore_ascii_case(name))
    }

    /// A stream of the root; `None` where there is none of that name.
    pub(super) fn stream(&self, name: &str) -> Result<Option<Vec<u8>>, Refusal> {
        let mut streams = self.entries.iter().filter(|entry| entry.stream);
        let Some(entry) = streams.find(|entry| entry.name.eq_ignore_ascii_case(name)) else {
            return Ok(None);
        };
        let mut bytes =
            if entry.size < MINI_BELOW { self.mini_chain(entry.start)? } else { self.chain(entry.start)? };
        if bytes.len() < entry.size {
            return Err(damaged());
        }
        bytes.truncate(entry.size);
        Ok(Some(bytes))
    }

    /// The bytes of a sector; fewer than a sector has at the end of the file.
    fn sector(&self, number: u32) -> Option<&'a [u8]> {
        let start = (number as usize).checked_add(1)?.checked_mul(self.sector)?;
        let end = start.checked_add(self.sector)?.min(self.bytes.len());
        self.bytes.get(start..end).filter(|bytes| !bytes.is_empty())
    }

    fn sectors(&self) -> usize {
        self.bytes.len() / self.sector + 1
    }

    /// Which sector follows which, from the 109 entries of the header and the chain of further lists.
    fn read_fat(&self) -> Result<Vec<u32>, Refusal> {
        let mut lists = numbers(self.bytes.get(76..512).ok_or_else(damaged)?).collect::<Vec<_>>();
        let mut more = u32_at(self.bytes, 68).ok_or_else(damaged)?;
        for _ in 0..self.sectors() {
            if more >= NO_SECTOR {
                break;
            }
            lists.extend(numbers(self.sector(more).ok_or_else(damaged)?));
            more = lists.pop().ok_or_else(damaged)?;
            if lists.len() > self.sectors() + self.sector / 4 + 109 {
                return Err(damaged());
            }
        }
        let mut fat = Vec::new();
        for list in lists.into_iter().filter(|list| *list < NO_SECTOR) {
            fat.extend(numbers(self.sector(list).ok_or_else(damaged)?));
            // One entry a sector is all that there can be.
            if fat.len() > self.sectors() + self.sector {
                return Err(damaged());
            }
        }
        Ok(fat)
    }

    fn chain(&self, first: u32) -> Result<Vec<u8>, Refusal> {
        let mut bytes = Vec::new();
        for number in links(&self.fat, first) {
            bytes.extend(self.sector(number?).ok_or_else(damaged)?);
        }
        Ok(bytes)
    }

    fn mini_chain(&self, first: u32) -> Result<Vec<u8>, Refusal> {
        let mut bytes = Vec::new();
        for number in links(&self.mini_fat, first) {
            let start = number? as usize * MINI_SECTOR;
            let end = (start + MINI_SECTOR).min(self.mini.len());
            bytes.extend(self.mini.get(start..end).ok_or_else(damaged)?);
        }
        Ok(bytes)
    }
}

/// The numbers of a chain; an error where it goes on for longer than there are numbers.
fn links(fat: &[u32], first: u32) -> impl Iterator<Item = Result<u32, Refusal>> {
    let mut next = first;
    let mut steps = 0;
    std::iter::from_fn(move || {
        if next >= NO_SECTOR {
            return None;
        }
        steps += 1;
        let this = next;
        let known = fat.get(this as usize).filter(|_| steps <= fat.len());
        // An error is the last thing that the chain gives.
        next = known.copied().unwrap_or(u32::MAX);
        Some(known.map(|_| this).ok_or_else(damaged))
    })
}

/// The entries of a directory, which form a tree.
fn children(entries: &[Entry], first: u32) -> Vec<Entry> {
    let mut seen = vec![false; entries.len()];
    let mut found = Vec::new();
    let mut open = vec![first];
    while let Some(number) = open.pop() {
        let number = number as usize;
        let Some(entry) = entries.get(number).filter(|_| !std::mem::replace(&mut seen[number], true)) else {
            continue;
        };
        open.extend([entry.left, entry.right]);
        found.push(entry.clone());
    }
    found
}

fn entry(bytes: &[u8]) -> Option<Entry> {
    let letters = usize::from(u16_at(bytes, 64)?.min(64)) / 2;
    let units = bytes.chunks_exact(2).take(letters).map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
    let name = char::decode_utf16(units.take_while(|unit| *unit != 0)).filter_map(Result::ok).collect();
    Some(Entry {
        name,
        stream: bytes.get(66) == Some(&2),
        start: u32_at(bytes, 116)?,
        // The upper half is only for files beyond 4 GB, and old writers left rubbish in it.
        size: u32_at(bytes, 120)? as usize,
        left: u32_at(bytes, 68)?,
        right: u32_at(bytes, 72)?,
        child: u32_at(bytes, 76)?,
    })
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.chunks_exact(4).map(|bytes| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
}

/// The 16-bit number at a place; `None` beyond the end.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

/// The 32-bit number at a place; `None` beyond the end.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_that_runs_in_a_circle_ends() {
        assert!(links(&[1, 2, 0], 0).any(|link| link.is_err()));
        assert_eq!(links(&[1, 2, 0], 0).count(), 4);
        assert_eq!(links(&[2, 0, 0xffff_fffe], 0).collect::<Result<Vec<_>, _>>().ok(), Some(vec![0, 2]));
        assert!(links(&[7], 0).any(|link| link.is_err()));
    }

    #[test]
    fn a_tree_of_entries_that_points_at_itself_ends() {
        let entry = |left, right| Entry {
            name: String::new(),
            stream: true,
            start: 0,
            size: 0,
            left,
            right,
            child: u32::MAX,
        };
        assert_eq!(children(&[entry(1, 0), entry(0, 9)], 0).len(), 2);
    }
}
