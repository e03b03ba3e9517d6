//! Bundles: a server of files in our place, and what its manifest proves.

use std::{collections::BTreeSet, path::Path};

use mulu::catalogue::{digest::Digest, key::SigningKey};
use serde_json::Value;

use super::{OPEN, asked_of, python};
use crate::kit::{Backend, NOW, ORIGIN, Output, Server, Signing, TestApp, mulu, publish, run};

const COUNTY: &str = "513230000000-12";

/// Bundles at an instant into a directory of the test's, with further settings.
fn bundled(
    app: &TestApp,
    now: &str,
    name: &str,
    settings: &[(&str, &str)],
    arguments: &[&str],
) -> (String, Output) {
    let directory = app.database.directory.path().join(name).display().to_string();
    let all = [&["export", "--bundle", directory.as_str()][..], arguments].concat();
    let mut command = app.command(&all);
    command.env("MULU_NOW", now).envs(OPEN).envs(settings.iter().copied());
    (directory.clone(), run(command))
}

fn manifest(directory: &str) -> Value {
    serde_json::from_slice(&std::fs::read(Path::new(directory).join("manifest.json")).unwrap()).unwrap()
}

fn paths(manifest: &Value) -> Vec<String> {
    manifest["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["path"].as_str().unwrap().to_owned())
        .collect()
}

/// What the verifier says of a bundle: `None` where it is content, else the code.
fn verdict(directory: &str, key: &str, more: &[&str]) -> Option<String> {
    let file = format!("{directory}/manifest.json");
    let output = run(mulu(&[&["verify", "--file", &file, "--key", key, "--json"][..], more].concat()));
    let told: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(output.code, Some(i32::from(told["verified"] == false)), "{told}");
    told["code"].as_str().map(str::to_owned)
}

#[tokio::test]
async fn a_bundle_has_what_the_server_answers() {
    let app = TestApp::example(Backend::Sqlite).await;
    let (directory, output) = bundled(&app, NOW, "bundle", &[], &["--all"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let manifest = manifest(&directory);
    let paths = paths(&manifest);
    assert!(paths.len() > 500, "{}", paths.len());
    let head = app.store.head().await.unwrap();
    assert_eq!((&manifest["revision"], &manifest["subject"]), (&head.into(), &"platform".into()));
    let server = Server::with(&app, &OPEN);
    for file in manifest["files"].as_array().unwrap() {
        let path = file["path"].as_str().unwrap();
        let bytes = std::fs::read(Path::new(&directory).join(path)).unwrap();
        assert_eq!(
            (&file["bytes"], &file["digest"]),
            (&bytes.len().into(), &Digest::of(&bytes).to_string().into())
        );
        // A server of files gives a page for a folder; we have it at the folder's own name.
        let link = path.strip_suffix("/index.html").unwrap_or(path);
        let mut answer = server.get(&format!("/{link}"));
        assert_eq!(answer.status(), 200, "{path}");
        let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
        assert_eq!(file["mediaType"], kind, "{path}");
        assert!(answer.body_mut().with_config().limit(1 << 30).read_to_vec().unwrap() == bytes, "{path}");
    }
    let on_disk = |name: &str| paths.iter().any(|path| path == name);
    for name in [
        "data/versions/513230000000-12/1.csv",
        &format!("data/{head}/2026-11-21/divisions/513230000000.datapackage.json"),
        &format!("data/{head}/2026-11-21/domains/12.ndjson"),
        &format!("data/{head}/2026-11-21/platform.json"),
        &format!("data/{head}/2026-11-21/registers/unit.csv"),
        &format!("data/{head}/2026-11-21/catalog.ttl"),
        &format!("data/{head}/2026-11-21/catalog/1.jsonld"),
        "ns.ttl",
    ] {
        assert!(on_disk(name), "{name}");
    }
    // Without a server, too.
    let package = format!("{directory}/data/versions/{COUNTY}/1.datapackage.json");
    python("packages.py", &[&package]);
    let table = format!("{directory}/data/versions/{COUNTY}/1.csv");
    let before = std::fs::read_to_string(&table).unwrap();
    std::fs::write(&table, before.replacen("STANDARD", "standard", 1)).unwrap();
    assert_eq!(asked_of("packages.py", &[&package]).code, Some(1), "what differs from its package is found");
    // One that is there stays as it is.
    let (_, again) = bundled(&app, NOW, "bundle", &[], &["--all"]);
    assert_eq!(again.code, Some(1));
    assert!(again.stderr.starts_with("BAD_INPUT"), "{}", again.stderr);
}

#[tokio::test]
async fn a_place_is_bundled_the_same_from_either_store_on_any_day() {
    let mut made = BTreeSet::new();
    for (backend, now) in
        [(Backend::Sqlite, "2026-11-22T00:00:00Z"), (Backend::Postgres, "2031-02-03T00:00:00Z")]
    {
        let app = TestApp::example(backend).await;
        let head = app.store.head().await.unwrap().to_string();
        let scope =
            ["--division", "5132", "--descendants", "--revision", &head, "--effective-on", "2026-11-21"];
        let (directory, output) = bundled(&app, now, "bundle", &[], &scope);
        assert_eq!(output.code, Some(0), "{}", output.stderr);
        let paths = paths(&manifest(&directory));
        assert!(paths.iter().any(|path| path.ends_with("/divisions/513200000000/all.csv")), "{paths:?}");
        assert!(
            paths.iter().all(|path| !path.contains("platform") && !path.contains("catalog")),
            "{paths:?}"
        );
        made.insert(std::fs::read(format!("{directory}/manifest.json")).unwrap());
    }
    assert_eq!(made.len(), 1);
}

on_both_stores! {
    async fn a_signed_manifest_covers_every_byte_beside_it(app: TestApp) {
        let signing = Signing::register(&app).await;
        publish(&app, COUNTY, "2026-01-01", 2).await;
        let key = signing.key.to_string();
        // Nothing has sealed the last event yet: what is published without the key waits.
        let settings = [("MULU_SIGNING_KEY", signing.file.as_str())];
        let (directory, output) = bundled(&app, NOW, "bundle", &settings, &["--division", "513230"]);
        assert_eq!(output.code, Some(0), "{}", output.stderr);
        assert_eq!(verdict(&directory, &key, &[]), None);
        let manifest = manifest(&directory);
        let sealed = app.file("checkpoint.txt", manifest["checkpoint"].as_str().unwrap());
        assert_eq!(verdict(&directory, &key, &["--checkpoint", &sealed]), None);
        let other = SigningKey::from_seed(ORIGIN, &[9; 32]).unwrap().verifier().to_string();
        assert_eq!(verdict(&directory, &other, &[]).as_deref(), Some("BAD_SIGNATURE"));
        let at = |name: &str| Path::new(&directory).join(name);
        let changed = |name: &str, change: &dyn Fn(&[u8]) -> Vec<u8>, code: &str| {
            let before = std::fs::read(at(name)).unwrap();
            std::fs::write(at(name), change(&before)).unwrap();
            assert_eq!(verdict(&directory, &key, &[]).as_deref(), Some(code), "{name}");
            std::fs::write(at(name), before).unwrap();
        };
        let csv = format!("data/versions/{COUNTY}/1.csv");
        changed(&csv, &|bytes| [bytes, b"x"].concat(), "FILE_DIFFERS");
        changed(&csv, &|bytes| { let mut bytes = bytes.to_vec(); bytes[9] ^= 1; bytes }, "FILE_DIFFERS");
        changed("manifest.json", &|bytes| [bytes, b"\n"].concat(), "NOT_CANONICAL");
        let replaced = |from: &'static str, to: &'static str| move |bytes: &[u8]| {
            String::from_utf8(bytes.to_vec()).unwrap().replacen(from, to, 1).into_bytes()
        };
        changed("manifest.json", &replaced("\"rows\":2", "\"rows\":3"), "BAD_SIGNATURE");
        changed("manifest.json", &replaced("\"path\":\"data/", "\"path\":\"../data/"), "BAD_SHAPE");
        changed("manifest.note", &replaced("sha256:", "sha256:0"), "BAD_SIGNATURE");
        std::fs::rename(at(&csv), at("elsewhere")).unwrap();
        assert_eq!(verdict(&directory, &key, &[]).as_deref(), Some("FILE_MISSING"));
        std::fs::rename(at("elsewhere"), at(&csv)).unwrap();
        std::fs::remove_file(at("manifest.note")).unwrap();
        assert_eq!(verdict(&directory, &key, &[]).as_deref(), Some("NOT_SIGNED"));
    }

    async fn a_manifest_says_what_each_file_of_a_dataset_is(app: TestApp) {
        publish(&app, COUNTY, "2026-01-01", 2).await;
        let server = Server::with(&app, &OPEN);
        for (link, folder) in [
            ("/data/versions/513230000000-12/1.manifest.json", "/data/versions/513230000000-12/"),
            ("/data/6/2026-11-21/domains/12.manifest.json", "/data/6/2026-11-21/domains/"),
            ("/data/6/2026-11-21/registers.manifest.json", "/data/6/2026-11-21/"),
        ] {
            let mut answer = server.get(link);
            assert_eq!(answer.status(), 200, "{link}");
            let manifest: Value = serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap();
            assert_eq!(manifest["notice"]["publisher"], OPEN[0].1);
            for file in manifest["files"].as_array().unwrap() {
                let mut answer = server.get(&format!("{folder}{}", file["path"].as_str().unwrap()));
                let bytes = answer.body_mut().read_to_vec().unwrap();
                assert_eq!((&file["bytes"], &file["digest"]), (&bytes.len().into(), &Digest::of(&bytes).to_string().into()), "{file}");
                if link.contains("versions") && file["rows"].is_u64() {
                    assert_eq!(file["rows"], 2);
                }
            }
        }
        let reply = server.send("GET", "/data/latest/catalogues/513230000000-12.manifest.json", &[], b"");
        assert_eq!((reply.status, reply.header("location").as_str()), (307, "/data/versions/513230000000-12/1.manifest.json"));
    }
}
