//! Made-up registers and catalogues, from a seed: the same each time. Counties adopt the guidelines of the nation and
//! townships the catalogues of their county, so that contents are shared as they are in earnest; who and where differ.

use mulu::{
    catalogue::{
        code::{CatalogueCode, ItemCode},
        content::{BasisCitation, ChannelUse, Content, ContentPoint, Methods},
        digest::Digest,
        division::Level,
        draft::{Document, Header, Row, Upstream},
        lineage::Origin,
        local::{Local, UnitText},
        text::Text,
        time_limit::{TimeLimit, TimeLimitKind, TimeUnit},
        version::Omission,
    },
    import::File,
};

/// Changes whenever something else is made: then kept files are made anew.
pub const FORMAT: u32 = 1;
pub const SEED: u64 = 20_190_054;

pub const DOMAINS: usize = 26;
/// Domains of which a township has a catalogue.
pub const TOWN_DOMAINS: usize = 9;
const TOWN_ROWS: usize = 25;
/// What a village must show.
pub const BOARD: usize = 50;

/// How much is made.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    pub name: &'static str,
    pub counties: usize,
    pub towns_a_county: usize,
    /// Whether townships have more than the list of their villages.
    pub town_tables: bool,
}

impl Scale {
    /// One county: 1,200 items with the list of a township's villages.
    pub const S: Self = Self { name: "S", counties: 1, towns_a_county: 1, town_tables: false };
    /// 100 counties, 1,400 townships, 500,000 items.
    pub const M: Self = Self { name: "M", counties: 100, towns_a_county: 14, town_tables: true };

    pub fn county(county: usize) -> String {
        format!("99{:02}{:02}000000", 1 + county / 10, 1 + county % 10)
    }

    pub fn town(county: usize, town: usize) -> String {
        format!("{}1{town:02}000", &Self::county(county)[..6])
    }

    /// Every township: its county and its number there.
    pub fn towns(self) -> impl Iterator<Item = (usize, usize)> + Clone {
        (0..self.counties).flat_map(move |county| (0..self.towns_a_county).map(move |town| (county, town)))
    }
}

/// How many items a domain has: 1,150 in all.
pub fn rows_of(domain: usize) -> usize {
    if domain < 6 { 45 } else { 44 }
}

const OFFICES: [&str; DOMAINS] = [
    "自然资源局",
    "应急管理局",
    "生态环境局",
    "住房和城乡建设局",
    "教育局",
    "公安局",
    "司法局",
    "财政局",
    "人力资源和社会保障局",
    "农业农村局",
    "卫生健康局",
    "文化和旅游局",
    "民政局",
    "市场监督管理局",
    "税务局",
    "审计局",
    "城市管理局",
    "水利局",
    "交通运输局",
    "发展和改革局",
    "统计局",
    "医疗保障局",
    "乡村振兴局",
    "退役军人事务局",
    "政务服务管理局",
    "广播电视局",
];
const TOPICS: [&str; 8] =
    ["政策文件", "办事指南", "行政执法", "公共服务", "资金管理", "监督检查", "信息公示", "规划计划"];
const MATTERS: [&str; 12] = [
    "申请条件和受理范围",
    "审批结果",
    "补贴发放标准",
    "实施方案",
    "年度计划及执行情况",
    "投诉举报途径",
    "从业人员名录",
    "检查结果和处罚决定",
    "项目招标信息",
    "救助对象名单",
    "收费项目和标准",
    "服务机构名称和地址",
];
const LAWS: [(&str, &str); 5] = [
    ("中华人民共和国政府信息公开条例", "国务院令第711号"),
    ("国务院办公厅关于全面推进基层政务公开标准化规范化工作的指导意见", "国办发〔2019〕54号"),
    ("中华人民共和国城乡规划法", ""),
    ("社会救助暂行办法", "国务院令第649号"),
    ("中华人民共和国食品安全法", ""),
];
const CHANNELS: [&str; 5] =
    ["GOV_WEBSITE", "SERVICE_CENTRE", "COMMUNITY_BOARD", "WECHAT_WEIBO_APP", "GOV_GAZETTE"];

