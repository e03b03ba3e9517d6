//! The file of a backup: whole under its name, or not there.

use std::{
    fs::{self, File, OpenOptions},
    hash::{BuildHasher, RandomState},
    io::Read,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};

use crate::{
    catalogue::digest::Digest,
    error::{Error, Result},
};

/// A file beside the one that it will become; gone when it is dropped before.
pub(super) struct Partial {
    path: PathBuf,
    target: PathBuf,
    force: bool,
}

impl Partial {
    /// Makes it, empty, and readable by its owner alone: drafts are private.
    pub fn create(target: &Path, force: bool) -> Result<Self> {
        let target = std::path::absolute(target).map_err(|error| cannot_write(target, error))?;
        let name = target.file_name().map(|name| name.to_string_lossy().into_owned());
        let name = name.ok_or_else(|| cannot_write(&target, "a file name is needed"))?;
        // By chance, because in containers the same process id comes again and again.
        let chance = RandomState::new().hash_one(&name);
        let path = target.with_file_name(format!("{name}.partial-{chance:016x}"));
        let partial = Self { path, target, force };
        partial.refuse_existing()?;
        let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&partial.path);
        made.map_err(|error| cannot_write(&partial.target, error))?;
        Ok(partial)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Gives it its name, once its bytes are on the disk; its size and digest.
    pub fn finish(self) -> Result<(u64, Digest)> {
        self.refuse_existing()?;
        let done = digest(&self.path).and_then(|done| {
            fs::rename(&self.path, &self.target)?;
            // The name is on the disk when its directory is.
            File::open(self.target.parent().unwrap_or(Path::new("/")))?.sync_all()?;
            Ok(done)
        });
        done.map_err(|error| cannot_write(&self.target, error))
    }

    fn refuse_existing(&self) -> Result<()> {
        let there = fs::symlink_metadata(&self.target);
        if there.is_err() || (self.force && there.is_ok_and(|there| !there.is_dir())) {
            return Ok(());
        }
        let target = self.target.display();
        Err(Error::bad_input(
            format!("{target} 已存在，未作改动；如要替换，请加 --force"),
            format!("{target} is there already and was left alone; --force replaces a file"),
        ))
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // After `finish` it is there under its other name.
        let _ = fs::remove_file(&self.path);
    }
}

/// The size and the digest of a file whose bytes are on the disk.
fn digest(path: &Path) -> std::io::Result<(u64, Digest)> {
    let mut file = File::open(path)?;
    file.sync_all()?;
    let (mut hasher, mut bytes, mut some) = (Sha256::new(), 0, vec![0; 1 << 16]);
    loop {
        let read = file.read(&mut some)?;
        if read == 0 {
            let digest = Digest::from_bytes(&hasher.finalize()).ok_or(std::io::ErrorKind::InvalidData)?;
            return Ok((bytes, digest));
        }
        hasher.update(&some[..read]);
        bytes += read as u64;
    }
}

pub(super) fn cannot_write(path: &Path, why: impl std::fmt::Display) -> Error {
    let path = path.display();
    Error::bad_input(format!("无法写入 {path}：{why}"), format!("cannot write {path}: {why}"))
}
