//! Keys that checkpoints are signed with: Ed25519, in the text encodings of C2SP signed-note (verifier keys) and of
//! Go's `sumdb/note` (signing keys).
//!
//! ```text
//! verifier key  <name>+<id>+<base64 of 0x01 and the 32-byte public key>                   id: 8 lower-case hex digits,
//! signing key   PRIVATE+KEY+<name>+<id>+<base64 of 0x01 and the 32-byte seed>             the first 4 bytes of
//!                                                             SHA-256(<name> 0x0A 0x01 <public key>)
//! ```

use std::{fmt, str::FromStr};

use base64::{Engine, prelude::BASE64_STANDARD};
use ed25519_dalek::{Signer, SigningKey as Secret, VerifyingKey as Public};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::digest::Digest;

/// The signature type of Ed25519 in C2SP signed-note.
const ED25519: u8 = 1;

/// Key names are host names or host and path, never as long as this.
const MAX_NAME_BYTES: usize = 255;

/// A text that is no key of ours. It never repeats the text, which may be a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    /// Not of the form.
    #[error("a key is written <name>+<8 hex digits>+<base64>")]
    Form,
    /// A name that cannot stand in a note.
    #[error("a key's name has 1 to 255 bytes, no white space, no control characters and no plus sign")]
    Name,
    /// The id is not that of name and key.
    #[error("the key's id does not fit its name and bytes")]
    Id,
    /// Not an Ed25519 key.
    #[error("the key is not an Ed25519 key")]
    Kind,
}

/// Whether a key, and so a log, can have this name (C2SP signed-note: not empty, no Unicode spaces, no plus).
pub fn is_name(name: &str) -> bool {
    let fits = |c: char| !c.is_whitespace() && !c.is_control() && c != '+';
    (1..=MAX_NAME_BYTES).contains(&name.len()) && name.chars().all(fits)
}

/// What checks signatures (验签公钥): the name of the log and its public key.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: [u8; 4],
    public: Public,
}

impl VerifierKey {
    fn new(name: &str, public: Public) -> Result<Self, BadKey> {
        if !is_name(name) {
            return Err(BadKey::Name);
        }
        let digest = Digest::of_parts(&[name.as_bytes(), &[b'\n', ED25519], public.as_bytes()]);
        let [a, b, c, d, ..] = *digest.as_bytes();
        Ok(Self { name: name.to_owned(), id: [a, b, c, d], public })
    }

    /// The name: the origin of the log.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The four bytes that signatures of this key begin with.
    pub fn id(&self) -> [u8; 4] {
        self.id
    }

    /// Whether it is the signature of this text. Keys and points of small order are refused, with which one signature
    /// could fit two texts.
    pub fn verifies(&self, text: &[u8], signature: &[u8; 64]) -> bool {
        self.public.verify_strict(text, &ed25519_dalek::Signature::from_bytes(signature)).is_ok()
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}+{}", self.name, hex(self.id), encode(self.public.as_bytes()))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for VerifierKey {
    type Err = BadKey;

    fn from_str(text: &str) -> Result<Self, BadKey> {
        let (name, id, bytes) = parts(text)?;
        let public = Public::from_bytes(&bytes).map_err(|_| BadKey::Kind)?;
        let key = Self::new(name, public)?;
        if hex(key.id) == id { Ok(key) } else { Err(BadKey::Id) }
    }
}

impl Serialize for VerifierKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for VerifierKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What signs (签名私钥). It lives in a file outside the database and is wiped from memory when dropped.
pub struct SigningKey {
    secret: Secret,
    verifier: VerifierKey,
}

impl SigningKey {
    /// The key of a seed, which must be 32 bytes that nobody can guess.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, BadKey> {
        let secret = Secret::from_bytes(seed);
        Ok(Self { verifier: VerifierKey::new(name, secret.verifying_key())?, secret })
    }

    /// What checks its signatures.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// Signs a text.
    pub fn sign(&self, text: &[u8]) -> [u8; 64] {
        self.secret.sign(text).to_bytes()
    }

    /// The line that the key file holds. It is the secret itself: write it where only the signer can read it.
    pub fn to_secret_text(&self) -> String {
        let (name, id) = (&self.verifier.name, hex(self.verifier.id));
        format!("PRIVATE+KEY+{name}+{id}+{}", encode(self.secret.as_bytes()))
    }
}

/// Shows the public half only.
impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.verifier)
    }
}

impl FromStr for SigningKey {
    type Err = BadKey;

    fn from_str(text: &str) -> Result<Self, BadKey> {
        let (name, id, seed) = parts(text.strip_prefix("PRIVATE+KEY+").ok_or(BadKey::Form)?)?;
        let key = Self::from_seed(name, &seed)?;
        if hex(key.verifier.id) == id { Ok(key) } else { Err(BadKey::Id) }
    }
}

/// Name, id and the 32 bytes of a key. Base64 has plus signs of its own, so only the first two divide.
fn parts(text: &str) -> Result<(&str, &str, [u8; 32]), BadKey> {
    let (name, rest) = text.split_once('+').ok_or(BadKey::Form)?;
    let (id, key) = rest.split_once('+').ok_or(BadKey::Form)?;
    let bytes = BASE64_STANDARD.decode(key).map_err(|_| BadKey::Form)?;
    let key = bytes.strip_prefix(&[ED25519]).ok_or(BadKey::Kind)?;
    Ok((name, id, key.try_into().map_err(|_| BadKey::Kind)?))
}

fn encode(key: &[u8; 32]) -> String {
    BASE64_STANDARD.encode([&[ED25519], &key[..]].concat())
}

fn hex(id: [u8; 4]) -> String {
    format!("{:08x}", u32::from_be_bytes(id))
}
