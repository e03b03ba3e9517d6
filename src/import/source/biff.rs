//! The records of an Excel workbook of 1997 to 2003 (BIFF8), and the strings in them.

use super::{
    Refusal,
    compound::{u16_at, u32_at},
    limits,
    xml::damaged,
};

/// Kinds of records, as MS-XLS 2.3 numbers them.
pub(super) mod kind {
    pub(in super::super) const FORMULA: u16 = 0x0006;
    pub(in super::super) const EOF: u16 = 0x000a;
    pub(in super::super) const DATE1904: u16 = 0x0022;
    pub(in super::super) const FILE_PASS: u16 = 0x002f;
    pub(in super::super) const CONTINUE: u16 = 0x003c;
    pub(in super::super) const BOUND_SHEET: u16 = 0x0085;
    pub(in super::super) const MUL_RK: u16 = 0x00bd;
    pub(in super::super) const R_STRING: u16 = 0x00d6;
    pub(in super::super) const XF: u16 = 0x00e0;
    pub(in super::super) const MERGE_CELLS: u16 = 0x00e5;
    pub(in super::super) const SST: u16 = 0x00fc;
    pub(in super::super) const LABEL_SST: u16 = 0x00fd;
    pub(in super::super) const SUP_BOOK: u16 = 0x01ae;
    pub(in super::super) const NUMBER: u16 = 0x0203;
    pub(in super::super) const LABEL: u16 = 0x0204;
    pub(in super::super) const BOOL_ERR: u16 = 0x0205;
    pub(in super::super) const STRING: u16 = 0x0207;
    pub(in super::super) const RK: u16 = 0x027e;
    pub(in super::super) const FORMAT: u16 = 0x041e;
    pub(in super::super) const BOF: u16 = 0x0809;
}

/// A record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record<'a> {
    pub(super) kind: u16,
    pub(super) data: &'a [u8],
}

/// The records of a stream. It is damaged where it ends inside one.
pub(super) struct Records<'a> {
    rest: &'a [u8],
}

impl<'a> Records<'a> {
    pub(super) fn new(stream: &'a [u8]) -> Self {
        Self { rest: stream }
    }

    /// How many bytes are still to come.
    pub(super) fn left(&self) -> usize {
        self.rest.len()
    }

    pub(super) fn next(&mut self) -> Result<Record<'a>, Refusal> {
        let (Some(kind), Some(length)) = (u16_at(self.rest, 0), u16_at(self.rest, 2)) else {
            return Err(damaged());
        };
        let end = 4 + usize::from(length);
        let data = self.rest.get(4..end).ok_or_else(damaged)?;
        self.rest = &self.rest[end..];
        Ok(Record { kind, data })
    }

    /// The record that has just been read, and those that continue it.
    pub(super) fn continued(&mut self, first: &'a [u8]) -> Result<Parts<'a>, Refusal> {
        let mut parts = vec![first];
        while u16_at(self.rest, 0) == Some(kind::CONTINUE) {
            parts.push(self.next()?.data);
        }
        parts.reverse();
        Ok(Parts { parts })
    }
}

/// The data of a record and of those that continue it, the first one last.
pub(super) struct Parts<'a> {
    parts: Vec<&'a [u8]>,
}

