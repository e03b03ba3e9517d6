//! What is asked, as often as wanted without asking for the same thing twice.

use anyhow::{Context, Result};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::{
    clients::Connection,
    generate::{BOARD, DOMAINS, Scale, TOWN_DOMAINS, rows_of, subject},
};

/// One question with different variables each time.
pub struct Operation {
    pub name: &'static str,
    document: &'static str,
    /// What each time differs; the same for the hand-written statement.
    variables: Vec<(Value, Value)>,
}

impl Operation {
    /// How often it can be asked without asking for the same thing twice.
    pub fn many(&self) -> usize {
        self.variables.len()
    }

    /// The body of the question of a number, for mulu; and for the hand-written statement.
    pub fn body(&self, number: usize) -> String {
        json!({ "query": self.document, "variables": self.variables[number % self.many()].0 }).to_string()
    }

    /// The same question as a link.
    pub fn link(&self, number: usize) -> String {
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let variables = self.variables[number % self.many()].0.to_string();
        format!("/graphql?query={}&variables={}", encoded(self.document), encoded(&variables))
    }

    pub fn parameters(&self, number: usize) -> String {
        self.variables[number % self.many()].1.to_string()
    }
}

pub const NAMES: [&str; 5] = ["item", "list", "deep", "board", "counts"];

const ITEM: &str = "query Item($code: String!) { item(code: $code) {
    id code digest contentDigest position topic name names relation reason
    content { text required } basis { text title documentNumber article legalBasis { title documentNumber status } }
    timeLimit { kind count unit period trigger scope otherLawPrevails text } furtherTimeLimits { kind text }
    publicityPeriod { count unit atLeast text } methods levels audience { wholeSociety groups { text code } }
    responsibleUnits { text alternatives unit { name shortName phone division { name } } }
    channels { channel { code name } required text url } extensions { key label text } inferred
    domain { code name nameEn } division { code name fullName level ancestors { code name level } }
    catalogue { code kind title } version { number state label effectiveFrom publishedAt digest itemCount }
    origin { code } elements { kind label text values } source { title url } } }";
const LIST: &str = "query List($division: String!, $domain: String!) {
    items(filter: { division: $division, domain: [$domain] }, first: 20) { totalCount pageInfo { hasNextPage endCursor }
    nodes { code name elements { kind label text } responsibleUnits { text unit { name } } } } }";
const DEEP: &str = "query Deep($division: String!, $after: String!) {
    items(filter: { division: $division }, first: 20, after: $after) {
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    nodes { code name position timeLimit { text } domain { code name } } } }";
const VILLAGES: &str =
    "query Board($division: String!, $first: Int!) { division(code: $division) { name fullName }
    items(filter: { division: $division, kind: [VILLAGE] }, first: $first) { totalCount nodes {
    code names content { text } timeLimit { text } publicityPeriod { text } responsibleUnits { text }
    channels { channel { name } required } } } }";
const COUNTS: &str = "query Counts($division: String!, $first: Int!, $order: ItemOrder!) {
    items(filter: { division: $division }, first: $first, orderBy: $order) {
    totalCount facets { domains { count domain { code name } } } } }";
/// The pages from which the cursors of the deep page are taken.
const CURSORS: &str = "query Cursors($division: String!, $before: String) {
    items(filter: { division: $division }, last: 100, before: $before) { pageInfo { startCursor } edges { cursor } } }";
/// All items, as they are asked for to have everything in memory.
const SWEEP: &str = "query Sweep($division: String!, $after: String) {
    items(filter: { division: $division }, first: 100, after: $after) { pageInfo { hasNextPage endCursor }
    nodes { name elements { text } basis { legalBasis { title } } responsibleUnits { unit { name } } } } }";

