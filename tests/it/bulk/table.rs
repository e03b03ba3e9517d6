//! A county's table of all its domains and villages: tens of thousands of rows which say much the same, as such tables
//! do, and next year's, in which a little of everything is different.

use rust_xlsxwriter::{Format, Workbook};

/// What a table is headed by.
const HEADER: [[&str; 14]; 2] = [
    [
        "序号",
        "领域",
        "公开事项",
        "",
        "公开内容（要素）",
        "公开依据",
        "公开时限",
        "公开主体",
        "公开渠道和载体",
        "公开对象",
        "",
        "公开方式",
        "",
        "公开层级",
    ],
    ["", "", "一级事项", "二级事项", "", "", "", "", "", "全社会", "特定群体", "主动", "依申请公开", "县级"],
];

const DOMAINS: [(&str, [&str; 4]); 5] = [
    ("社会救助", ["最低生活保障", "特困人员救助供养", "临时救助", "综合业务"]),
    ("公共文化服务", ["公共服务", "行政许可", "行政处罚", "行政强制"]),
    ("义务教育", ["教育概况", "招生管理", "学生管理", "教师管理"]),
    ("就业创业", ["就业信息服务", "职业介绍", "就业失业登记", "创业服务"]),
    ("养老服务", ["通用政策", "业务办理", "行业管理信息", "养老机构"]),
];
const MATTERS: [&str; 20] = [
    "政策法规文件",
    "办事指南",
    "审核信息",
    "审批信息",
    "监督检查",
    "信访通讯地址",
    "救助标准",
    "资金使用情况",
    "服务项目清单",
    "公示公告",
    "工作规程",
    "补贴发放结果",
    "年度计划",
    "统计数据",
    "招聘信息",
    "培训活动安排",
    "登记备案情况",
    "评估结果",
    "设施开放时间",
    "投诉举报处理",
];
const POINTS: [&str; 24] = [
    "办理条件",
    "申请材料",
    "办理流程",
    "办理时间、地点",
    "联系方式",
    "救助对象名单",
    "救助标准",
    "救助金额",
    "文件名称",
    "发文字号",
    "政策解读材料",
    "举报电话",
    "初审对象名单及相关材料",
    "民主评议结果",
    "检查内容及结果",
    "服务项目",
    "收费标准",
    "机构信息",
    "活动时间安排",
    "资金来源与使用情况",
    "受理机构",
    "咨询查询途径",
    "办理结果",
    "年度统计数据",
];
const BASES: [&str; 10] = [
    "《中华人民共和国政府信息公开条例》（国务院令第711号）",
    "《社会救助暂行办法》（国务院令第649号）",
    "《国务院关于加强和改进社会救助工作的意见》（国发〔2012〕45号）",
    "《中华人民共和国公共文化服务保障法》第二十三条",
    "《中华人民共和国义务教育法》",
    "《中华人民共和国就业促进法》、《人力资源市场暂行条例》（国务院令第700号）",
    "《中华人民共和国老年人权益保障法》",
    "《关于全面推进政务公开工作的意见》（中办发〔2016〕8号）",
    "《国务院办公厅关于全面推进基层政务公开标准化规范化工作的指导意见》（国办发〔2019〕54号）",
    "《城乡最低生活保障资金管理办法》（财社〔2012〕171号）",
];
const LIMITS: [&str; 8] = [
    "信息形成或者变更之日起20个工作日内",
    "制定或获取信息之日起10个工作日内",
    "实时公开",
    "每年公示，公示期7个工作日",
    "信息形成或变更之日起7个工作日内",
    "长期公开",
    "每季度更新",
    "批准后及时公开",
];
const CHANNELS: [&str; 6] = [
    "■政府网站 □政府公报 □两微一端 ■社区/企事业单位/村公示栏（电子屏）",
    "■政府网站\n■两微一端\n□发布会听证会\n■公开查阅点",
    "■政府网站 □政府公报 □广播电视 □纸质媒体 ■政务服务中心",
    "■社区/企事业单位/村公示栏（电子屏） □精准推送 □入户/现场",
    "■政府网站 ■政府公报 ■广播电视",
    "□政府网站 ■便民服务站 ■村公示栏",
];

/// The cells of a row behind its number.
pub type Row = [String; 13];

/// Numbers that follow from a seed (SplitMix64).
struct Seeded(u64);

impl Seeded {
    fn next(&mut self) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) as usize
    }

    fn of<'t>(&mut self, all: &[&'t str]) -> &'t str {
        all[self.next() % all.len()]
    }

    /// Whether something that happens so many times in a hundred happens.
    fn percent(&mut self, percent: usize) -> bool {
        self.next() % 100 < percent
    }
}