impl<'a> Parts<'a> {
    /// Takes up to so many bytes that stand together; fewer where a record ends.
    fn some(&mut self, most: usize) -> Result<&'a [u8], Refusal> {
        while self.parts.last().is_some_and(|part| part.is_empty()) {
            self.parts.pop();
        }
        let part = self.parts.last_mut().ok_or_else(damaged)?;
        let (taken, rest) = part.split_at(most.min(part.len()));
        *part = rest;
        Ok(taken)
    }

    fn skip(&mut self, mut bytes: usize) -> Result<(), Refusal> {
        while bytes > 0 {
            bytes -= self.some(bytes)?.len();
        }
        Ok(())
    }

    fn byte(&mut self) -> Result<u8, Refusal> {
        self.some(1)?.first().copied().ok_or_else(damaged)
    }

    fn short(&mut self) -> Result<u16, Refusal> {
        Ok(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    fn long(&mut self) -> Result<u32, Refusal> {
        Ok(u32::from(self.short()?) | u32::from(self.short()?) << 16)
    }

    /// A string with a 16-bit length, without its formatting and phonetic parts.
    pub(super) fn string(&mut self) -> Result<String, Refusal> {
        let length = usize::from(self.short()?);
        let flags = self.byte()?;
        let runs = if flags & 8 != 0 { usize::from(self.short()?) } else { 0 };
        let phonetic = if flags & 4 != 0 { self.long()? as usize } else { 0 };
        let mut units = Vec::with_capacity(length);
        let mut wide = flags & 1 != 0;
        while units.len() < length {
            let left = length - units.len();
            let bytes = self.some(if wide { left * 2 } else { left })?;
            if wide {
                units.extend(bytes.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]])));
            } else {
                units.extend(bytes.iter().map(|byte| u16::from(*byte)));
            }
            if units.len() < length {
                // The next record says anew how wide its characters are.
                wide = self.byte()? & 1 != 0;
            }
        }
        self.skip(runs * 4)?;
        self.skip(phonetic)?;
        Ok(decode(units))
    }

    /// The shared strings (SST). Some writers count them wrong, so they are read to the end of the record; what comes
    /// after as many as were claimed may be no string.
    pub(super) fn strings(&mut self) -> Result<Vec<String>, Refusal> {
        self.skip(4)?;
        let claimed = self.long()? as usize;
        let mut strings = Vec::new();
        while self.parts.iter().any(|part| !part.is_empty()) {
            match self.string() {
                Ok(_) if strings.len() >= limits::SHEET_CELLS => {
                    return Err(limits::too_large("共享字符串数", "shared strings", limits::SHEET_CELLS));
                }
                Ok(text) => strings.push(text),
                Err(_) if strings.len() >= claimed => break,
                Err(refusal) => return Err(refusal),
            }
        }
        Ok(strings)
    }
}

fn decode(units: Vec<u16>) -> String {
    char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// The string with a 16-bit length at a place of a record.
pub(super) fn string(data: &[u8], at: usize) -> Result<String, Refusal> {
    Parts { parts: vec![data.get(at..).ok_or_else(damaged)?] }.string()
}

/// The string with an 8-bit length at a place of a record: the name of a sheet.
pub(super) fn short_string(data: &[u8], at: usize) -> Option<String> {
    let length = usize::from(*data.get(at)?);
    let wide = data.get(at + 1)? & 1 != 0;
    let bytes = data.get(at + 2..at + 2 + if wide { length * 2 } else { length })?;
    let units = match wide {
        true => bytes.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]])).collect(),
        false => bytes.iter().map(|byte| u16::from(*byte)).collect(),
    };
    Some(decode(units))
}

/// The 64-bit floating number at a place.
pub(super) fn double(data: &[u8], at: usize) -> Option<f64> {
    let [low, high] = [u32_at(data, at)?, u32_at(data, at + 4)?];
    Some(f64::from_bits(u64::from(low) | u64::from(high) << 32))
}

/// A number in 30 bits and two flags (RK): an integer or the upper half of a floating number, perhaps in hundredths.
pub(super) fn rk(number: u32) -> f64 {
    let value = if number & 2 != 0 {
        f64::from(number.cast_signed() >> 2)
    } else {
        f64::from_bits(u64::from(number & !3) << 32)
    };
    if number & 1 != 0 { value / 100.0 } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_numbers_are_unpacked() {
        assert_eq!(
            [rk(5 << 2 | 2), rk(150 << 2 | 3), rk((-2_i32 << 2 | 2).cast_unsigned())],
            [5.0, 1.5, -2.0]
        );
        assert_eq!(rk((1.0_f64.to_bits() >> 32) as u32), 1.0);
    }

    #[test]
    fn a_string_goes_on_in_the_next_record_in_another_width() {
        let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        let first = [&[4, 0, 1 | 8, 1, 0][..], &wide("公开")].concat();
        let second = [&[0][..], b"ab", &[0; 3]].concat();
        let third = vec![0, 2, 0, 0, b'c', b'd'];
        let mut parts = Parts { parts: vec![&third, &second, &first] };
        assert_eq!(parts.string().ok().as_deref(), Some("公开ab"));
        assert_eq!(parts.string().ok().as_deref(), Some("cd"));
        assert!(parts.string().is_err());
    }
}
