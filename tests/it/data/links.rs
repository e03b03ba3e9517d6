//! `GET /data/…`: links that stay, what is said of a file, parts, codings, and what breaks.

use std::io::Read;

use base64::{Engine, prelude::BASE64_STANDARD};
use mulu::catalogue::digest::Digest;
use serde_json::{Value, json};

use super::{FORMATS, OPEN, exported, exported_with, table};
use crate::kit::{Asking, Server, ndjson, publish, publish_texts};

const COUNTY: &str = "513230000000-12";

type Response = ureq::http::Response<ureq::Body>;

fn header(response: &Response, name: &str) -> String {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned()
}

fn body(mut response: Response) -> Vec<u8> {
    let mut bytes = Vec::new();
    response.body_mut().as_reader().read_to_end(&mut bytes).unwrap();
    bytes
}

/// A digest as it stands in `Repr-Digest`.
fn repr_digest(bytes: &[u8]) -> String {
    format!("sha-256=:{}:", BASE64_STANDARD.encode(Digest::of(bytes).as_bytes()))
}

on_both_stores! {
    async fn the_newest_data_are_open_once_their_terms_are_said(app: TestApp) {
        publish(&app, COUNTY, "2026-01-01", 2).await;
        let closed = Server::with(&app, &OPEN[..2]);
        let reply = closed.send("GET", "/data/latest/platform.csv", &[], b"");
        assert_eq!((reply.status, reply.code().as_str()), (404, "NOT_FOUND"));
        // What has a revision and a day is no offer of ours, and stays.
        assert_eq!(closed.get("/data/6/2026-11-21/platform.csv").status(), 200);
        let open = Server::with(&app, &OPEN);
        for (asked, led) in [
            ("latest/platform.csv", "/data/6/2026-11-21/platform.csv"),
            ("latest/divisions/513200000000/all.excel.csv", "/data/6/2026-11-21/divisions/513200000000/all.excel.csv"),
            ("latest/domains/12.json?effectiveOn=2027-01-01", "/data/6/2027-01-01/domains/12.json"),
            ("latest/registers/unit.ndjson?revision=5", "/data/5/2026-11-21/registers/unit.ndjson"),
            ("latest/catalogues/513230000000-12.csv", "/data/versions/513230000000-12/1.csv"),
        ] {
            let reply = open.send("GET", &format!("/data/{asked}"), &[], b"");
            assert_eq!((reply.status, reply.header("location").as_str()), (307, led), "{reply:?}");
            assert_eq!(reply.header("cache-control"), "no-cache");
            assert_eq!(open.get(&format!("/data/{asked}")).status(), 200);
        }
        for asked in ["latest/catalogues/513230000000-20.csv", "latest/divisions/110000000000.csv", "latest/domains/26.csv"] {
            let reply = open.send("GET", &format!("/data/{asked}"), &[], b"");
            assert_eq!((reply.status, reply.code().as_str()), (404, "NOT_FOUND"), "{asked}");
        }
    }

    async fn a_file_says_what_it_is_and_is_what_the_command_writes(app: TestApp) {
        publish(&app, COUNTY, "2026-01-01", 3).await;
        let server = Server::with(&app, &OPEN);
        for (path, arguments) in [
            ("versions/513230000000-12/1.csv", &[COUNTY, "--format", "csv"][..]),
            ("6/2026-11-21/divisions/513230000000.ndjson", &["--division", "513230", "--format", "ndjson"]),
            ("6/2026-11-21/platform.excel.csv", &["--all", "--format", "excel-csv"]),
            ("6/2026-11-21/registers/division.csv", &["--register", "division", "--format", "csv"]),
            ("versions/513230000000-12/1.xlsx", &[COUNTY, "--format", "xlsx"]),
            ("6/2026-11-21/platform.parquet", &["--all", "--format", "parquet"]),
            ("6/2026-11-21/divisions/513230000000.sqlite", &["--division", "513230", "--format", "sqlite"]),
        ] {
            let response = server.get(&format!("/data/{path}"));
            assert_eq!(response.status(), 200, "{path}");
            let told = header(&response, "repr-digest");
            assert_eq!(header(&response, "link"), "<https://creativecommons.org/licenses/by/4.0/>; rel=\"license\"");
            assert_eq!(header(&response, "access-control-allow-origin"), "*");
            assert_eq!(header(&response, "cache-control"), "public, max-age=86400");
            assert!(!header(&response, "x-request-id").is_empty());
            let bytes = body(response);
            assert_eq!(told, repr_digest(&bytes));
            assert!(bytes == exported_with(&app, &OPEN, arguments), "{path}");
        }
        let response = server.get("/data/versions/513230000000-12/1.csv");
        assert_eq!(header(&response, "content-type"), "text/csv; charset=utf-8; header=present");
        let name = "attachment; filename=\"versions-513230000000-12-1.csv\"; filename*=UTF-8''%E5%A3%A4%E5%A1%98%E5%8E%BF";
        assert!(header(&response, "content-disposition").starts_with(name), "{response:?}");
        let json: Value = serde_json::from_slice(&body(server.get("/data/6/2026-11-21/platform.json"))).unwrap();
        assert_eq!(json["publisher"], "壤塘县人民政府办公室");
        assert_eq!(json["licence"], OPEN[1].1);
        assert_eq!(json["versions"][0]["rows"].as_array().unwrap().len(), 3);
    }

    async fn a_link_has_one_spelling_and_stays_within_the_log(app: TestApp) {
        publish(&app, COUNTY, "2026-01-01", 1).await;
        let server = Server::with(&app, &OPEN);
        for (path, code) in [
            ("9/2026-11-21/platform.csv", "UNKNOWN_REVISION"),
            ("06/2026-11-21/platform.csv", "NOT_FOUND"),
            ("6/2026-11-1/platform.csv", "NOT_FOUND"),
            ("6/2026-11-21/divisions/5132.csv", "NOT_FOUND"),
            ("6/2026-11-21/versions/513230000000-12/1.csv", "NOT_FOUND"),
            ("versions/513230000000-12/2.csv", "NOT_FOUND"),
            ("6/2026-11-21/platform.pdf", "NOT_FOUND"),
            ("6/2026-11-21/platform", "NOT_FOUND"),
            ("platform.csv", "NOT_FOUND"),
        ] {
            let reply = server.send("GET", &format!("/data/{path}"), &[], b"");
            assert_eq!((reply.status, reply.code().as_str()), (404, code), "{path}");
        }
        let reply = server.send("GET", "/data/latest/platform.csv?day=today", &[], b"");
        assert_eq!((reply.status, reply.code().as_str()), (400, "BAD_INPUT"));
        assert_eq!(server.send("POST", "/data/6/2026-11-21/platform.csv", &[], b"").status, 405);
        let head = server.send("HEAD", "/data/6/2026-11-21/platform.csv", &[], b"");
        assert_eq!((head.status, head.body.as_str()), (200, ""));
        assert!(head.header("content-length").parse::<u64>().unwrap() > 1000);
    }

    async fn whoever_has_a_file_does_not_get_it_again_until_it_is_redacted(app: TestApp) {
        publish(&app, COUNTY, "2026-01-01", 2).await;
        let server = Server::with(&app, &OPEN);
        let path = "/data/versions/513230000000-12/1.csv";
        let tag = header(&server.get(path), "etag");
        let zipped = header(&server.get_with(path, &[("accept-encoding", "gzip")]), "etag");
        assert!(tag.starts_with('"') && zipped != tag, "{tag} {zipped}");
        for (known, coding, status) in [
            (tag.as_str(), "", 304), (&format!("\"other\", W/{tag}"), "", 304), ("*", "", 304),
            (&zipped, "gzip", 304), (&tag, "gzip", 200), (&zipped, "", 200), ("\"other\"", "", 200),
        ] {
            let response = server.get_with(path, &[("if-none-match", known), ("accept-encoding", coding)]);
            assert_eq!(response.status(), status, "{known} {coding}");
            assert!([&tag, &zipped].contains(&&header(&response, "etag")));
        }
        let other = Server::with(&app, &OPEN[..2]);
        assert_ne!(header(&other.get(path), "etag"), tag, "the terms stand in files");
        let row = &table(&exported(&app, &[COUNTY, "--format", "csv"]))[0];
        app.ok(&["redact", &row["localDigest"], "--reason", "误含个人信息"]);
        // The log is looked at every half second; a link with the new revision is answered at once.
        assert_eq!(server.get("/data/7/2026-11-21/platform.csv").status(), 200);
        let response = server.get_with(path, &[("if-none-match", &tag)]);
        assert_eq!(response.status(), 200);
        assert!(!String::from_utf8(body(response)).unwrap().contains("县文化局"));
    }

    async fn a_part_is_of_the_bytes_as_they_are_and_a_coding_of_all(app: TestApp) {
        publish(&app, COUNTY, "2026-01-01", 2).await;
        let server = Server::with(&app, &OPEN);
        let path = "/data/6/2026-11-21/platform.ndjson";
        let (tag, whole) = (header(&server.get(path), "etag"), body(server.get(path)));
        let end = whole.len();
        for (range, expected) in [
            ("bytes=0-0", 0..1), ("bytes=10-", 10..end), ("bytes=-7", end - 7..end), ("bytes=5-999999", 5..end),
        ] {
            let response = server.get_with(path, &[("range", range), ("if-range", &tag), ("accept-encoding", "gzip")]);
            assert_eq!(response.status(), 206, "{range}");
            let (first, last) = (expected.start, expected.end - 1);
            assert_eq!(header(&response, "content-range"), format!("bytes {first}-{last}/{end}"));
            assert_eq!(header(&response, "repr-digest"), repr_digest(&whole));
            assert_eq!(body(response), &whole[expected], "{range}");
        }
        let beyond = server.get_with(path, &[("range", &format!("bytes={end}-"))]);
        assert_eq!((beyond.status().as_u16(), header(&beyond, "content-range")), (416, format!("bytes */{end}")));
        let changed = server.get_with(path, &[("range", "bytes=1-2"), ("if-range", "\"other\"")]);
        assert_eq!((changed.status().as_u16(), body(changed)), (200, whole.clone()));
        let zipped = server.get_with(path, &[("accept-encoding", "gzip")]);
        assert_eq!(header(&zipped, "content-encoding"), "gzip");
        let (told, bytes) = (header(&zipped, "repr-digest"), body(zipped));
        assert_eq!(told, repr_digest(&bytes), "RFC 9530: of what is sent, coding and all");
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(&*bytes).read_to_end(&mut plain).unwrap();
        assert!(plain == whole);
        let zstd = body(server.get_with(path, &[("accept-encoding", "gzip, zstd")]));
        assert!(zstd::stream::decode_all(&*zstd).unwrap() == whole);
    }

    async fn a_large_file_is_made_while_it_is_sent_and_resumed_where_it_broke(app: TestApp) {
        publish_texts(&app, vec![ndjson(COUNTY, "2026-01-01", 2_500)]).await;
        let path = "/data/versions/513230000000-12/1.csv";
        let whole = exported(&app, &[COUNTY, "--format", "csv"]);
        let server = Server::with(&app, &OPEN);
        let first = server.get(path);
        assert_eq!((header(&first, "content-length"), header(&first, "trailer")), (String::new(), "repr-digest".to_owned()));
        let tag = header(&first, "etag");
        let mut begun = vec![0; 10_000];
        let mut first = first;
        first.body_mut().as_reader().read_exact(&mut begun).unwrap();
        drop(first);
        let rest = server.get_with(path, &[("range", "bytes=10000-"), ("if-range", &tag)]);
        assert_eq!((rest.status().as_u16(), header(&rest, "repr-digest")), (206, repr_digest(&whole)));
        assert!([begun, body(rest)].concat() == whole);
        let again = server.get(path);
        assert_eq!(header(&again, "content-length"), whole.len().to_string());
        assert_eq!(header(&again, "repr-digest"), repr_digest(&whole));
        assert!(body(again) == whole);
        let zipped = body(server.get_with(path, &[("accept-encoding", "zstd")]));
        assert!(zstd::stream::decode_all(&*zipped).unwrap() == whole);
        // Whoever takes trailers has the digest at the end of the first transfer already.
        let fresh = Server::with(&app, &OPEN).send("GET", path, &[("TE", "trailers")], b"");
        assert!(fresh.body.trim_end().ends_with(&format!("repr-digest: {}", repr_digest(&whole))));
    }

    async fn what_fails_half_way_breaks_the_transfer(app: TestApp) {
        publish_texts(&app, vec![ndjson(COUNTY, "2026-01-01", 2_500)]).await;
        let rows = table(&exported(&app, &[COUNTY, "--format", "csv"]));
        let digest = rows[2_400]["contentDigest"].strip_prefix("sha256:").unwrap().to_owned();
        let key = match app.database.backend {
            crate::kit::Backend::Sqlite => format!("x'{digest}'"),
            crate::kit::Backend::Postgres => format!("'\\x{digest}'"),
        };
        app.database.disarm().await;
        let gone = format!("UPDATE object SET bytes = (SELECT bytes FROM object WHERE digest <> {key} LIMIT 1) WHERE digest = {key}");
        assert_eq!(app.database.execute(&gone).await, Ok(1));
        let server = Server::with(&app, &OPEN);
        for coding in ["", "gzip"] {
            let mut response = server.get_with("/data/versions/513230000000-12/1.csv", &[("accept-encoding", coding)]);
            assert_eq!(response.status(), 200);
            let mut bytes = Vec::new();
            assert!(response.body_mut().as_reader().read_to_end(&mut bytes).is_err(), "{coding}");
            assert!(!bytes.is_empty());
        }
        server.logged("a data file broke off");
        let mine = app.file("mine.csv", "mine");
        let output = app.cli(&["export", COUNTY, "--format", "csv", "--out", &mine, "--force"]);
        assert_eq!((output.code, std::fs::read_to_string(&mine).unwrap().as_str()), (Some(1), "mine"));
        assert!(output.stderr.starts_with("INCONSISTENT"), "{}", output.stderr);
        let part = server.get_with("/data/versions/513230000000-12/1.csv", &[("range", "bytes=0-9")]);
        assert_eq!(part.status(), 500);
    }

    async fn a_version_whose_entries_are_missing_is_no_file_without_rows(app: TestApp) {
        publish(&app, COUNTY, "2026-01-01", 2).await;
        app.database.disarm().await;
        assert_eq!(app.database.execute("DELETE FROM tree").await, Ok(1));
        let mine = app.file("mine.csv", "mine");
        for format in ["csv", "ndjson"] {
            let output = app.cli(&["export", COUNTY, "--format", format, "--out", &mine, "--force"]);
            assert_eq!((output.code, std::fs::read_to_string(&mine).unwrap().as_str()), (Some(1), "mine"));
            assert!(output.stderr.starts_with("INCONSISTENT"), "{}", output.stderr);
        }
    }

    async fn links_are_found_over_graphql(app: TestApp) {
        publish(&app, COUNTY, "2026-01-01", 2).await;
        publish_texts(&app, vec![ndjson("513230000000-20", "2026-01-01", 2_500)]).await;
        let server = Server::with(&app, &OPEN);
        let question = "{ at(revision: 7, effectiveOn: \"2026-11-21\") {
            platform { downloads { url bytes } }
            domain(code: \"12\") { downloads { url } }
            division(code: \"513230\") { downloads(includeDescendants: true) { url } }
            catalogue(code: \"513230000000-12\") { version { downloads { format mediaType url bytes digest } } } } }";
        let (status, answer) = server.post("/graphql", &json!({ "query": question }).to_string());
        assert_eq!((status, answer.get("errors")), (200, None), "{answer}");
        let at = &answer["data"]["at"];
        assert_eq!(at["platform"]["downloads"][0], json!({ "url": "/data/7/2026-11-21/platform.ndjson", "bytes": null }));
        assert_eq!(at["domain"]["downloads"][1]["url"], "/data/7/2026-11-21/domains/12.csv");
        assert_eq!(at["division"]["downloads"][3]["url"], "/data/7/2026-11-21/divisions/513230000000/all.json");
        let files = at["catalogue"]["version"]["downloads"].as_array().unwrap();
        assert_eq!(files.len(), FORMATS.len());
        for file in files {
            let bytes = body(server.get(file["url"].as_str().unwrap()));
            assert_eq!(file["bytes"], bytes.len(), "{file}");
            assert_eq!(file["digest"], Digest::of(&bytes).to_string(), "{file}");
        }
        assert_eq!(files[2]["format"], "EXCEL_CSV");
        // Once it was made, it is known.
        body(server.get("/data/7/2026-11-21/platform.ndjson"));
        let (_, answer) = server.post("/graphql", &json!({ "query": question }).to_string());
        assert!(answer["data"]["at"]["platform"]["downloads"][0]["bytes"].as_u64() > Some(500_000), "{answer}");
        // Differences as well, in the formats that have them: since a revision, since a day, or both.
        let question = "{ at(revision: 7, effectiveOn: \"2026-11-21\") {
            platform { downloads(since: 5) { url } }
            domain(code: \"12\") { downloads(sinceEffectiveOn: \"2025-12-31\") { url bytes } }
            division(code: \"513230\") { downloads(includeDescendants: true, since: 0, sinceEffectiveOn: \"2026-11-01\")
                { format url bytes digest } } } }";
        let (_, answer) = server.post("/graphql", &json!({ "query": question }).to_string());
        let at = &answer["data"]["at"];
        let url = &at["platform"]["downloads"][0]["url"];
        assert_eq!(url, "/data/7/2026-11-21/since/5/2026-11-21/platform.ndjson", "{answer}");
        let file = &at["domain"]["downloads"][1];
        assert_eq!(file["url"], "/data/7/2026-11-21/since/7/2025-12-31/domains/12.csv");
        assert_eq!(file["bytes"], body(server.get(file["url"].as_str().unwrap())).len());
        let files = at["division"]["downloads"].as_array().unwrap();
        let formats: Vec<&str> = files.iter().map(|file| file["format"].as_str().unwrap()).collect();
        assert_eq!(formats, ["NDJSON", "CSV", "EXCEL_CSV", "JSON", "XLSX", "PARQUET"]);
        assert_eq!(files[0]["url"], "/data/7/2026-11-21/since/0/2026-11-01/divisions/513230000000/all.ndjson");
        // More than 2,000 rows are made for nobody who only asks how many bytes they have.
        assert_eq!((&files[0]["bytes"], &files[0]["digest"]), (&json!(null), &json!(null)));
        let beyond = json!({ "query": "{ platform { downloads(since: 99) { url } } }" }).to_string();
        let (_, answer) = server.post("/graphql", &beyond);
        assert_eq!(answer["errors"][0]["extensions"]["code"], "UNKNOWN_REVISION", "{answer}");
        let asking = Asking::new(&app).await;
        let answer = asking.ask("{ platform { downloads { digest } } }").await;
        assert_eq!(answer["data"]["platform"]["downloads"][0], json!({ "digest": null }));
    }
}
