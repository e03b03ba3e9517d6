//! Signed notes and checkpoints, as c2sp.org/signed-note and c2sp.org/tlog-checkpoint have them.
//!
//! ```text
//! test.example/log                                     origin, the name of the log
//! 84                                                   tree size: the revision
//! J+2kNZuBxSd2Dnt6N5Dv9YCVSMNPa1jg1mdgxU2wvW0=         root hash, base64
//!                                                      an empty line
//! — test.example/log 3q2+7w…                           em dash, space, key name, space, base64 of key id and signature
//! ```

use base64::{Engine, prelude::BASE64_STANDARD};

use super::{
    digest::Digest,
    key::{SigningKey, VerifierKey, is_name},
    scope::Revision,
};

/// Signatures beyond which a note is refused unread; C2SP asks for 16 at least.
const MAX_SIGNATURES: usize = 64;

/// Why a note cannot be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadNote {
    /// Not of the form of a signed note.
    #[error("this is no signed note")]
    Form,
    /// No signature by the key.
    #[error("the note has no signature by this key")]
    UnknownKey,
    /// A signature by the key that does not fit the text.
    #[error("the signature does not fit the text")]
    Signature,
    /// A note whose text is no checkpoint.
    #[error("the note is no checkpoint: origin, size, root hash")]
    NoCheckpoint,
    /// A checkpoint of another log than the key's.
    #[error("the checkpoint is of another log than the key")]
    Origin,
    /// More than the one signature that a checkpoint has here.
    #[error("the note has other signatures beside the key's")]
    Signatures,
}

/// Signs a text, which must end with a line end, have no control characters else and no empty last line.
pub fn sign(text: &str, key: &SigningKey) -> String {
    let signature = [&key.verifier().id()[..], &key.sign(text.as_bytes())].concat();
    format!("{text}\n\u{2014} {} {}\n", key.verifier().name(), BASE64_STANDARD.encode(signature))
}

/// The text of a note that the key has signed. Signatures of other keys are passed over, as C2SP demands.
pub fn open<'a>(note: &'a str, key: &VerifierKey) -> Result<&'a str, BadNote> {
    let (text, signatures) = divide(note)?;
    let mut known = signatures.iter().filter(|signature| signature.is_by(key)).peekable();
    known.peek().ok_or(BadNote::UnknownKey)?;
    let fits = |signature: &Signature| {
        signature.bytes.as_slice().try_into().is_ok_and(|bytes| key.verifies(text.as_bytes(), bytes))
    };
    if known.all(fits) { Ok(text) } else { Err(BadNote::Signature) }
}

struct Signature<'a> {
    name: &'a str,
    id: [u8; 4],
    bytes: Vec<u8>,
}

impl Signature<'_> {
    fn is_by(&self, key: &VerifierKey) -> bool {
        self.name == key.name() && self.id == key.id()
    }
}

/// The text, and the signatures after the last empty line.
fn divide(note: &str) -> Result<(&str, Vec<Signature<'_>>), BadNote> {
    if note.chars().any(|c| c < ' ' && c != '\n') {
        return Err(BadNote::Form);
    }
    let place = note.rfind("\n\n").ok_or(BadNote::Form)?;
    let (text, lines) = (&note[..=place], &note[place + 2..]);
    let lines = lines.strip_suffix('\n').ok_or(BadNote::Form)?;
    let signatures: Option<Vec<Signature<'_>>> =
        lines.split('\n').take(MAX_SIGNATURES + 1).map(signature).collect();
    let signatures = signatures.filter(|all| all.len() <= MAX_SIGNATURES).ok_or(BadNote::Form)?;
    Ok((text, signatures))
}

fn signature(line: &str) -> Option<Signature<'_>> {
    let (name, bytes) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
    let bytes = BASE64_STANDARD.decode(bytes).ok()?;
    let (id, bytes) = bytes.split_first_chunk::<4>()?;
    (is_name(name) && !bytes.is_empty()).then(|| Signature { name, id: *id, bytes: bytes.to_vec() })
}

/// The state of a log at one size (检查点): what a checkpoint says and a signature covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The name of the log.
    pub origin: String,
    /// How many events: the revision.
    pub size: Revision,
    /// The tree hash over them.
    pub root: Digest,
}

impl Checkpoint {
    /// The signed note.
    pub fn to_note(&self, key: &SigningKey) -> String {
        sign(&self.to_text(), key)
    }

    fn to_text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, BASE64_STANDARD.encode(self.root.as_bytes()))
    }

    /// Reads a note of which nothing is left unsigned or unread: three lines, and the key's signature alone. So no
    /// byte of it can be another.
    pub fn from_note(note: &str, key: &VerifierKey) -> Result<Self, BadNote> {
        let text = open(note, key)?;
        let checkpoint = Self::from_text(text).ok_or(BadNote::NoCheckpoint)?;
        if checkpoint.origin != key.name() {
            return Err(BadNote::Origin);
        }
        if divide(note)?.1.len() == 1 { Ok(checkpoint) } else { Err(BadNote::Signatures) }
    }

    fn from_text(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let root = Digest::from_bytes(&BASE64_STANDARD.decode(root).ok()?)?;
        let checkpoint = Self { origin: origin.to_owned(), size: size.parse().ok()?, root };
        // Leading zeros, signs and further lines are written in another way than ours.
        (checkpoint.to_text() == text).then_some(checkpoint)
    }
}
