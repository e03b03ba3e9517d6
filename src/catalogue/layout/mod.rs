//! The national template's table layout (国家模板版式): a version as the table that governments print. Which columns
//! there are, what stands over them, the words in each cell, and what a table of this form cannot say.
//!
//! Everything here is words. Files are made of them in `export`; an import compares a cell with what the last version
//! prints there, and keeps that version's reading where the words are the same.

mod cell;
mod channels;
mod head;
mod hidden;
mod table;

use std::collections::{BTreeMap, BTreeSet};

pub use head::{Head, ROWS as HEAD_ROWS};
pub use hidden::{Hidden, NotShown};
pub use table::{Merge, Table};

use super::{
    adopt::{Edition, Printed},
    channel::{OTHER, TEMPLATE_ORDER},
    code::DomainCode,
    content::ChannelRule,
    division::Level,
    element::{ElementKind, ElementPart, ElementSchema},
    text::Text,
    version::{Source, Version},
};

/// Stands where an element is not known. An element that is known to have nothing is blank.
pub const UNKNOWN: &str = "—";

/// 勾选.
pub const TICK: &str = "√";

/// The names that a table prints where a version has codes. What is missing is printed as its code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Glossary {
    /// The name of the catalogue's division, for a title where none is printed; `None` where it is not known.
    pub place: Option<String>,
    /// 领域, by code.
    pub domains: BTreeMap<DomainCode, String>,
    /// 公开渠道和载体 that are registered, by code.
    pub channels: BTreeMap<String, ChannelName>,
}

/// A registered channel as a table prints it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelName {
    /// 名称.
    pub name: String,
    /// Whether the national template lists it: such a channel is printed in every row, chosen or not.
    pub template: bool,
}

/// What the cells of one column say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// 序号: the row's place in the table, no element.
    Sequence,
    /// 领域 of the row, in a `00` catalogue only; no element.
    Domain,
    /// 公开事项: the name at a level, 0 for 一级事项.
    Name(usize),
    /// 公开内容.
    Content,
    /// 公开依据.
    Basis,
    /// 公开时限, and 公示期 below it.
    TimeLimit,
    /// 公开主体.
    ResponsibleUnit,
    /// 公开渠道和载体.
    Channel,
    /// 公开对象: whether it is 全社会.
    WholeSociety,
    /// 公开对象: the 特定群体.
    Groups,
    /// 公开方式: whether it is 主动.
    Proactive,
    /// 公开方式: whether it is 依申请公开.
    OnRequest,
    /// 公开层级: the tick of one level.
    Level(Level),
    /// 扩展要素, by the part of the item that holds it and its key.
    Extension(ElementPart, Text),
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// What its cells say.
    pub part: Part,
    /// What stands over it and its neighbours (公开事项); `None` where it stands alone under its own label.
    pub group: Option<&'static str>,
    /// What stands over it alone.
    pub label: String,
}

/// How a version is printed: its title, its columns, and the words of each cell.
#[derive(Clone, Debug)]
pub struct Layout {
    /// 标题; made from place, domain and kind where the version has none.
    pub title: String,
    /// The line below the title: publisher, version, day, code.
    pub about: String,
    /// A short name of the table: its domain, or the catalogue's code where it has none.
    pub name: String,
    /// The columns from left to right.
    pub columns: Vec<Column>,
    /// The two rows above them.
    pub head: Vec<Head>,
    /// How `■` and `□` are meant in this version.
    pub marks: Marks,
    version: Version,
    declared: Vec<ElementSchema>,
    glossary: Glossary,
    /// Codes of the template's channels in its order, [`OTHER`] last.
    template: Vec<String>,
}

/// What the boxes before the channels mean, for a whole version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// ■ is 必选 and □ 可选, and channels that a row does not have are left out. Otherwise ■ is chosen, □ is not.
    pub required: bool,
    /// 在标注范围内至少选择其一公开.
    pub any: bool,
}

