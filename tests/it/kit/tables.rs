//! Tables that pass every rule and otherwise say anything: all elements, unknown ones, texts of every kind.

use std::collections::{BTreeMap, HashMap, HashSet};

use mulu::catalogue::{
    adopt::{Edition, Printed},
    channel::OTHER,
    check::{Known, Severity, check},
    content::{
        Audience, AudienceGroup, BasisCitation, ChannelRule, ChannelUse, Content, ContentPoint, Methods,
    },
    division::{DivisionState, Level},
    domain::DomainState,
    draft::{Base, Document, Header, Row},
    element::{ElementKind, ElementPart, ElementSchema},
    layout::{ChannelName, Glossary},
    legal_basis::LegalKind,
    local::{Local, UnitText},
    text::Text,
    time_limit::{PublicityPeriod, TimeLimit, TimeLimitKind, TimeUnit},
    version::Source,
};
use proptest::{collection::vec, option::of, prelude::*, sample::select};
use serde_json::json;

use super::source;

/// What texts are made of: words, and whatever a file could take for something else.
const PIECES: [&str; 50] = [
    "\u{516C}\u{5F00}",
    "\u{670D}\u{52A1}\u{6307}\u{5357}",
    "\u{6587}\u{4EF6}",
    "\u{5E74}\u{5EA6}",
    "=1+1",
    "=HYPERLINK(\"http://x\")",
    "+SUM(A1)",
    "@x",
    "-2",
    "\t",
    "\n",
    "\n\n",
    " ",
    "  ",
    "|",
    "<b>&amp;\"'",
    "</w:t>",
    "]]>",
    "<!--",
    "&#0;",
    "\0",
    "\u{1}",
    "\u{b}",
    "\u{1b}",
    "\u{7f}",
    "\u{85}",
    "\u{feff}",
    "\u{fffe}",
    "_x000D_",
    "_x005F_x0041_",
    "_x0041",
    "\u{2014}",
    "\u{221A}",
    "\u{25A0}",
    "\u{25A1}\u{653F}\u{5E9C}\u{516C}\u{62A5}",
    "\u{25CF}",
    "\u{3001}",
    "\u{7B49}",
    "\u{540C}\u{4E0A}",
    "\u{1f3db}",
    "e\u{301}",
    "\u{301}",
    "\u{200b}",
    "\u{a0}",
    "\u{3000}",
    "\u{2028}",
    "\u{202e}",
    "0012",
    "TRUE",
    "2026-01-01",
];

const DOMAINS: [&str; 3] = ["01", "12", "20"];
const LEVELS: [Level; 6] =
    [Level::Nation, Level::Province, Level::Prefecture, Level::County, Level::Township, Level::Village];
const KINDS: [ElementKind; 11] = [
    ElementKind::Name,
    ElementKind::Content,
    ElementKind::Basis,
    ElementKind::TimeLimit,
    ElementKind::PublicityPeriod,
    ElementKind::ResponsibleUnit,
    ElementKind::Method,
    ElementKind::Channel,
    ElementKind::Audience,
    ElementKind::Level,
    ElementKind::Extension,
];

/// The national channels, the local ones of the code list, and the domains that the tables name.
pub fn glossary() -> Glossary {
    let list = std::fs::read(source("schema/codelists/channels.csv")).unwrap();
    let mut list = csv::Reader::from_reader(list.as_slice());
    let rows: Vec<HashMap<String, String>> = list.deserialize().map(Result::unwrap).collect();
    let channel = |row: HashMap<String, String>| {
        (row["code"].clone(), ChannelName { name: row["name"].clone(), template: row["template"] == "true" })
    };
    let domains = [("01", "\u{56FD}\u{571F}"), ("12", "\u{6587}\u{5316}")];
    Glossary {
        place: Some("\u{58E4}\u{5858}\u{53BF}".to_owned()),
        domains: domains.map(|(code, name)| (code.parse().unwrap(), name.to_owned())).into(),
        channels: rows.into_iter().map(channel).collect(),
    }
}

/// Documents without one error under the rules.
pub fn documents() -> impl Strategy<Value = Document> {
    let catalogues = select(vec!["513230000000-12", "513230000000-00", "513230100000-00S.02"]);
    let header = (catalogues, of(text()), of(text()), text(), of(text()), vec(source_of_rows(), 0..3));
    let declared = (text(), text());
    let marks = (0..3u8, any::<bool>());
    (header, declared, vec(row(), 0..7), marks).prop_map(|(header, labels, rows, marks)| {
        let (catalogue, title, publisher, label, note, sources) = header;
        let element = |key: &str, label, part| ElementSchema {
            key: key.into(),
            label,
            part,
            schema: json!({ "type": "string" }),
        };
        let header = Header {
            catalogue: catalogue.parse().unwrap(),
            title,
            publisher,
            label,
            effective_from: "2026-01-01".parse().unwrap(),
            note,
            based_on: None,
            elements: vec![
                element("a", labels.0, ElementPart::Content),
                element("b", labels.1, ElementPart::Local),
            ],
            sources,
            omissions: Vec::new(),
        };
        let rows = rows.into_iter().map(|row| fitted(row, &header, marks)).collect();
        let document = Document { header, rows };
        assert_eq!(errors(&document), Vec::<String>::new());
        document
    })
}

