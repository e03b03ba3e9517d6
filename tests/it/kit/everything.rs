//! Every public answer under a scope: what two databases are compared by.

use mulu::catalogue::scope::Scope;
use serde_json::Value;

use super::Asking;

const ITEM: &str = "id code digest contentDigest canonical position names name topic relation reason
    origin { id } elements { kind label text values } extensions { key label text } inferred levels methods
    responsibleUnits { text alternatives unit { id name } } channels { required text url channel { code } }
    basis { text title article documentNumber legalBasis { id } } content { text required }
    timeLimit { kind count unit text trigger period } audience { wholeSociety groups { code text } }
    publicityPeriod { text } source { title } domain { code } division { code } version { id }";

/// Lists with a place for the page; a cursor of one database must be that of the other.
fn lists() -> Vec<String> {
    let page = "{ totalCount pageInfo { hasNextPage endCursor } edges { cursor node { NODE } } }";
    let list = |head: &str, node: &str| format!("{head} {}", page.replace("NODE", node));
    let facets = "facets { channels { count channel { code } } domains { count domain { code } }
        levels { count level } methods { count method } units { count text unit { id } } }";
    vec![
        list(
            "divisions(level: COUNTY, PAGE)",
            "id code name fullName level validFrom validTo zone parent { code }
             ancestors { code } successors { code } units { totalCount } children { totalCount }",
        ),
        list("units(PAGE)", "id name shortName formerNames division { code } validFrom validTo"),
        list("domains(PAGE)", "id code name nameEn aliases ministry validFrom validTo"),
        list("channels(PAGE)", "id code name nameEn template"),
        list("legalBases(PAGE)", "id title documentNumber issuer kind status citedBy { totalCount }"),
        list("catalogues(PAGE)", "id code kind title publisherText upstream { code } version { id }"),
        list("items(PAGE)", "id digest").replace("totalCount", &format!("totalCount {facets}")),
        list("items(orderBy: RECENTLY_CHANGED, PAGE)", "id"),
        list("items(orderBy: CODE, filter: { name: \"\u{4e8b}\u{9879}1\" }, PAGE)", "id"),
        list("items(filter: { level: [COUNTY] }, PAGE)", "id"),
    ]
}

/// Questions and answers, errors and all, with the log at one revision on one day.
pub async fn everything(asking: &Asking, scope: Scope) -> Vec<(String, Value)> {
    let at = |question: &str| {
        let Scope { revision, effective_on } = scope;
        format!("{{ at(revision: {revision}, effectiveOn: \"{effective_on}\") {{ {question} }} }}")
    };
    let mut all = vec![at("platform { revision digest }")];
    all.extend(asking_of_versions(asking, &at).await);
    let mut answers = Vec::new();
    for question in all {
        let answer = asking.ask(&question).await;
        answers.push((question, answer));
    }
    for list in lists() {
        let name = list.split('(').next().unwrap();
        let mut page = "first: 50".to_owned();
        loop {
            let question = at(&list.replace("PAGE", &page));
            let answer = asking.ask(&question).await;
            let info = answer["data"]["at"][name]["pageInfo"].clone();
            answers.push((question, answer));
            if info["hasNextPage"] != true {
                break;
            }
            page = format!("first: 50, after: {}", info["endCursor"]);
        }
    }
    answers
}

/// One question a version, so that one that was redacted hides no other.
async fn asking_of_versions(asking: &Asking, at: &impl Fn(&str) -> String) -> Vec<String> {
    let list =
        at("catalogues(first: 100) { totalCount nodes { code versions(first: 100) { nodes { number } } } }");
    let answer = asking.ask(&list).await;
    let catalogues = answer["data"]["at"]["catalogues"]["nodes"].as_array().cloned().unwrap_or_default();
    let mut questions = Vec::new();
    for catalogue in catalogues {
        let code = catalogue["code"].as_str().unwrap();
        for version in catalogue["versions"]["nodes"].as_array().unwrap() {
            let about = format!("catalogue(code: \"{code}\") {{ version(number: {})", version["number"]);
            questions.push(at(&format!(
                "{about} {{ id number state revision digest entriesRoot effectiveFrom itemCount label note publishedAt
                 canonical basedOn {{ id }} omissions {{ totalCount }} }} }}"
            )));
            questions
                .push(at(&format!("{about} {{ items(first: 100) {{ totalCount nodes {{ {ITEM} }} }} }} }}")));
        }
    }
    questions
}
