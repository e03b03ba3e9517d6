//! What a page says around its table: facts about itself above, remarks (注) below.

use super::words::folded;

/// What pages call their facts.
const FACTS: [&str; 12] = [
    "索引号",
    "主题分类",
    "发布机构",
    "发布单位",
    "发文机关",
    "公开单位",
    "成文日期",
    "发布日期",
    "发布时间",
    "生成日期",
    "发文字号",
    "文号",
];

/// What a remark begins with.
const REMARKS: [&str; 4] = ["注", "备注", "说明", "附注"];

/// The facts that lines state, one behind the other: 文号: 青民发〔2024〕5号; 发布日期: 2024-03-12. Empty where there are none.
pub(super) fn facts<'l>(lines: impl Iterator<Item = &'l str>) -> String {
    let mut found: Vec<String> = Vec::new();
    for line in lines {
        for fact in FACTS {
            let Some((_, rest)) = line.split_once(fact) else { continue };
            let Some(rest) = rest.trim_start().strip_prefix([':', '\u{ff1a}']) else { continue };
            let value = rest.split_whitespace().next().unwrap_or_default();
            if !value.is_empty() {
                found.push(format!("{fact}: {value}"));
            }
        }
    }
    found.join("; ")
}

/// The remarks among the lines below a table, each with the numbered lines that go on with it.
pub(super) fn remarks<'l>(lines: impl Iterator<Item = &'l str>) -> Vec<String> {
    let mut remarks: Vec<String> = Vec::new();
    let mut open = false;
    for line in lines.map(str::trim) {
        let words = folded(line);
        if REMARKS.iter().any(|word| words.strip_prefix(word).is_some_and(|rest| rest.starts_with(':'))) {
            open = true;
        } else {
            open &= numbered(&words);
        }
        if open {
            remarks.push(line.to_owned());
        }
    }
    remarks
}

/// 1. or 2、 or (三) at the beginning.
fn numbered(words: &str) -> bool {
    let number = |c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c);
    let rest = words.trim_start_matches('(');
    let after = rest.trim_start_matches(number);
    after.len() < rest.len() && after.starts_with(['.', '、', ')'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_and_remarks_are_told_from_the_rest_of_a_page() {
        let above = [
            "首页 > 政务公开",
            "索引号: a/1 发布机构\u{ff1a}县民政局",
            "文号: 青民发〔2024〕5号 浏览次数: 1",
        ];
        assert_eq!(facts(above.into_iter()), "索引号: a/1; 发布机构: 县民政局; 文号: 青民发〔2024〕5号");
        let below = ["注\u{ff1a}1.甲", "2.乙", "打印 关闭", "3.丙", "备注: 丁", "注意事项"];
        assert_eq!(remarks(below.into_iter()), ["注\u{ff1a}1.甲", "2.乙", "备注: 丁"]);
    }
}
