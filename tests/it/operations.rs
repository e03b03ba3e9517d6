//! The PostgreSQL commands of `docs/operations.md` are run as they stand there, on a cluster of their own: dumps, the
//! way from SQLite, and recovery to a point in time.

use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::kit::{mulu, ndjson, run, source};

const PAGES: [&str; 2] = ["docs/operations.md", "docs/operations.zh-CN.md"];
const BLOCKS: [&str; 6] = ["dump", "archive", "base", "recover", "verify", "move"];

/// The block of a page that a comment before it names.
fn block(page: &str, name: &str) -> String {
    let text = fs::read_to_string(source(page)).unwrap();
    let (_, rest) =
        text.split_once(&format!("<!-- run: {name} -->\n```")).unwrap_or_else(|| panic!("{page}: {name}"));
    let (_, rest) = rest.split_once('\n').unwrap();
    rest.split_once("\n```").unwrap().0.to_owned() + "\n"
}

#[test]
fn both_languages_show_the_same_commands() {
    let without_remarks = |text: String| {
        let lines = text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned);
        lines.collect::<Vec<_>>()
    };
    for name in BLOCKS {
        let [english, chinese] = PAGES.map(|page| without_remarks(block(page, name)));
        assert_eq!(english, chinese, "{name}");
    }
}

/// A PostgreSQL cluster of the test's own, in a directory that stands for the page's `/srv/mulu`.
struct Cluster {
    directory: TempDir,
    path: String,
}

impl Cluster {
    fn start(settings: &str) -> Self {
        let find = format!("source {}; postgres_bin", source("tests/postgres-bin.sh"));
        let found = Command::new("bash").args(["-c", &find]).output().unwrap();
        let bin = String::from_utf8(found.stdout).unwrap();
        let mulu = Path::new(env!("CARGO_BIN_EXE_mulu")).parent().unwrap().display().to_string();
        let path = format!("{mulu}:{}:{}", bin.trim(), std::env::var("PATH").unwrap());
        // Under /tmp, because the path of a socket must be short and user postgres must be able to reach it.
        let directory = tempfile::Builder::new().prefix("mulu-pitr.").tempdir_in("/tmp").unwrap();
        let cluster = Self { directory, path };
        if is_root() {
            cluster.run("chown postgres: . && chmod 755 .");
        }
        cluster.as_server(
            "mkdir archive && initdb -D data -U mulu -A trust --encoding=UTF8 --no-sync >initdb.log",
        );
        let settings = cluster.here(settings);
        let own =
            format!("listen_addresses = ''\nunix_socket_directories = '{}'\nfsync = off\n", cluster.root());
        cluster.as_server(&format!("cat >>data/postgresql.conf <<'CONF'\n{settings}{own}CONF\n"));
        cluster.as_server("sed -i '1i local all guarded scram-sha-256' data/pg_hba.conf");
        cluster.as_server("pg_ctl start -s -w -D data -l log </dev/null");
        cluster.run("createdb mulu && mulu migrate");
        cluster.run("psql -qc \"CREATE ROLE guarded SUPERUSER LOGIN PASSWORD 'p@ss word'\" mulu");
        cluster
    }

    fn root(&self) -> String {
        self.directory.path().display().to_string()
    }

    /// A text of the page with this cluster's directory.
    fn here(&self, text: &str) -> String {
        assert!(!text.contains("/srv/") || text.contains("/srv/mulu/"));
        text.replace("/srv/mulu", &self.root())
    }

    /// Runs commands as whoever runs the tests.
    fn run(&self, script: &str) -> String {
        self.finish(Command::new("bash"), script)
    }

    /// Runs commands as the user of the server, which must not be root.
    fn as_server(&self, script: &str) -> String {
        if !is_root() {
            return self.run(script);
        }
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--", "bash"]);
        self.finish(command, script)
    }