/// A county's rows.
pub fn rows(many: usize) -> Vec<Row> {
    let mut seeded = Seeded(many as u64);
    // 400 rows for each place: every domain's items, of four outer names and all matters.
    (0..many).map(|at| row(at / 400, at % 400, &mut seeded)).collect()
}

fn row(place: usize, item: usize, seeded: &mut Seeded) -> Row {
    let (domain, outer) = DOMAINS[item / 80];
    let matter = MATTERS[item % 20];
    let place = village(place);
    let mut points: Vec<&str> = (0..2 + seeded.next() % 4).map(|_| seeded.of(&POINTS)).collect();
    points.dedup();
    let unit = match seeded.next() % 3 {
        0 => format!("{place}民委员会"),
        1 => "县民政局".to_owned(),
        _ => "县教育和体育局、乡镇人民政府".to_owned(),
    };
    let tick = |ticked: bool| if ticked { "√" } else { "" }.to_owned();
    let whole = seeded.percent(80);
    [
        domain.to_owned(),
        outer[item / 20 % 4].to_owned(),
        format!("{place}{matter}"),
        points.iter().map(|point| format!("●{point}")).collect::<Vec<_>>().join("\n"),
        seeded.of(&BASES).to_owned(),
        seeded.of(&LIMITS).to_owned(),
        unit,
        seeded.of(&CHANNELS).to_owned(),
        tick(whole),
        if whole { String::new() } else { "困难群众".to_owned() },
        "√".to_owned(),
        String::new(),
        "√".to_owned(),
    ]
}

/// The name of a village: each number has its own.
fn village(number: usize) -> String {
    const SYLLABLES: [char; 12] = ['茸', '木', '岗', '石', '上', '杜', '柯', '南', '达', '吾', '依', '伊'];
    let syllable = |step: usize| SYLLABLES[number / 12_usize.pow(step as u32) % 12];
    format!("{}{}{}村", syllable(2), syllable(1), syllable(0))
}

/// A county's rows a year later, and in how many ways they differ.
pub struct Year {
    pub rows: Vec<Row>,
    pub added: usize,
    pub changed: usize,
    pub removed: usize,
}

/// The same county a year later: of a hundred rows one is gone, one is called otherwise, five say something else, and
/// one is new.
pub fn a_year_later(rows: &[Row]) -> Year {
    let mut seeded = Seeded(rows.len() as u64 + 1);
    let mut year = Year { rows: Vec::with_capacity(rows.len()), added: 0, changed: 0, removed: 0 };
    for (at, row) in rows.iter().enumerate() {
        let mut row = row.clone();
        match seeded.next() % 100 {
            0 => {
                year.removed += 1;
                continue;
            }
            1 => {
                row[2].push_str("及说明");
                year.changed += 1;
            }
            2..7 => {
                row[3].push_str("\n●监督电话");
                year.changed += 1;
            }
            7 => {
                let mut new = self::row(at / 400, at % 400, &mut seeded);
                new[2] = format!("新增的{}其他便民利民事项", village(at / 400 + 700));
                year.rows.push(new);
                year.added += 1;
            }
            _ => {}
        }
        year.rows.push(row);
    }
    year
}

/// The workbook, with outer names merged over the rows that share them.
pub fn workbook(rows: &[Row]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let format = Format::new();
    sheet.write_string(0, 0, "壤塘县基层政务公开标准目录").unwrap();
    for (line, cells) in (1..).zip(HEADER) {
        for (column, cell) in (0..).zip(cells) {
            sheet.write_string(line, column, cell).unwrap();
        }
    }
    for (first, last) in [(2, 3), (9, 10), (11, 12)] {
        sheet.merge_range(1, first, 1, last, HEADER[0][usize::from(first)], &format).unwrap();
    }
    for (number, row) in (1..).zip(rows) {
        sheet.write_number(number + 2, 0, f64::from(number)).unwrap();
        for (column, cell) in (1..).zip(row) {
            sheet.write_string(number + 2, column, cell).unwrap();
        }
    }
    let mut first = 3;
    for block in rows.chunk_by(|a, b| a[..2] == b[..2]) {
        let last = first + u32::try_from(block.len()).unwrap() - 1;
        if last > first {
            sheet.merge_range(first, 2, last, 2, &block[0][1], &format).unwrap();
        }
        first = last + 1;
    }
    workbook.save_to_buffer().unwrap()
}
