//! Code lists (代码表): the codes that stand in rows, and what each is called in Chinese.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    content::ChannelRule,
    dataset::Titles,
    division::Level,
    domain::AssignmentRole,
    element::ElementKind,
    legal_basis::{LegalKind, LegalStatus},
    lineage::Relation,
    schema,
    time_limit::{TimeLimitKind, TimeUnit},
    version::CatalogueKind,
};

/// A code list (代码表).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeList {
    /// Its name.
    pub name: &'static str,
    /// The Chinese term.
    pub label: &'static str,
    /// Each code with its Chinese term, in the order of the list.
    pub codes: Vec<(String, String)>,
}

/// All code lists, with the domains and channels that are named.
pub fn all(titles: &Titles) -> Vec<CodeList> {
    let named = |name, label, codes| CodeList { name, label, codes };
    let domains = titles.domains.iter().map(|(code, name)| (code.to_string(), name.clone())).collect();
    let channels = titles.channels.iter().map(|(code, name)| (code.clone(), name.clone())).collect();
    vec![
        named("catalogueKind", "目录类型", codes(CatalogueKind::label)),
        named("relation", "与上游的关系", codes(Relation::label)),
        named("element", "公开要素", codes(ElementKind::label)),
        named("timeLimitKind", "公开时限的种类", codes(TimeLimitKind::label)),
        named("timeUnit", "时间单位", codes(TimeUnit::label)),
        named("channelRule", "渠道要求", codes(channel_rule)),
        named("level", "层级", codes(Level::label)),
        named("legalKind", "依据的类别", codes(legal_kind)),
        named("legalStatus", "效力状态", codes(legal_status)),
        named("role", "分工", codes(role)),
        named("domain", "领域", domains),
        named("channel", "公开渠道和载体", channels),
    ]
}

/// The codes of a type, in the order of its schema.
fn codes<T: JsonSchema + DeserializeOwned>(label: fn(T) -> &'static str) -> Vec<(String, String)> {
    let schema = schema::of::<T>().to_value();
    let described = schema["oneOf"].as_array().into_iter().flatten().map(|one| &one["const"]);
    let plain = schema["enum"].as_array().into_iter().flatten();
    let codes = described.chain(plain).filter_map(Value::as_str);
    let named =
        |code: &str| Some((code.to_owned(), label(serde_json::from_value(code.into()).ok()?).to_owned()));
    codes.filter_map(named).collect()
}

fn channel_rule(rule: ChannelRule) -> &'static str {
    match rule {
        ChannelRule::All => "全部",
        ChannelRule::Any => "至少其一",
    }
}

fn legal_kind(kind: LegalKind) -> &'static str {
    match kind {
        LegalKind::Law => "法律",
        LegalKind::Regulation => "行政法规、地方性法规",
        LegalKind::Rule => "部门规章、地方政府规章",
        LegalKind::NormativeDocument => "规范性文件",
        LegalKind::Other => "其他",
    }
}

fn legal_status(status: LegalStatus) -> &'static str {
    match status {
        LegalStatus::InForce => "现行有效",
        LegalStatus::Amended => "已修改",
        LegalStatus::Repealed => "已废止",
        LegalStatus::Unknown => "未知",
    }
}

fn role(role: AssignmentRole) -> &'static str {
    match role {
        AssignmentRole::Responsible => "负责",
        AssignmentRole::Lead => "牵头",
        AssignmentRole::Support => "配合",
        AssignmentRole::Guiding => "指导",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_a_list_has_a_chinese_term() {
        let counts: Vec<(&str, usize)> =
            all(&Titles::default()).iter().map(|list| (list.name, list.codes.len())).collect();
        let expected = [
            ("catalogueKind", 4),
            ("relation", 3),
            ("element", 11),
            ("timeLimitKind", 11),
            ("timeUnit", 8),
            ("channelRule", 2),
            ("level", 6),
            ("legalKind", 5),
            ("legalStatus", 4),
            ("role", 4),
            ("domain", 0),
            ("channel", 0),
        ];
        assert_eq!(counts, expected);
        assert_eq!(codes(Relation::label)[0], ("ADOPTED".to_owned(), "采用".to_owned()));
    }
}
