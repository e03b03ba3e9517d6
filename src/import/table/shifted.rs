//! Labels that stand one row beside their text (标签与文字错行), as in tables that were typed off: the words beside a label
//! are about the next one, several rows in a row. Which belongs to which is then nobody's guess.

use super::words::folded;

/// How many neighbouring rows it takes: one may be a coincidence.
const ROWS: usize = 2;
/// The fewest characters of a label that says what a text is about.
const SHORTEST: usize = 4;

/// The rows whose text names the label of the row above or below and not their own, each with the label that it names.
pub(in crate::import) fn shifted<'t>(labels: &[&'t str], texts: &[&str]) -> Vec<(usize, &'t str)> {
    let labels_folded: Vec<String> = labels.iter().map(|label| folded(label)).collect();
    let texts: Vec<String> = texts.iter().map(|text| folded(text)).collect();
    let names = |text: usize, label: usize| {
        let (Some(text), Some(label)) = (texts.get(text), labels_folded.get(label)) else { return false };
        label.split(['、', ';', ',']).any(|label| is_about(text, label))
    };
    for below in [true, false] {
        let other = |row: usize| if below { Some(row + 1) } else { row.checked_sub(1) };
        let other = |row: usize| other(row).filter(|label| names(row, *label) && !names(row, row));
        let mut found: Vec<(usize, &str)> = Vec::new();
        let mut run: Vec<(usize, &str)> = Vec::new();
        for row in 0..=texts.len() {
            match other(row).and_then(|label| labels.get(label)) {
                Some(label) => run.push((row, label)),
                None if run.len() >= ROWS => found.append(&mut run),
                None => run.clear(),
            }
        }
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

/// Whether a text has all characters of a label near each other, in their order: 编制完成标准目录 is about 编制标准目录.
fn is_about(text: &str, label: &str) -> bool {
    let label: Vec<char> = label.chars().collect();
    let text: Vec<char> = text.chars().collect();
    let has = |near: &[char]| {
        let mut rest = near.iter();
        label.iter().all(|c| rest.any(|other| other == c))
    };
    let near = |at: usize| &text[at..(at + label.len() * 2).min(text.len())];
    label.len() >= SHORTEST && (0..text.len()).any(|at| text[at] == label[0] && has(near(at)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_rows_that_name_their_neighbour_are_shifted() {
        let labels = ["梳理公开事项", "编制标准目录", "规范工作流程"];
        let texts = ["编制完成标准目录", "规范公开工作流程", "健全解读回应机制"];
        assert_eq!(shifted(&labels, &texts), [(0, "编制标准目录"), (1, "规范工作流程")]);
        let texts = ["梳理各公开事项", "编制完成标准目录", "规范公开工作流程"];
        assert_eq!(shifted(&labels, &texts), []);
        let labels = ["社会救助", "养老服务", "义务教育"];
        let texts = ["", "社会救助对象名单", "养老服务机构名单"];
        assert_eq!(shifted(&labels, &texts), [(1, "社会救助"), (2, "养老服务")]);
        assert_eq!(shifted(&labels, &["养老服务机构", "", ""]), []);
        assert!(!is_about("社区服务中心开会时要求各部门参与救灾并互相帮助", "社会救助"));
    }
}