/// What a document is once it is published as the first version.
pub fn edition(mut document: Document) -> Edition {
    let base = Base::default();
    document.mint(&base);
    let (rows, elements) = (document.rows.clone(), document.header.elements.clone());
    let draft = document.assemble(&base).unwrap();
    let printed = |(entry, row): (_, Row)| Printed { entry, content: row.content, local: row.local };
    let rows = draft.entries.into_iter().zip(rows).map(printed).collect();
    Edition { version: draft.version, digest: draft.digest, elements, rows }
}

/// What the rules refuse.
fn errors(document: &Document) -> Vec<String> {
    let mut document = document.clone();
    document.mint(&Base::default());
    let state = json!({ "name": "x", "level": "COUNTY" });
    let domain = json!({ "name": "x", "nameEn": "x" });
    let known = Known {
        division: Some(serde_json::from_value::<DivisionState>(state).unwrap()),
        domains: DOMAINS
            .map(|code| (code.to_owned(), serde_json::from_value::<DomainState>(domain.clone()).unwrap()))
            .into(),
        channels: glossary().channels.into_keys().collect(),
        upstream_items: HashSet::new(),
        ..Known::default()
    };
    let findings = check(&document, &Base::default(), &known);
    findings.iter().filter(|it| it.severity() == Severity::Error).map(|it| format!("{it:?}")).collect()
}

/// Brings a row into what the rules ask of it in this document. Marks: 0 no channel tells whether it is required,
/// 1 all do, 2 some; and whether one channel suffices in all rows.
fn fitted(mut row: Row, header: &Header, (required, any): (u8, bool)) -> Row {
    let content = &mut row.content;
    for used in content.channels.iter_mut().flatten() {
        match required {
            0 => used.required = None,
            1 => used.required = Some(used.required == Some(true)),
            _ => {}
        }
    }
    if any {
        content.channel_rule = Some(ChannelRule::Any);
    }
    let local = &mut row.local;
    if header.catalogue.domain.is_some() {
        local.domain = None;
    }
    let listed: HashSet<&str> = content.channels.iter().flatten().map(|used| used.code.as_str()).collect();
    local.addresses = local
        .addresses
        .take()
        .map(|addresses| addresses.into_iter().filter(|(code, _)| listed.contains(code.as_str())).collect());
    let none = content.points.is_none() && content.basis.is_none();
    if none && content.time_limits.is_none() && local.units.is_none() {
        content.points = Some(Vec::new());
    }
    let (content, local) = (&row.content, &row.local);
    let has = |kind: ElementKind| match kind {
        ElementKind::Name => true,
        ElementKind::Content => content.points.is_some(),
        ElementKind::Basis => content.basis.is_some(),
        ElementKind::TimeLimit => content.time_limits.is_some(),
        ElementKind::PublicityPeriod => content.publicity_period.is_some(),
        ElementKind::ResponsibleUnit => local.units.is_some(),
        ElementKind::Method => content.methods.is_some(),
        ElementKind::Channel => content.channels.is_some(),
        ElementKind::Audience => content.audience.is_some(),
        ElementKind::Level => local.levels.is_some(),
        ElementKind::Extension => content.extensions.is_some() || local.extensions.is_some(),
    };
    let inferred = local.inferred.as_ref().map(|all| all.iter().copied().filter(|kind| has(*kind)).collect());
    row.local.inferred = inferred;
    row.source = row.source.filter(|index| (*index as usize) < header.sources.len());
    row
}