/// An operation over all that a scale has. The cursors of the deep page are asked of a server.
pub async fn of(name: &str, scale: Scale, connection: &mut Connection) -> Result<Operation> {
    let counties = 0..scale.counties;
    let (document, variables) = match name {
        "item" => {
            let county = counties.flat_map(|county| {
                let rows =
                    (0..DOMAINS).flat_map(|domain| (1..=rows_of(domain)).map(move |row| (domain, row)));
                rows.map(move |(domain, row)| {
                    format!("{}-{}-{row:04}", Scale::county(county), subject(domain))
                })
            });
            let towns = scale.towns().flat_map(|(county, town)| {
                (1..=BOARD).map(move |row| format!("{}-00V-{row:04}", Scale::town(county, town)))
            });
            let codes = county.chain(towns);
            (ITEM, codes.map(|code| (json!({ "code": code }), json!([code]))).collect())
        }
        "list" => {
            let of = |division: String, domains: usize| {
                (0..domains).map(move |domain| {
                    let (division, domain) = (division.clone(), subject(domain));
                    let catalogue = format!("{division}-{domain}");
                    (json!({ "division": division, "domain": domain }), json!([catalogue]))
                })
            };
            let towns = scale.towns().filter(|_| scale.town_tables);
            let towns = towns.flat_map(|(county, town)| of(Scale::town(county, town), TOWN_DOMAINS));
            (LIST, counties.flat_map(|county| of(Scale::county(county), DOMAINS)).chain(towns).collect())
        }
        "deep" => (DEEP, deep(scale, connection).await?),
        "board" => {
            let towns = scale.towns().map(|(county, town)| Scale::town(county, town));
            let times = (BOARD - 10..=BOARD).rev();
            let asked = times.flat_map(|first| towns.clone().map(move |division| (division, first)));
            let variables = |(division, first): (String, usize)| {
                let catalogue = format!("{division}-00V");
                (json!({ "division": division, "first": first }), json!([catalogue, first]))
            };
            (VILLAGES, asked.map(variables).collect())
        }
        _ => {
            let orders = ["CATALOGUE", "CODE", "RECENTLY_CHANGED"];
            let times = orders.iter().flat_map(|order| (1..=100).map(move |first| (order, first)));
            let asked = times.flat_map(|(order, first)| counties.clone().map(move |it| (it, order, first)));
            let variables = |(county, order, first): (usize, &&str, i32)| {
                let division = Scale::county(county);
                (json!({ "division": division, "first": first, "order": order }), json!([division]))
            };
            (COUNTS, asked.map(variables).collect())
        }
    };
    let name = NAMES.into_iter().find(|known| *known == name).context("an operation of ours")?;
    Ok(Operation { name, document, variables: shuffled(variables) })
}

/// So that neighbours are not asked for one after the other.
fn shuffled<T>(mut all: Vec<T>) -> Vec<T> {
    let mut chance = crate::generate::Chance::of(&[all.len()]);
    for place in (1..all.len()).rev() {
        all.swap(place, chance.below(place + 1));
    }
    all
}

/// Cursors of the last two hundred of each county's items, of which the last thirty have no whole page after them.
async fn deep(scale: Scale, connection: &mut Connection) -> Result<Vec<(Value, Value)>> {
    let mut found = Vec::new();
    for county in 0..scale.counties {
        let division = Scale::county(county);
        let mut before = Value::Null;
        let mut cursors: Vec<Value> = Vec::new();
        for _ in 0..2 {
            let variables = json!({ "division": division, "before": before });
            let page = connection.data(CURSORS, &variables).await?["items"].take();
            before = page["pageInfo"]["startCursor"].clone();
            cursors
                .splice(..0, page["edges"].as_array().into_iter().flatten().map(|it| it["cursor"].clone()));
        }
        cursors.truncate(cursors.len().saturating_sub(30));
        let variables = |(place, cursor): (usize, Value)| {
            // The same place for the hand-written statement: about so deep.
            let catalogue = format!("{division}-{}", subject(DOMAINS - 4));
            (json!({ "division": division, "after": cursor }), json!([catalogue, place % 40, division]))
        };
        found.extend(cursors.into_iter().enumerate().map(variables));
    }
    Ok(found)
}

/// Asks for everything once, so that it is in memory.
pub async fn sweep(scale: Scale, connection: &mut Connection) -> Result<usize> {
    let towns = scale.towns().map(|(county, town)| Scale::town(county, town));
    let divisions = (0..scale.counties).map(Scale::county).chain(towns);
    let mut pages = 0;
    for division in divisions {
        let mut after = Value::Null;
        loop {
            let variables = json!({ "division": division, "after": after });
            let page = connection.data(SWEEP, &variables).await?["items"]["pageInfo"].take();
            pages += 1;
            if page["hasNextPage"] != true {
                break;
            }
            after = page["endCursor"].clone();
        }
    }
    Ok(pages)
}