impl Part {
    /// The elements whose words stand there; none for 序号 and 领域.
    pub fn elements(&self) -> &'static [ElementKind] {
        match self {
            Self::Sequence | Self::Domain => &[],
            Self::Name(_) => &[ElementKind::Name],
            Self::Content => &[ElementKind::Content],
            Self::Basis => &[ElementKind::Basis],
            Self::TimeLimit => &[ElementKind::TimeLimit, ElementKind::PublicityPeriod],
            Self::ResponsibleUnit => &[ElementKind::ResponsibleUnit],
            Self::Channel => &[ElementKind::Channel],
            Self::WholeSociety | Self::Groups => &[ElementKind::Audience],
            Self::Proactive | Self::OnRequest => &[ElementKind::Method],
            Self::Level(_) => &[ElementKind::Level],
            Self::Extension(..) => &[ElementKind::Extension],
        }
    }
}

impl Layout {
    /// The layout of a version.
    pub fn of(edition: &Edition, glossary: Glossary) -> Self {
        let rows = &edition.rows;
        let marks = Marks::of(rows);
        let columns = columns(edition, marks);
        let version = edition.version.clone();
        let domain = version.catalogue.domain.as_ref();
        let domain = domain.map(|code| glossary.domains.get(code).map_or(code.as_str(), String::as_str));
        Self {
            title: cell::visible(&title(&version, glossary.place.as_deref(), domain)),
            about: cell::visible(&about(&version)),
            name: cell::visible(domain.unwrap_or(version.catalogue.as_str())),
            head: head::of(&columns),
            columns,
            marks,
            template: template(&glossary),
            declared: edition.elements.clone(),
            version,
            glossary,
        }
    }

    /// The words of each cell of a row, which has this place in the table, from 0.
    pub fn cells(&self, place: usize, row: &Printed) -> Vec<String> {
        let cell = |column: &Column| match column.part {
            Part::Sequence => (place + 1).to_string(),
            _ => self.cell(&column.part, row),
        };
        self.columns.iter().map(cell).collect()
    }

    /// The whole table of a version's rows.
    pub fn table(self, rows: &[Printed]) -> Table {
        let rows: Vec<Vec<String>> =
            rows.iter().enumerate().map(|(place, row)| self.cells(place, row)).collect();
        let merges = table::merges(&self.columns, &rows);
        Table { layout: self, rows, merges }
    }

    /// The version's header.
    pub fn version(&self) -> &Version {
        &self.version
    }

    fn source(&self, index: u32) -> Option<&Source> {
        self.version.sources.get(usize::try_from(index).ok()?)
    }
}

impl Marks {
    fn of(rows: &[Printed]) -> Self {
        let mut told = rows.iter().flat_map(|row| row.content.channels.iter().flatten()).peekable();
        let required = told.peek().is_some() && told.all(|used| used.required.is_some());
        let ruled = |row: &&Printed| row.content.channels.is_some() || row.content.channel_rule.is_some();
        let mut rules = rows.iter().filter(ruled).map(|row| row.content.channel_rule).peekable();
        let any = rules.peek().is_some() && rules.all(|rule| rule == Some(ChannelRule::Any));
        Self { required, any }
    }

    /// What the header says of them; empty where the boxes mean what they always do.
    fn note(self) -> String {
        let required = "\u{201c}■\u{201d}表示必选项\u{ff0c}\u{201c}□\u{201d}表示可选项";
        let any = "在标注范围内至少选择其一公开";
        match (self.required, self.any) {
            (true, true) => format!("\u{ff08}{required}\u{ff0c}{any}\u{ff09}"),
            (true, false) => format!("\u{ff08}{required}\u{ff09}"),
            (false, true) => format!("\u{ff08}{any}\u{ff09}"),
            (false, false) => String::new(),
        }
    }
}

