//! A directory that any server of files can serve in our place: the same links, the same bytes, and a manifest of all.

use std::{
    collections::BTreeSet,
    fs,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use serde_json::json;

use crate::{
    catalogue::{
        dataset::{Dataset, Publication},
        digest::Digest,
        key::SigningKey,
        manifest::{self, Manifest, ManifestFile},
        reference::Register,
        scope::Scope,
    },
    cli::{print_json, progress, say},
    error::{Error, Result},
    export::{
        data::{DataFormat, FileName, Files, Measured, Measuring, Pieces, Pinned},
        metadata::{
            Catalog, Document, Extent, PinnedDocument, Subject, bare_manifest, context_file, listed, package,
            vocabulary, vocabulary_page,
        },
        rdf::Syntax,
    },
    store::{Governments, Reader, Store},
};

/// What is bundled, and where it goes.
pub(super) struct Bundle {
    /// The platform or a place.
    pub dataset: Dataset,
    pub scope: Scope,
    pub directory: PathBuf,
    pub json: bool,
    pub publication: Publication,
    /// What signs the manifest; `None` where nothing does.
    pub signer: Option<SigningKey>,
}

impl Bundle {
    pub(super) async fn run(self, store: &Store) -> Result<ExitCode> {
        let Self { dataset, scope, directory, json, publication, signer } = self;
        let reader = Reader::new(store.clone()).await?;
        let files = Files::new(reader.clone(), publication);
        files.must_be_open()?;
        let governments = match &dataset {
            Dataset::Platform => reader.governments(scope, None).await?,
            Dataset::Division { code, below } => reader.governments_of(code, *below, scope).await?,
            _ => {
                return Err(Error::bad_input(
                    "--bundle 须加 --all 或 --division",
                    "--bundle takes --all or --division",
                ));
            }
        };
        let manifest = bare_manifest(&files, &dataset.to_string(), scope).await?;
        if let Some(key) = signer.as_ref().filter(|key| key.verifier().name() != manifest.origin) {
            let (name, origin) = (key.verifier().name(), &manifest.origin);
            return Err(Error::bad_input(
                format!("密钥名称 {name} 与日志名称 {origin} 不一致"),
                format!("the key is named {name}, the log {origin}"),
            ));
        }
        let mut writing = Writing::begin(&directory, files, scope, manifest)?;
        writing.governments(governments).await?;
        writing.rest(&dataset).await?;
        let outcome = writing.finish(&directory, signer.as_ref())?;
        let Outcome { files, bytes, digest } = outcome;
        let directory = directory.display().to_string();
        if json {
            print_json(&json!({
                "directory": directory, "files": files, "bytes": bytes, "manifest": digest,
                "signed": signer.is_some(), "revision": scope.revision, "effectiveOn": scope.effective_on,
            }))?;
        } else {
            let signed = if signer.is_some() { "已签名 signed" } else { "未签名 not signed" };
            say(format_args!(
                "{directory}: 已导出 exported, {files} 个文件 files, manifest {digest} ({signed})"
            ));
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// What was written.
struct Outcome {
    files: usize,
    bytes: u64,
    digest: Digest,
}

/// A directory that is being filled, under a name of its own until it is whole.
struct Writing {
    files: Files,
    scope: Scope,
    part: PathBuf,
    manifest: Manifest,
    whole: bool,
}

impl Writing {
    fn begin(directory: &Path, files: Files, scope: Scope, manifest: Manifest) -> Result<Self> {
        let is_free = match fs::read_dir(directory) {
            Ok(mut entries) => entries.next().is_none(),
            Err(_) => !directory.exists(),
        };
        if !is_free {
            let shown = directory.display();
            return Err(Error::bad_input(
                format!("{shown} 已存在且不是空目录"),
                format!("{shown} is there already and is no empty directory"),
            ));
        }
        let mut name = directory.file_name().unwrap_or_default().to_owned();
        name.push(".part");
        let part = directory.with_file_name(name);
        // What is left of one that was broken off.
        if part.exists() {
            fs::remove_dir_all(&part).map_err(|error| refused(&part, &error))?;
        }
        fs::create_dir_all(&part).map_err(|error| refused(&part, &error))?;
        Ok(Self { files, scope, part, manifest, whole: false })
    }

    /// Every version of some places, and what is in force there.
    async fn governments(&mut self, mut governments: Governments) -> Result<()> {
        let bar = progress(governments.count());
        while let Some(some) = governments.next().await? {
            for government in some {
                for version in &government.versions {
                    let head = &version.head;
                    let scope = Scope { revision: head.revision, effective_on: head.effective_from };
                    let dataset = Dataset::Version { catalogue: head.code.clone(), number: head.number };
                    self.dataset(&dataset, scope).await?;
                }
                let code = government.code;
                self.dataset(&Dataset::Division { code, below: false }, self.scope).await?;
                bar.inc(1);
            }
        }
        bar.finish_and_clear();
        Ok(())
    }

    /// What the places have in common.
    async fn rest(&mut self, dataset: &Dataset) -> Result<()> {
        let scope = self.scope;
        for register in Register::ALL {
            self.dataset(&Dataset::Register(register), scope).await?;
        }
        self.document(Document::Package(Subject::Registers), scope).await?;
        match dataset {
            Dataset::Platform => {
                self.dataset(dataset, scope).await?;
                let governments = self.files.reader().governments(scope, None).await?;
                for code in governments.titles.domains.keys() {
                    self.dataset(&Dataset::Domain(code.clone()), scope).await?;
                }
                let pages = u32::try_from(governments.pages()).unwrap_or(u32::MAX);
                for syntax in Syntax::ALL {
                    for page in std::iter::once(None).chain((1..=pages).map(Some)) {
                        self.document(Document::Catalog { page, syntax }, scope).await?;
                    }
                }
            }
            // One without catalogues of its own was not written yet.
            Dataset::Division { code, below } => {
                let written: BTreeSet<String> =
                    self.manifest.files.iter().map(|file| file.path.clone()).collect();
                for below in [false, true].into_iter().filter(|asked| !asked || *below) {
                    let dataset = Dataset::Division { code: code.clone(), below };
                    let name = FileName { dataset: dataset.clone(), format: DataFormat::ALL[0] };
                    if !written.contains(&path(&Pinned { name, scope }.to_string())) {
                        self.dataset(&dataset, scope).await?;
                    }
                }
            }
            _ => {}
        }
        let publication = self.files.publication().clone();
        for syntax in Syntax::ALL {
            let bytes = vocabulary(&publication, syntax)?;
            self.bytes(format!("ns.{}", syntax.extension()), syntax.media_type(), &bytes)?;
        }
        let context = context_file(&publication)?;
        self.bytes("ns/context.jsonld".to_owned(), Syntax::JsonLd.media_type(), context.as_bytes())?;
        self.bytes("ns/index.html".to_owned(), "text/html; charset=utf-8", vocabulary_page().as_bytes())
    }

    /// A dataset in every format, and its Data Package.
    async fn dataset(&mut self, dataset: &Dataset, scope: Scope) -> Result<()> {
        for format in DataFormat::ALL {
            let file = Pinned { name: FileName { dataset: dataset.clone(), format }, scope };
            let mut download = self.files.open(&file).await?;
            let measured = self.pieces(&path(&file.to_string()), &mut download).await?;
            self.files.remember(&self.files.tag(&file), measured);
            self.manifest.files.push(ManifestFile {
                path: path(&file.to_string()),
                bytes: measured.bytes,
                digest: measured.digest,
                media_type: format.media_type().to_owned(),
                rows: Some(download.written()),
            });
        }
        self.document(Document::Package(Subject::Dataset(dataset.clone())), scope).await
    }

    async fn document(&mut self, document: Document, scope: Scope) -> Result<()> {
        let link = PinnedDocument { document, scope };
        let (path, media_type) = (link.path(), link.document.media_type());
        match &link.document {
            Document::Package(subject) => {
                let bytes = package(&self.files, subject, scope, Extent::Small).await?;
                self.bytes(path, media_type, &bytes)
            }
            // A bundle has one manifest, of all its files.
            Document::Manifest(_) => Ok(()),
            Document::Catalog { page, syntax } => {
                let mut catalog = Catalog::open(&self.files, scope, *page, *syntax).await?;
                let Measured { bytes, digest } = self.pieces(&path, &mut catalog).await?;
                let media_type = media_type.to_owned();
                self.manifest.files.push(ManifestFile { path, bytes, digest, media_type, rows: None });
                Ok(())
            }
        }
    }

    async fn pieces(&self, path: &str, pieces: &mut impl Pieces) -> Result<Measured> {
        let path = self.part.join(path);
        let mut file = BufWriter::new(created(&path)?);
        let mut measuring = Measuring::default();
        while let Some(piece) = pieces.next().await? {
            measuring.add(&piece);
            file.write_all(&piece).map_err(|error| refused(&path, &error))?;
        }
        file.flush().map_err(|error| refused(&path, &error))?;
        measuring.measured()
    }

    fn bytes(&mut self, path: String, media_type: &str, bytes: &[u8]) -> Result<()> {
        self.write(&path, bytes)?;
        self.manifest.files.push(listed(path, media_type, bytes)?);
        Ok(())
    }

    fn write(&self, path: &str, bytes: &[u8]) -> Result<()> {
        let path = self.part.join(path);
        created(&path)?.write_all(bytes).map_err(|error| refused(&path, &error))
    }

    /// Writes the manifest and its signature, and gives the directory its name.
    fn finish(mut self, directory: &Path, signer: Option<&SigningKey>) -> Result<Outcome> {
        self.manifest.files.sort();
        let bytes = self.manifest.to_bytes()?;
        self.write("manifest.json", &bytes)?;
        if let Some(key) = signer {
            self.write("manifest.note", manifest::sign(&bytes, key).as_bytes())?;
        }
        // An empty directory gives way.
        if directory.exists() {
            fs::remove_dir(directory).map_err(|error| refused(directory, &error))?;
        }
        fs::rename(&self.part, directory).map_err(|error| refused(directory, &error))?;
        self.whole = true;
        let files = &self.manifest.files;
        let size = files.iter().map(|file| file.bytes).sum();
        Ok(Outcome { files: files.len(), bytes: size, digest: Digest::of(&bytes) })
    }
}

impl Drop for Writing {
    /// What did not become whole goes.
    fn drop(&mut self) {
        if !self.whole {
            let _ = fs::remove_dir_all(&self.part);
        }
    }
}

/// Where a link is in the directory.
fn path(link: &str) -> String {
    link.trim_start_matches('/').to_owned()
}

fn created(path: &Path) -> Result<fs::File> {
    let made = path.parent().map_or(Ok(()), fs::create_dir_all);
    made.and_then(|()| fs::File::create(path)).map_err(|error| refused(path, &error))
}

fn refused(path: &Path, error: &std::io::Error) -> Error {
    let path = path.display();
    Error::bad_input(format!("无法写入 {path}：{error}"), format!("cannot write {path}: {error}"))
}