/// Numbers that only look like chance (SplitMix64).
pub struct Chance(u64);

impl Chance {
    pub fn of(parts: &[usize]) -> Self {
        let mut chance = Self(SEED);
        for part in parts {
            chance.0 = chance.next() ^ *part as u64;
        }
        chance
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}

/// The places and the units that answer there, as files to be loaded beside the registers that come with mulu.
pub fn registers(scale: Scale) -> Vec<File> {
    let mut divisions = "code,name,level,parent\n99,试验省,PROVINCE,100000000000\n".to_owned();
    let mut units = "code,division,name,shortName,phone\n".to_owned();
    for prefecture in 0..scale.counties.div_ceil(10) {
        divisions += &format!("99{:02},第{prefecture}市,PREFECTURE,99\n", prefecture + 1);
    }
    for county in 0..scale.counties {
        let (code, name) = (Scale::county(county), county_name(county));
        divisions += &format!("{},{name},COUNTY,{}\n", &code[..6], &code[..4]);
        for (number, office) in OFFICES.iter().enumerate() {
            units += &format!(
                "{code}-U{:03},{code},{name}{office},{office},0999-{county:03}{number:04}\n",
                number + 1
            );
        }
    }
    for (county, town) in scale.towns() {
        let (code, name) = (Scale::town(county, town), town_name(town));
        divisions += &format!("{code},{name},TOWNSHIP,{}\n", Scale::county(county));
        units += &format!("{code}-U001,{code},{name}人民政府,,\n{code}-U002,{code},{name}便民服务中心,,\n");
    }
    let file = |name: &str, text: String| File { name: name.to_owned(), bytes: text.into_bytes() };
    vec![file("divisions.csv", divisions), file("units.csv", units)]
}

fn county_name(county: usize) -> String {
    format!("试验{county}县")
}

fn town_name(town: usize) -> String {
    format!("青山{town}镇")
}

/// A version that others adopt: its digest.
pub type Published = Digest;

/// The code of a catalogue; what follows the dash is `01` for domain 0.
pub fn catalogue(division: &str, subject: &str) -> CatalogueCode {
    format!("{division}-{subject}").parse().expect("made of digits")
}

pub fn subject(domain: usize) -> String {
    format!("{:02}", domain + 1)
}

pub fn nation(subject: &str) -> CatalogueCode {
    catalogue("100000000000", &format!("{subject}G"))
}

/// The guidelines: of each domain, and last of what villages must show.
pub fn guidelines() -> Vec<Document> {
    let guideline = |subject: &str, rows: Vec<Row>| document(nation(subject), None, rows, Vec::new());
    let of_domain = |domain: usize| {
        let rows = (0..rows_of(domain)).map(|row| standing(common(domain, row), Level::County, None));
        guideline(&subject(domain), rows.collect())
    };
    let mut all: Vec<Document> = (0..DOMAINS).map(of_domain).collect();
    let board = (0..BOARD).map(|row| standing(common(DOMAINS, row), Level::Village, Some(row % DOMAINS)));
    all.push(guideline("00", board.collect()));
    all
}

/// A county's catalogue of a domain: nine rows of ten as the guideline has them.
pub fn of_county(county: usize, domain: usize, guideline: Published) -> Document {
    let (code, upstream) = (catalogue(&Scale::county(county), &subject(domain)), nation(&subject(domain)));
    let unit = format!("{}{}", county_name(county), OFFICES[domain]);
    let mut omissions = Vec::new();
    let rows = (0..rows_of(domain)).map(|row| {
        let content = at_county(county, domain, row);
        let local = local(&[&unit], &[Level::County, Level::Township], &code, domain % 3);
        let origin = match content {
            Here::Own(_) => {
                let item = item(&upstream, row);
                omissions.push(Omission { item, reason: "本县没有此类事项".into() });
                None
            }
            _ => Some(Origin { item: item(&upstream, row), version: guideline }),
        };
        made(content, local, origin)
    });
    let rows = rows.collect();
    document(code, Some(upstream), rows, omissions)
}

/// A township's catalogue of a domain: the first rows of its county's.
pub fn of_town(county: usize, town: usize, domain: usize, upstream: Published) -> Document {
    let (code, above) = (
        catalogue(&Scale::town(county, town), &subject(domain)),
        catalogue(&Scale::county(county), &subject(domain)),
    );
    let name = town_name(town);
    let units = [format!("{name}人民政府"), format!("{name}便民服务中心")];
    let (mut rows, mut omissions) = (Vec::new(), Vec::new());
    for row in 0..rows_of(domain) {
        let origin = Origin { item: item(&above, row), version: upstream };
        if row >= TOWN_ROWS {
            omissions.push(Omission { item: origin.item, reason: "由县级公开".into() });
            continue;
        }
        let mut content = Here::Adopted(at_county(county, domain, row).content());
        if Chance::of(&[county, town, domain, row]).below(100) < 3 {
            content = Here::Adapted(adapted(content.content(), &name));
        }
        let local = local(&[&units[row % 2]], &[Level::Township], &code, row % 2);
        rows.push(made(content, local, Some(origin)));
    }
    document(code, Some(above), rows, omissions)
}

/// What the villages of a township must show.
pub fn of_villages(county: usize, town: usize, guideline: Published) -> Document {
    let (code, above) = (catalogue(&Scale::town(county, town), "00V"), nation("00"));
    let unit = format!("{}人民政府", town_name(town));
    let rows = (0..BOARD).map(|row| {
        let mut local = local(&[&unit], &[Level::Township, Level::Village], &code, 0);
        local.domain = Some(subject(row % DOMAINS).parse().expect("made of digits"));
        let origin = Origin { item: item(&above, row), version: guideline };
        made(Here::Adopted(common(DOMAINS, row)), local, Some(origin))
    });
    let rows = rows.collect();
    document(code, Some(above), rows, Vec::new())
}

/// A catalogue of a place of which nobody asks, which says another thing at each revision.
pub fn of_elsewhere(revision: u64) -> Document {
    let rows = (0..TOWN_ROWS).map(|row| standing(common(0, row), Level::Prefecture, None));
    let mut made = document(catalogue("990100000000", "01"), None, rows.collect(), Vec::new());
    made.header.note = Some(Text::new(&format!("在第{revision}号之后")));
    made
}

/// A row's content, and how it stands to the one above.
enum Here {
    Adopted(Content),
    Adapted(Content),
    Own(Content),
}

impl Here {
    fn content(self) -> Content {
        let (Self::Adopted(content) | Self::Adapted(content) | Self::Own(content)) = self;
        content
    }
}

fn at_county(county: usize, domain: usize, row: usize) -> Here {
    let content = common(domain, row);
    match Chance::of(&[county, domain, row]).below(100) {
        0..90 => Here::Adopted(content),
        90..97 => Here::Adapted(adapted(content, &county_name(county))),
        _ => Here::Own(adapted(content, &format!("{}特有", county_name(county)))),
    }
}

fn adapted(mut content: Content, place: &str) -> Content {
    let point = ContentPoint { text: Text::new(&format!("{place}补充内容")), required: Some(false) };
    content.points.get_or_insert_default().push(point);
    content
}

fn made(here: Here, local: Local, origin: Option<Origin>) -> Row {
    let reason = matches!(here, Here::Adapted(_)).then(|| Text::new("结合本地实际"));
    Row { content: here.content(), local, origin, reason, ..Row::default() }
}

fn standing(content: Content, level: Level, domain: Option<usize>) -> Row {
    let levels = Some([(level, true)].into());
    let domain = domain.map(|domain| subject(domain).parse().expect("made of digits"));
    Row { content, local: Local { levels, domain, ..Local::default() }, ..Row::default() }
}

fn item(catalogue: &CatalogueCode, row: usize) -> ItemCode {
    catalogue.item(u32::try_from(row + 1).expect("few rows"))
}

fn document(
    code: CatalogueCode,
    above: Option<CatalogueCode>,
    mut rows: Vec<Row>,
    omissions: Vec<Omission>,
) -> Document {
    for (place, row) in rows.iter_mut().enumerate() {
        row.item = Some(item(&code, place));
    }
    let header = Header {
        catalogue: code,
        title: None,
        publisher: None,
        label: "2026年版".into(),
        effective_from: "2026-01-01".parse().expect("a day"),
        note: None,
        based_on: above.map(|catalogue| Upstream { catalogue, number: 1 }),
        elements: Vec::new(),
        sources: Vec::new(),
        omissions,
    };
    Document { header, rows }
}

fn local(units: &[&str], levels: &[Level], code: &CatalogueCode, page: usize) -> Local {
    let unit = |unit: &&str| UnitText { text: Text::new(unit), alternatives: None };
    let address = format!("https://www.{}.example/zwgk/{page}", code.division);
    Local {
        units: Some(units.iter().map(unit).collect()),
        levels: Some(levels.iter().map(|level| (*level, true)).collect()),
        addresses: Some([("GOV_WEBSITE".to_owned(), Text::new(&address))].into_iter().collect()),
        ..Local::default()
    }
}

/// What a row of a guideline says; domain 26 is what villages show.
fn common(domain: usize, row: usize) -> Content {
    let mut chance = Chance::of(&[7, domain, row]);
    let topic = TOPICS[row % TOPICS.len()];
    let matter = MATTERS[chance.below(MATTERS.len())];
    let points = (0..3 + chance.below(4)).map(|point| ContentPoint {
        text: Text::new(&format!(
            "{}{}（{}）",
            MATTERS[(row + point) % MATTERS.len()],
            ["", "及办理流程", "的公示"][point % 3],
            point + 1
        )),
        required: [Some(true), Some(false), None][chance.below(3)],
    });
    let points = Some(points.collect());
    let basis = (0..1 + chance.below(3)).map(|number| {
        let (title, numbered) = LAWS[(domain + row + number) % LAWS.len()];
        BasisCitation {
            text: Text::new(&format!("《{title}》第{}条", 1 + (row + number) % 60)),
            title: Some(title.into()),
            document_number: (!numbered.is_empty()).then(|| numbered.into()),
            article: Some(Text::new(&format!("第{}条", 1 + (row + number) % 60))),
            kind: None,
        }
    });
    let basis = Some(basis.collect());
    let limit = TimeLimit {
        kind: TimeLimitKind::Within,
        count: Some(20),
        unit: Some(TimeUnit::WorkingDay),
        period: None,
        trigger: Some("信息形成或变更".into()),
        scope: None,
        other_law_prevails: Some(true),
        text: Some("自信息形成或者变更之日起20个工作日内予以公开；法律、法规另有规定的，从其规定".into()),
    };
    let channel = |(place, code): (usize, &&str)| ChannelUse {
        code: (*code).to_owned(),
        required: Some(place == 0),
        text: None,
    };
    Content {
        names: vec![topic.into(), Text::new(&format!("{matter}（{}-{}）", domain + 1, row + 1))],
        points,
        basis,
        time_limits: Some(vec![limit]),
        publicity_period: None,
        methods: Some(Methods { proactive: Some(true), on_request: Some(false) }),
        channels: Some(CHANNELS.iter().enumerate().take(2 + chance.below(4)).map(channel).collect()),
        channel_rule: None,
        audience: Some(mulu::catalogue::content::Audience {
            whole_society: Some(true),
            groups: Some(Vec::new()),
        }),
        open_ended: None,
        extensions: None,
    }
}