    fn finish(&self, mut command: Command, script: &str) -> String {
        for (name, _) in
            std::env::vars().filter(|(name, _)| name.starts_with("MULU_") || name.starts_with("PG"))
        {
            command.env_remove(name);
        }
        command.current_dir(self.directory.path()).env("PATH", &self.path).env("LC_ALL", "C.UTF-8");
        command.env("PGHOST", self.root()).env("PGUSER", "mulu").env("MULU_DATABASE_URL", "postgres:///mulu");
        command.args(["-euo", "pipefail", "-c", script]);
        let done = run(command);
        assert_eq!(done.code, Some(0), "{script}\n{}{}", done.stdout, done.stderr);
        done.stdout
    }

    /// Publishes a version of one catalogue.
    fn publish(&self, day: &str) {
        let file = self.directory.path().join(format!("{day}.ndjson"));
        fs::write(&file, ndjson("513230000000-12", day, 2)).unwrap();
        self.run(&format!("mulu import --publish {day}.ndjson 2>&1"));
    }

    /// What `mulu verify` says of a database.
    fn verified(&self, url: &str) -> serde_json::Value {
        serde_json::from_str(&self.run(&format!("mulu --database-url {url} verify"))).unwrap()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for data in ["data", "recovered"] {
            if self.directory.path().join(data).join("postmaster.pid").exists() {
                self.as_server(&format!("pg_ctl stop -s -w -m immediate -D {data}"));
            }
        }
    }
}

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

#[test]
fn the_postgres_commands_of_the_page_bring_everything_back() {
    let page = PAGES[0];
    let cluster = Cluster::start(&block(page, "archive"));
    for file in crate::kit::registers() {
        fs::write(cluster.directory.path().join(&file.name), &file.bytes).unwrap();
    }
    cluster.run("mulu reference load divisions.csv domains.csv channels.csv units.csv 2>&1");
    cluster.publish("2026-01-01");

    // Dumps, by mulu and by hand.
    cluster.run(&block(page, "dump"));
    let original = cluster.verified("postgres:///mulu");
    for copy in ["postgres:///restored", "postgres:///plain", "sqlite://plain.db"] {
        assert_eq!(cluster.verified(copy), original, "{copy}");
    }

    // A password reaches pg_dump as well.
    let socket = cluster.root().replace('/', "%2F");
    cluster.run(&format!(
        "mulu --database-url 'postgres://guarded:p%40ss%20word@{socket}/mulu' backup guarded.dump"
    ));

    // From one store to the other.
    let mut example = mulu(&["migrate"]);
    example.current_dir(cluster.directory.path());
    assert_eq!(run(example).code, Some(0));
    cluster.run(&block(page, "move"));
    assert_eq!(cluster.verified("postgres:///moved"), cluster.verified("sqlite://mulu.db"));

    // A base backup, one publication that is wanted, an instant, and one that is not.
    cluster.as_server(&cluster.here(&block(page, "base")));
    cluster.publish("2026-02-01");
    let wanted = cluster.verified("postgres:///mulu");
    let instant = cluster.run("psql -Atc 'SELECT clock_timestamp()' mulu").trim().to_owned();
    thread::sleep(Duration::from_millis(20));
    cluster.publish("2026-03-01");
    cluster.run("psql -Atc 'SELECT pg_switch_wal()' mulu");
    cluster.as_server("pg_ctl stop -s -w -m fast -D data");
    let recover = cluster.here(&block(page, "recover"));
    let example = "2026-11-21 14:00:00+08";
    assert!(recover.contains(example), "{recover}");
    cluster.as_server(&recover.replace(example, &instant));
    cluster.as_server("pg_ctl start -s -w -D recovered -l log </dev/null");
    let begun = Instant::now();
    while cluster.run("psql -Atc 'SELECT pg_is_in_recovery()' mulu").trim() == "t" {
        assert!(begun.elapsed() < Duration::from_secs(60), "still recovering");
        thread::sleep(Duration::from_millis(100));
    }
    let recovered: serde_json::Value = serde_json::from_str(&cluster.run(&block(page, "verify"))).unwrap();
    assert_eq!(recovered, wanted);
    cluster.publish("2026-04-01");
}
