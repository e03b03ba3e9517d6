//! The pages on data have every column, as it is declared.

use mulu::catalogue::{column::Columns, reference::Register};

use crate::kit::root;

#[test]
fn every_column_is_in_the_pages_on_data() {
    let page = |name: &str| std::fs::read_to_string(root().join(name)).unwrap();
    let (english, chinese) = (page("docs/data.md"), page("docs/data.zh-CN.md"));
    let columns = Columns::declared();
    let mut rows = Vec::new();
    for column in &columns.item {
        let (name, label, kind) = (column.name(), column.label(), column.kind().name());
        rows.push((name, label, kind, column.en(), column.zh()));
    }
    let registers = Register::ALL.iter().flat_map(|register| columns.of(*register));
    for column in registers.chain(&columns.change) {
        rows.push((column.name(), column.label(), column.kind().name(), column.en(), column.zh()));
    }
    let declared = rows.len();
    for (name, label, kind, en, zh) in rows {
        let english_row = format!("| `{name}` | {label} | {kind} | {en} |");
        let chinese_row = format!("| `{name}` | {label} | {kind} | {zh} |");
        assert!(english.lines().any(|line| line == english_row), "missing: {english_row}");
        assert!(chinese.lines().any(|line| line == chinese_row), "missing: {chinese_row}");
    }
    for text in [&english, &chinese] {
        let shown =
            text.lines().filter(|line| line.starts_with("| `") && line.matches(" | ").count() == 3).count();
        assert_eq!(shown, declared, "a column that is not declared");
    }
}
