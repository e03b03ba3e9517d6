//! Has mulu built again when GraphiQL's bundle came, changed or went: the bundle is embedded, its absence is admitted.

fn main() {
    // Watching a path that is not there would build mulu again every time.
    let bundle = "explorer/dist";
    let watched = if std::path::Path::new(bundle).exists() { bundle } else { "explorer" };
    println!("cargo::rerun-if-changed={watched}");
}
