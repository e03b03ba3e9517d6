//! The numbered rules, and what a finding says.

use std::fmt;

use serde::{Serialize, Serializer};

/// Declares an enum of codes for findings: name, code, severity, and what each is about in Chinese and English.
macro_rules! codes {
    ($(#[$doc:meta])* $set:ident; $($name:ident $code:literal $severity:ident $zh:literal $en:literal;)*) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "each says what it is about in `title`")]
        pub enum $set { $($name,)* }

        impl $set {
            /// Every one, in the order of its declaration.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The code that people see, R101.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// How grave it is.
            pub fn severity(self) -> $crate::catalogue::check::Severity {
                match self { $(Self::$name => $crate::catalogue::check::Severity::$severity,)* }
            }

            /// What it is about.
            pub fn title(self) -> $crate::catalogue::check::Message {
                match self { $(Self::$name => $crate::catalogue::check::Message::new($zh, $en),)* }
            }
        }
    };
}
pub(crate) use codes;

codes! {
    /// A numbered rule. R0.. is form, R1.. is refused, R2.. is odd, R3.. is worth knowing.
    Rule;
    Syntax "R001" Error "不是合法的 JSON 或 CSV" "not valid JSON or CSV";
    Shape "R002" Error "不符合 JSON Schema" "does not fit the JSON Schema";
    Layout "R003" Error "文件结构不对" "the file is not laid out as expected";
    Empty "R101" Error "事项除名称外没有任何要素" "an item has nothing besides its name";
    UnknownChannel "R102" Error "渠道代码未登记" "the channel is not registered";
    TimeLimit "R104" Error "时限的数量、单位与种类不相符" "count, unit and period do not fit the kind of limit";
    Address "R105" Error "网址对应的渠道未列出" "an address belongs to a channel that the row lists";
    RowDomain "R106" Error "只有 00 目录的行可以写领域" "only rows of a 00 catalogue have a domain of their own";
    UnknownDomain "R107" Error "领域未登记" "the domain is not registered";
    UnknownDivision "R108" Error "行政区划未登记" "the division is not registered";
    ForeignItem "R109" Error "事项代码不属于本目录" "the item code belongs to another catalogue";
    DuplicateItem "R110" Error "事项代码重复" "the item code stands twice";
    SourceIndex "R111" Error "来源序号超出范围" "the index points to no source";
    UnknownOrigin "R112" Error "上游事项或版本不存在" "the upstream item or version does not exist";
    MissingReason "R113" Error "调整的事项须说明理由" "an adapted item needs a reason";
    UnknownCatalogue "R114" Error "上游目录版本不存在" "the upstream version does not exist";
    Omission "R115" Error "未采用的事项与上游不符" "an omission does not fit the upstream version";
    Inferred "R116" Error "标为推断的要素并不存在" "an element marked as inferred is not there";
    Extension "R117" Error "扩展要素未声明或不合其规定" "a further element is undeclared or does not fit its declaration";
    ElementSchema "R118" Error "扩展要素的声明无效" "the declaration of a further element is not valid";
    UnknownReference "R119" Error "引用的登记项不存在" "a record refers to one that is not registered";
    RecordStates "R120" Error "同一代码的两行生效日期相同" "two states of one record begin on the same day";
    DivisionLevel "R121" Error "层级须低于上级区划" "a division is below its parent";
    Redacted "R122" Error "该内容已被涂除，不能再次发布" "these bytes were redacted and cannot be published again";
    MintedItem "R123" Error "事项代码由平台编制" "item codes are minted in order";
    AmbiguousName "R124" Error "同一名称指向两个登记项" "one name means two records of the register";
    DuplicateRecord "R125" Error "代码重复" "the code stands twice";
    LevelOfCode "R126" Error "同一代码的行政层级前后不同" "the level of one code differs between its states";
    RequiredElement "R127" Error "缺少必填的扩展要素" "a required further element is missing";
    Audience "R201" Warning "同时勾选全社会和特定群体" "both the whole society and specific groups are ticked";
    Methods "R202" Warning "主动公开与依申请公开同时勾选或均未勾选" "proactive and on request are both ticked, or neither";
    DocumentNumber "R203" Warning "文号的括号不规范" "the document number has unusual brackets";
    Placeholder "R204" Warning "保留了模板占位文字" "a placeholder of the template was left in";
    DuplicateRow "R205" Warning "与前一行内容完全相同" "the row says the same as an earlier one";
    OutlivedDomain "R206" Warning "领域在施行日期前已失效" "the domain ended before the version takes effect";
    UnstatedReason "R207" Warning "理由为“未说明”" "the reason is given as unstated";
    OtherChannel "R208" Warning "“其他”渠道须写明" "the channel OTHER must say in words what it is";
    AdoptionConflict "R209" Warning "上游与本级对同一要素的修改不同" "upstream and this place changed one element in different ways";
    OrphanedItem "R210" Warning "调整的事项在上游已不存在" "upstream no longer has an item that was adapted here";
    ElementToFill "R211" Warning "必填的扩展要素待填写" "a required further element is still to be filled in";
    MissingElement "R301" Info "缺少国办发〔2019〕54号规定的要素" "an element that 国办发〔2019〕54号 asks for is not known";
    UnassignedUnit "R302" Info "本级没有该领域的责任单位" "no unit of this place is assigned to the domain";
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Refused: nothing of the file goes in.
    Error,
    /// Odd: it goes in, a person should look.
    Warning,
    /// Worth knowing.
    Info,
}

impl Severity {
    /// All of them, the gravest first.
    pub const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Info];

    /// What people call it.
    pub fn name(self) -> Message {
        match self {
            Self::Error => Message::new("错误", "error"),
            Self::Warning => Message::new("警告", "warning"),
            Self::Info => Message::new("提示", "info"),
        }
    }
}

/// One message in Chinese and English.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Message {
    /// 中文.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Message {
    /// The same thing said twice.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }
}

/// Where in a document something stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The row, from 0; `None` for the header.
    pub row: Option<usize>,
    /// RFC 6901 pointer inside it.
    pub pointer: String,
}

/// What a rule has to say about one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// Where.
    pub place: Place,
    /// The value that stands there.
    pub value: String,
    /// What was expected.
    pub expected: Message,
}

impl Finding {
    /// A finding about the header.
    pub fn header(rule: Rule, pointer: impl Into<String>, value: impl ToString, expected: Message) -> Self {
        let place = Place { row: None, pointer: pointer.into() };
        Self { rule, place, value: value.to_string(), expected }
    }

    /// A finding about a row.
    pub fn row(
        rule: Rule,
        row: usize,
        pointer: impl Into<String>,
        value: impl ToString,
        expected: Message,
    ) -> Self {
        let place = Place { row: Some(row), pointer: pointer.into() };
        Self { rule, place, value: value.to_string(), expected }
    }

    /// How grave it is.
    pub fn severity(&self) -> Severity {
        self.rule.severity()
    }
}
