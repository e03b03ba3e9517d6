//! Settings: defaults < file < environment < flags; unknown keys are refused.

use crate::kit::{mulu, run};

#[test]
fn each_source_overrides_the_one_before() {
    let directory = tempfile::tempdir().unwrap();
    let shown = |file: Option<&str>, variables: &[(&str, &str)], flags: &[&str]| {
        let mut command = mulu(&[flags, &["config"]].concat());
        command.current_dir(directory.path());
        if let Some(text) = file {
            std::fs::write(directory.path().join("mulu.toml"), text).unwrap();
        }
        command.envs(variables.iter().copied());
        let output = run(command);
        (output.code, output.stdout + &output.stderr)
    };
    let (_, text) = shown(None, &[], &[]);
    assert!(
        text.contains("database_url = \"sqlite://mulu.db\"") && text.contains("listen = \"127.0.0.1:8790\""),
        "{text}"
    );
    let file = "database_url = \"sqlite://file.db\"\nlisten = \"[::1]:9000\"\n";
    let (_, text) = shown(Some(file), &[], &[]);
    assert!(text.contains("sqlite://file.db") && text.contains("[::1]:9000"), "{text}");
    let variable = [("MULU_DATABASE_URL", "sqlite://variable.db"), ("MULU_REQUEST_TIMEOUT_S", "7")];
    let (_, text) = shown(None, &variable, &[]);
    assert!(
        text.contains("sqlite://variable.db")
            && text.contains("[::1]:9000")
            && text.contains("request_timeout_s = 7"),
        "{text}"
    );
    let file = "cors_origins = [\"https://a.example\"]\n[http]\nbody_bytes = 7\nuri_bytes = 8\n";
    let lists = [("MULU_TRUSTED_PROXIES", "10.0.0.0/8, ::1/128"), ("MULU_HTTP_URI_BYTES", "9")];
    let (_, text) = shown(Some(file), &lists, &[]);
    for part in [
        "trusted_proxies = [\"10.0.0.0/8\", \"::1/128\"]",
        "cors_origins = [\"https://a.example\"]",
        "metrics = \"on\"",
        "[http]",
        "body_bytes = 7",
        "uri_bytes = 9",
        "requests = 512",
    ] {
        assert!(text.lines().any(|line| line == part), "{part}: {text}");
    }
    let (_, text) = shown(Some(""), &variable, &["--database-url", "postgres://mulu:secret@db.example/mulu"]);
    assert!(text.contains("postgres://mulu:***@db.example/mulu") && !text.contains("secret"), "{text}");
}

#[test]
fn what_is_shown_is_a_settings_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("shown.toml");
    let shown = run(mulu(&["config"])).stdout;
    std::fs::write(&path, &shown).unwrap();
    let again = run(mulu(&["--config", path.to_str().unwrap(), "config"]));
    assert_eq!(again.stdout, shown, "{}", again.stderr);
}

#[test]
fn unknown_keys_and_bad_values_are_refused_in_both_languages() {
    let directory = tempfile::tempdir().unwrap();
    let refused = |file: &str, variable: (&str, &str)| {
        let path = directory.path().join("settings.toml");
        std::fs::write(&path, file).unwrap();
        let mut command = mulu(&["--config", path.to_str().unwrap(), "config"]);
        command.env(variable.0, variable.1);
        let output = run(command);
        assert_eq!(output.code, Some(1), "{}", output.stdout);
        output.stderr
    };
    let ok = ("MULU_LOG_FORMAT", "human");
    for (file, variable, part) in [
        ("databse_url = \"x\"", ok, "databse_url"),
        ("listen = \"here\"", ok, "设置有误"),
        ("listen = ", ok, "settings.toml"),
        ("", ("MULU_DATABSE_URL", "x"), "MULU_DATABSE_URL"),
        ("", ("MULU_LOG_FORMAT", "xml"), "xml"),
        ("", ("MULU_REQUEST_TIMEOUT_S", "soon"), "soon"),
        ("", ("MULU_TRUSTED_PROXIES", "10.0.0.0/8,here"), "设置有误"),
        ("", ("MULU_METRICS", "maybe"), "maybe"),
        ("", ("MULU_HTTP_REQUESTS", "0"), "http.*"),
        ("", ("MULU_HTTP_BODY_BYTES", "many"), "many"),
        ("[http]\nbody = 1", ok, "body"),
    ] {
        let message = refused(file, variable);
        assert!(message.contains(part) && message.contains("BAD_INPUT"), "{part}: {message}");
    }
    let missing = run(mulu(&["--config", "nowhere.toml", "config"]));
    assert!(missing.stderr.contains("nowhere.toml"), "{}", missing.stderr);
    let mut strange = mulu(&["migrate"]);
    strange.env("MULU_DATABASE_URL", "mysql://x");
    assert!(run(strange).stderr.contains("sqlite:"));
    let mut clock = mulu(&["migrate"]);
    clock.env("MULU_NOW", "yesterday");
    assert!(run(clock).stderr.contains("RFC 3339"));
}