fn columns(edition: &Edition, marks: Marks) -> Vec<Column> {
    let rows = &edition.rows;
    let mut columns = vec![Column::alone(Part::Sequence, "序号")];
    let spans_domains = edition.version.catalogue.domain.is_none();
    if spans_domains && rows.iter().any(|row| row.local.domain.is_some()) {
        columns.push(Column::alone(Part::Domain, "领域"));
    }
    let depth = rows.iter().map(|row| row.content.names.len()).max().unwrap_or(2);
    match depth {
        0 | 1 => columns.push(Column::alone(Part::Name(0), "公开事项")),
        _ => columns.extend((0..depth).map(|level| {
            let number = ["一", "二", "三"].get(level).copied().unwrap_or_default();
            Column::under("公开事项", Part::Name(level), format!("{number}级事项"))
        })),
    }
    columns.extend([
        Column::alone(Part::Content, "公开内容\u{ff08}要素\u{ff09}"),
        Column::alone(Part::Basis, "公开依据"),
        Column::alone(Part::TimeLimit, "公开时限"),
        Column::alone(Part::ResponsibleUnit, "公开主体"),
        Column::alone(Part::Channel, format!("公开渠道和载体{}", marks.note())),
        Column::under("公开对象", Part::WholeSociety, "全社会"),
        Column::under("公开对象", Part::Groups, "特定群体"),
        Column::under("公开方式", Part::Proactive, "主动"),
        Column::under("公开方式", Part::OnRequest, "依申请公开"),
    ]);
    let levels: BTreeSet<Level> =
        rows.iter().flat_map(|row| row.local.levels.iter().flatten()).map(|(level, _)| *level).collect();
    columns
        .extend(levels.into_iter().map(|level| Column::under("公开层级", Part::Level(level), level.label())));
    columns.extend(extensions(edition));
    columns
}

/// A column for each further element that a row has: in the order of their declarations, then by key.
fn extensions(edition: &Edition) -> Vec<Column> {
    let keys = |part: ElementPart| -> BTreeSet<&Text> {
        edition.rows.iter().flat_map(|row| cell::extensions(part, row)).map(|(key, _)| key).collect()
    };
    let declared = |part: ElementPart, key: &Text| {
        edition.elements.iter().position(|element| element.part == part && element.key == *key)
    };
    let mut columns = Vec::new();
    for part in [ElementPart::Content, ElementPart::Local] {
        for key in keys(part) {
            let place = declared(part, key);
            let label = place.and_then(|place| edition.elements.get(place)).map_or(key, |it| &it.label);
            let label = cell::visible(label.as_str());
            columns.push((place.is_none(), place, Column::alone(Part::Extension(part, key.clone()), label)));
        }
    }
    columns.sort_by_key(|(undeclared, place, _)| (*undeclared, *place));
    columns.into_iter().map(|(_, _, column)| column).collect()
}

impl Column {
    fn alone(part: Part, label: impl Into<String>) -> Self {
        Self { part, group: None, label: label.into() }
    }

    fn under(group: &'static str, part: Part, label: impl Into<String>) -> Self {
        Self { part, group: Some(group), label: label.into() }
    }
}

/// The template's channels in its order; what the register lists beyond it by code, and [`OTHER`] last.
fn template(glossary: &Glossary) -> Vec<String> {
    let listed = glossary.channels.iter().filter(|(_, channel)| channel.template);
    let mut codes: Vec<String> = listed.map(|(code, _)| code.clone()).collect();
    codes.sort_by_key(|code| {
        let place = TEMPLATE_ORDER.iter().position(|other| other == code).unwrap_or(TEMPLATE_ORDER.len());
        (code == OTHER, place)
    });
    codes
}

fn title(version: &Version, place: Option<&str>, domain: Option<&str>) -> String {
    let made = || {
        let domain = domain.map(|domain| format!("{domain}领域")).unwrap_or_default();
        format!("{}{domain}基层政务公开{}", place.unwrap_or_default(), version.catalogue.kind.label())
    };
    version.title.as_ref().map_or_else(made, ToString::to_string)
}

fn about(version: &Version) -> String {
    let publisher = version.publisher.as_ref().map(|publisher| format!("发布单位\u{ff1a}{publisher}"));
    let label = format!("版本\u{ff1a}{}\u{ff08}第{}版\u{ff09}", version.label, version.number);
    let day = format!("施行日期\u{ff1a}{}", version.effective_from);
    let code = format!("目录代码\u{ff1a}{}", version.catalogue);
    publisher.into_iter().chain([label, day, code]).collect::<Vec<_>>().join("\u{3000}")
}
