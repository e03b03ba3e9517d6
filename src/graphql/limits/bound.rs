//! The words of each limit: what is counted, and what to change.

/// What a limit is about; each has a code of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::graphql) enum Kind {
    /// How much a question says.
    Large,
    /// How deep it goes.
    Deep,
    /// How much it would have resolved.
    Costly,
    /// How large the values in it are.
    Input,
    /// How long a page is.
    Page,
}

/// A limit as clients read about it.
#[derive(Debug)]
pub(in crate::graphql) struct Bound {
    /// Its name among the settings.
    pub key: &'static str,
    pub kind: Kind,
    zh: &'static str,
    en: &'static str,
}

/// A question beyond a limit.
#[derive(Clone, Copy, Debug)]
pub(in crate::graphql) struct Excess {
    pub bound: &'static Bound,
    pub most: u64,
    pub asked: u64,
}

macro_rules! bounds {
    ($($name:ident: $kind:ident, $key:literal, $zh:literal, $en:literal;)*) => {
        $(pub(super) const $name: &Bound = &Bound { key: $key, kind: Kind::$kind, zh: $zh, en: $en };)*
    };
}

bounds! {
    DOCUMENT_BYTES: Large, "document_bytes", "查询文本字节", "bytes of the document";
    TOKENS: Large, "tokens", "查询词元", "tokens of the document";
    OPERATIONS: Large, "operations", "操作定义", "operations defined";
    FRAGMENTS: Large, "fragments", "片段定义", "fragments defined";
    SPREADS: Large, "spreads", "展开后的片段引用", "fragments spread, again for each time that theirs are";
    DIRECTIVES: Large, "directives", "指令", "directives applied";
    FIELDS: Large, "fields", "展开后的字段", "fields selected, those of fragments again wherever they are spread";
    ALIASES: Large, "aliases", "展开后的别名", "aliases, those of fragments again wherever they are spread";
    ROOT_FIELDS: Large, "root_fields", "根字段", "fields of the root";
    VARIABLES: Large, "variables", "变量", "variables";
    NESTING: Deep, "nesting", "层括号或选择集嵌套", "brackets or selections open one in another";
    DEPTH: Deep, "depth", "层字段嵌套", "fields one in another";
    COST: Costly, "cost", "查询成本", "is the cost of the question";
    INTROSPECTION: Costly, "introspection", "内省成本", "is the cost of asking about the schema";
    NAME_BYTES: Input, "name_bytes", "单个名称的字节", "bytes of one name";
    LITERAL_BYTES: Input, "literal_bytes", "单个数字或字符串的字节", "bytes of one number or text";
    VARIABLE_BYTES: Input, "variable_bytes", "变量字节", "bytes of the variables";
    VALUE_DEPTH: Input, "value_depth", "层值嵌套", "lists and objects one in another in a value";
    LIST_LENGTH: Input, "list_length", "列表值元素", "elements of a list in a value";
    PAGE: Page, "page", "每页条数", "elements of one page";
}

impl Bound {
    /// Refuses what is more than the limit allows.
    pub(super) fn hold(&'static self, asked: u64, most: u64) -> Result<(), Excess> {
        if asked <= most { Ok(()) } else { Err(Excess { bound: self, most, asked }) }
    }
}

impl Excess {
    /// Limit, value and what to change, in Chinese and English.
    pub(in crate::graphql) fn words(&self) -> (String, String) {
        let Self { bound: Bound { key, kind, zh, en }, most, asked } = self;
        let (advice, change) = match kind {
            Kind::Large => ("请拆成几个较小的查询", "ask several smaller questions"),
            Kind::Deep => ("请减少嵌套", "nest less, or begin further down, with `node`"),
            Kind::Costly => (
                "请减小 first、少选字段或减少列表嵌套",
                "ask for smaller pages, fewer fields or fewer lists within lists",
            ),
            Kind::Input => ("请缩短所给的值或分几次查询", "give shorter values, or ask several times"),
            Kind::Page => ("请分页读取", "ask for less and go on with the cursor"),
        };
        (
            format!("{zh}：{asked}，最多 {most}（limits.{key}）；{advice}"),
            format!("{asked} {en}, at most {most} (limits.{key}): {change}"),
        )
    }
}