/// A text of one to four pieces, now and then with any character that there is.
pub fn text() -> impl Strategy<Value = Text> {
    let piece = prop_oneof![
        9 => select(PIECES.to_vec()).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    vec(piece, 1..4).prop_map(|pieces| {
        let text = Text::new(&pieces.concat());
        // Regular expressions of JSON Schema take U+FEFF for a space, so a text of nothing else is refused.
        let blank = text.as_str().chars().all(|c| c.is_whitespace() || c == '\u{FEFF}');
        if blank { "x".into() } else { text }
    })
}

/// One to three names, often those of a neighbour.
fn names() -> impl Strategy<Value = Vec<Text>> {
    let usual = select(vec!["\u{7532}", "\u{4E59}"]).prop_map(Text::from);
    vec(prop_oneof![3 => usual.boxed(), 1 => text().boxed()], 1..4)
}

fn row() -> impl Strategy<Value = Row> {
    (content(), local(), of(text()), of(0..3u32)).prop_map(|(content, local, reason, source)| Row {
        item: None,
        content,
        local,
        origin: None,
        reason,
        source,
    })
}

fn content() -> impl Strategy<Value = Content> {
    let tick = || any::<Option<bool>>();
    let point = (text(), tick()).prop_map(|(text, required)| ContentPoint { text, required });
    let methods = (tick(), tick()).prop_map(|(proactive, on_request)| Methods { proactive, on_request });
    let group = (text(), of(text())).prop_map(|(text, code)| AudienceGroup { text, code });
    let audience =
        (tick(), of(vec(group, 0..3))).prop_map(|(whole_society, groups)| Audience { whole_society, groups });
    let rule = select(vec![ChannelRule::All, ChannelRule::Any]);
    (
        names(),
        of(vec(point, 0..4)),
        of(vec(citation(), 0..3)),
        of(vec(time_limit(), 0..3)),
        of(publicity_period()),
        of(methods),
        of(vec(channel(), 0..4)),
        of(rule),
        of(audience),
        of(vec(select(KINDS.to_vec()), 0..3)),
        of(text()),
    )
        .prop_map(|made| Content {
            names: made.0,
            points: made.1,
            basis: made.2,
            time_limits: made.3,
            publicity_period: made.4,
            methods: made.5,
            channels: made.6,
            channel_rule: made.7,
            audience: made.8,
            open_ended: made.9,
            extensions: made.10.map(|text| BTreeMap::from([("a".into(), text)])),
        })
}

fn local() -> impl Strategy<Value = Local> {
    let unit =
        (text(), of(vec(text(), 0..3))).prop_map(|(text, alternatives)| UnitText { text, alternatives });
    let levels = prop::collection::btree_map(select(LEVELS.to_vec()), any::<bool>(), 0..4);
    let address = text().prop_map(|text| Text::new(&format!("https://{text}")));
    (
        of(select(DOMAINS.to_vec())),
        of(vec(unit, 0..3)),
        of(levels),
        of(prop::collection::btree_map(code(), address, 0..3)),
        of(text()),
        of(vec(select(KINDS.to_vec()), 0..3)),
    )
        .prop_map(|(domain, units, levels, addresses, extension, inferred)| Local {
            domain: domain.map(|code| code.parse().unwrap()),
            units,
            levels,
            addresses: addresses.map(Into::into),
            extensions: extension.map(|text| BTreeMap::from([("b".into(), text)])),
            inferred,
        })
}

fn code() -> impl Strategy<Value = String> {
    select(vec!["GOV_WEBSITE", "COMMUNITY_BOARD", "LIBRARY", "TAX_HALL", OTHER]).prop_map(str::to_owned)
}

fn channel() -> impl Strategy<Value = ChannelUse> {
    (code(), any::<Option<bool>>(), of(text())).prop_map(|(code, required, text)| ChannelUse {
        code,
        required,
        text,
    })
}

fn citation() -> impl Strategy<Value = BasisCitation> {
    let kinds = vec![LegalKind::Law, LegalKind::Regulation, LegalKind::Other];
    (text(), of(text()), of(text()), of(text()), of(select(kinds))).prop_map(
        |(text, title, document_number, article, kind)| BasisCitation {
            text,
            title,
            document_number,
            article,
            kind,
        },
    )
}

fn unit() -> impl Strategy<Value = TimeUnit> {
    use TimeUnit::*;
    select(vec![Hour, WorkingDay, Day, Week, Month, Quarter, HalfYear, Year])
}

fn time_limit() -> impl Strategy<Value = TimeLimit> {
    use TimeLimitKind::*;
    let kinds = vec![
        Within,
        RealTime,
        Timely,
        LongTerm,
        Periodic,
        FixedDate,
        BeforeEvent,
        WithEvent,
        AsPrescribed,
        Other,
        Unstated,
    ];
    let words = (of(text()), of(text()), any::<Option<bool>>(), of(text()));
    (select(kinds), of((1..10_000u16, unit())), unit(), words).prop_map(|(kind, counted, period, words)| {
        let counted = match kind {
            Within => Some(counted.unwrap_or((20, TimeUnit::WorkingDay))),
            BeforeEvent | Periodic => counted,
            _ => None,
        };
        let (trigger, scope, other_law_prevails, text) = words;
        TimeLimit {
            kind,
            count: counted.map(|it| it.0),
            unit: counted.map(|it| it.1),
            period: (kind == Periodic).then_some(period),
            trigger,
            scope,
            other_law_prevails,
            text,
        }
    })
}

fn publicity_period() -> impl Strategy<Value = PublicityPeriod> {
    (1..10_000u16, unit(), any::<bool>(), of(text()))
        .prop_map(|(count, unit, at_least, text)| PublicityPeriod { count, unit, at_least, text })
}

fn source_of_rows() -> impl Strategy<Value = Source> {
    (of(text()), of(text()), of(text())).prop_map(|(title, publisher, url)| Source {
        title,
        publisher,
        url,
        ..Source::default()
    })
}
