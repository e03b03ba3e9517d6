//! What there is to say about a table: one code for each thing that tables do.

use crate::catalogue::check::{Message, codes};

codes! {
    /// Something that was found in a table. E.. is refused, W.. goes in and a person should look, all others are worth
    /// knowing only: what was read into a cell or a layout, named after the quirk (S.. structure, N.. names and
    /// text, B.. basis, T.. time limits, M.. channels, F.. ticks, V.. levels, U.. units, C.. files, I.. the import).
    Code;
    HeaderNotRecognised "E001" Error "未识别出表头" "no header was recognised";
    NoCellBoundaries "E002" Error "文字连成一段，无法分出单元格" "the text runs together without cells";
    ScrambledText "E003" Error "文字次序错乱" "the characters stand in a scrambled order";
    NotACatalogue "E004" Error "不是标准目录" "the table is not a catalogue";
    Unreadable "E005" Error "文件无法读取" "the file cannot be read";
    TooLarge "E006" Error "超出可接受的大小" "the file is larger than is accepted";
    Protected "E007" Error "文件有密码保护" "the file is protected by a password";
    NoTable "E008" Error "文件中没有表格" "the file holds no table";
    RowHasNoItem "E101" Error "行中没有事项，或事项没有任何要素" "the row has no item, or the item no element";
    DittoWithoutAbove "E102" Error "首行的“同上”没有所指" "同上 in the first row points at nothing";
    MaskedName "E103" Error "名称或时限被遮盖" "a name or time limit is masked";
    UnknownDomainName "E104" Error "领域名称未登记" "no registered domain has this name";
    UnfitElement "E105" Error "扩展要素不合其声明" "a further element does not fit its declaration";
    RequiredElement "E106" Error "缺少必填的扩展要素" "a required further element is missing";
    UnknownAssignee "E107" Error "责任单位未登记，或指向多个单位" "no registered unit has this name, or several have";
    ShiftedTable "E108" Error "标签与文字错行，不能确定谁负责什么" "labels are shifted, so who answers for what cannot be told";
    OtherPlace "E401" Error "表中的地方与指定的不符" "the table names another place than was given";
    OtherDomain "E402" Error "表中的领域与指定的不符" "the table names another domain than was given";
    Incomplete "E403" Error "缺少规定的要素，而要求齐全" "a mandatory element is missing, and all were asked for";
    WhoseCatalogue "E404" Error "不能确定是谁的目录" "it is not clear whose catalogue this is";
    Undecodable "E405" Error "文字编码无法识别" "the encoding of the text is not recognised";
    HeaderWidth "W201" Warning "表头列数与数据列数不符" "the header has another width than the data";
    ShiftedSequence "W202" Warning "序号列不在第一列" "the sequence column stands after the item";
    SequenceGap "W203" Warning "序号不连续" "the sequence has a gap";
    BlockFilledDown "W204" Warning "合并区域内的空单元格按上一行填充" "an empty cell was filled from the row above";
    SlashedName "W205" Warning "事项名称中斜线多于一个" "an item name has more than one slash";
    NoUnitColumn "W206" Warning "没有公开主体列" "there is no column of responsible units";
    ShortRow "W207" Warning "行尾缺少单元格" "the row ends before its last cells";
    BlankCellsLost "W208" Warning "空单元格丢失，勾选情况不明" "blank cells are lost, so ticks are not known";
    ShiftedLabels "W209" Warning "标签与文字错行" "labels are shifted against their text";
    FirstLineOnly "W210" Warning "单元格可能只剩第一行" "perhaps only the first line of the cell survived";
    RepairedDigits "W211" Warning "数字中有空格" "digits are split by spaces";
    FourLevels "W212" Warning "事项超过三级，最外两级合并" "an item has over three levels, the outermost two were joined";
    TemplatePlaceholder "W301" Warning "保留了模板占位文字" "a placeholder of the template was left in";
    Typo "W302" Warning "与固定用语仅差一字" "one character off a fixed word";
    DroppedCharacter "W303" Warning "全文脱落同一个字" "one character is missing throughout";
    MaskedText "W304" Warning "文字被遮盖" "a text is masked";
    ForeignWords "W305" Warning "文字中混入无关词语或符号" "foreign words or marks were inserted";
    MirrorCopy "W306" Warning "转载页面的文字（繁体、注音）" "the text is that of a mirror (traditional characters, pinyin)";
    StaleDitto "W307" Warning "“同上”所指与上级目录不同" "同上 points at something else than upstream says";
    LostBracket "W311" Warning "文号缺少括号" "a document number has lost a bracket";
    ArticleText "W312" Warning "依据中抄录了条文" "the article's text was copied into the basis";
    BareTitle "W313" Warning "依据没有书名号" "a basis has no title marks";
    OpenBasis "W314" Warning "依据泛指，未列明文件" "a basis names no document";
    BasisInContent "W315" Warning "公开内容疑为依据" "the content looks like a list of bases";
    NoTrigger "W321" Warning "时限没有起算点" "the time limit has no starting point";
    DamagedUnit "W322" Warning "时限的单位残缺" "the unit of the time limit is damaged";
    AsPrescribed "W323" Warning "时限为“按规定”" "the time limit is “as prescribed”";
    NoTimeLimit "W324" Warning "没有公开时限" "there is no time limit";
    UnclearMarks "W331" Warning "勾选符号含义不明" "it is not clear which mark means chosen";
    UnmarkedChannel "W332" Warning "列表中有一项没有勾选符号" "one entry of a marked list has no mark";
    ForeignAddress "W333" Warning "网址不是政府网站" "the address is not one of a government site";
    BothAudiences "W334" Warning "全社会与特定群体同时勾选" "both the whole society and specific groups are ticked";
    MethodTicks "W335" Warning "公开方式均未勾选或均勾选" "neither or both methods are ticked";
    CollapsedTicks "W336" Warning "勾选的列位丢失，按个数推断" "the columns of the ticks are lost, they were inferred from their number";
    ShiftedTick "W337" Warning "勾选疑似错列" "a tick seems to stand in the wrong column";
    SharedLevel "W338" Warning "一列表示两级" "one column stands for two levels";
    CountyLevelCity "W339" Warning "县级市的“市级”视为县级" "市级 of a county-level city is read as county";
    NoLevelColumn "W340" Warning "没有公开层级列，按发布单位推断" "there is no level column, the level is that of the publisher";
    GenericUnit "W341" Warning "主体为模板中的泛称" "a unit is the template's generic one";
    UnknownUnit "W342" Warning "主体未登记" "no registered unit has this name";
    AmbiguousUnit "W343" Warning "主体名称指向多个单位" "the unit's name means several units";
    UnknownLevel "W344" Warning "层级名称不明" "the level is not known";
    UnknownBasis "I08" Info "依据未登记" "no registered legal basis has this title";
    ProposedIdentity "W351" Warning "疑似上一版的事项" "perhaps an item of the last version";
    RepeatedRow "W401" Warning "同一事项和内容出现两次" "the same item and content stand twice";
    FewerRows "W402" Warning "行数比上一版少三成以上" "over 30 % fewer rows than the last version";
    MissingElement "W403" Warning "缺少规定的要素" "a mandatory element is missing";
    OutlivedUnitOrDomain "W404" Warning "单位或领域已撤销" "the unit or domain has been abolished";
    RepealedBasis "W405" Warning "依据已废止" "the legal basis has been repealed";
    TemplateCopy "W406" Warning "除主体外与其他目录完全相同" "the table is another one but for its units";
    HeaderRows "S1" Info "表头有多行" "the header has several rows";
    HeaderCellsLost "S2" Info "表头第二行没有占位单元格" "the second header row has no placeholders";
    BrokenHeader "S3" Info "表头的字分在多行" "header words are broken over rows";
    NameFilledDown "S4" Info "事项名称按合并单元格填充" "an item name was filled down";
    SharedSequence "S5" Info "多行共用一个序号" "several rows share a sequence number";
    EmptyRow "S7" Info "空行已略去" "an empty row was dropped";
    CodedSequence "S8" Info "序号为代码" "the sequence is a code";
    SameNames "S10" Info "同一事项分列多行" "one item has several rows";
    SeveralTables "S11" Info "文件中有多张目录" "the file holds several catalogues";
    Contents "S12" Info "略去目次" "a table of contents was passed over";
    RepeatedHeader "S13" Info "略去重复的表头" "a repeated header was passed over";
    PageHead "S14" Info "略去表前的页面文字" "text above the header was passed over";
    PageFoot "S15" Info "略去表后的页面文字" "text after the table was passed over";
    VerticalTables "S16" Info "每个事项一张竖表" "each item is a table of its own";
    CombinedNames "S17" Info "一列中以斜线分列各级事项" "the levels of an item stand in one column";
    OneLevel "S18" Info "事项不分级" "items have one level";
    ThreeLevels "S19" Info "事项分三级" "items have three levels";
    EmptyLevel "S20" Info "有一级事项始终为空" "one level of items is always empty";
    ColumnOrder "S21" Info "列序与国家模板不同" "columns stand in another order than the template's";
    PaddedRow "S22" Info "行尾的空单元格已补齐" "trailing blank cells were added";
    RebuiltRows "S23" Info "按每行一格重排" "rows were rebuilt from one cell a line";
    Attachments "S26" Info "页面附有文件" "the page names attached files";
    TaskTable "S28" Info "任务分工表" "the table assigns tasks to units";
    InnerSpace "N1" Info "字间空白已去除" "white space inside words was removed";
    NumberedName "N3" Info "事项名称前的序号已去除" "a number before the name was removed";
    Bullets "N4" Info "按序号或符号分点" "points were told by their bullets";
    RequiredPoints "N5" Info "●〇表示必选、可选" "● and 〇 mean required and optional";
    Ditto "N6" Info "“同上”按上一行解读" "同上 was resolved";
    ExplicitBlank "N7" Info "以横线或“无”表示空" "a dash or 无 stands for nothing";
    OpenEnded "N8" Info "以“等”结尾" "the list ends with 等";
    Enumeration "N9" Info "按顿号、分号分点" "points were told by 、 or ;";
    HeaderVariant "N12" Info "表头用字略有出入" "a header word differs slightly";
    OfficeResidue "N13" Info "办公软件残留的转义已去除" "escapes of office software were removed";
    DomainAlias "N17" Info "领域用的是别称" "the domain is printed under another name";
    JoinedTitles "B1" Info "依据连写，已分开" "titles run together were split";
    LawAlias "B2" Info "依据用的是简称" "a law is cited by its short title";
    NumberBrackets "B3" Info "文号括号已规范" "brackets of a document number were made canonical";
    DecreeNumber "B4" Info "令号已规范" "a decree number was made canonical";
    AmendmentHistory "B5" Info "括号内为修改沿革" "the bracket tells the history of amendments";
    NestedTitles "B8" Info "书名号嵌套" "title marks are nested";
    BasisKind "B12" Info "依据标明类别" "the kind of the basis is printed";
    TriggerAlias "T1" Info "起算点用的是别的说法" "the starting point is worded otherwise";
    CalendarDays "T3" Info "“日”为自然日" "日 are calendar days";
    MeasureWord "T5" Info "时限缺“个”字" "个 is missing in the time limit";
    SeveralLimits "T9" Info "一格有多个时限" "one cell has several time limits";
    PublicityPeriod "T10" Info "公示期不是公开时限" "a publicity period is no time limit";
    OtherLimit "T11" Info "定期、定时或随事项公开" "periodic, on a date, or with an event";
    Rider "T13" Info "另有规定的从其规定" "other laws prevail";
    ReversedLimit "T14" Info "起算点写在括号里" "the starting point stands in brackets";
    MouthBox "M3" Info "“□”误作“口”" "口 stands for □";
    Wingdings "M4" Info "符号字体的残留" "residue of a symbol font";
    OtherMark "M5" Info "以其他符号表示勾选" "another mark stands for chosen";
    PlainList "M6" Info "渠道没有勾选符号" "the channels have no marks";
    PermittedChannels "M8" Info "■必选、□可选" "■ is mandatory, □ optional";
    AnyChannel "M9" Info "至少选择其一" "at least one of the channels";
    LocalChannel "M10" Info "模板之外的渠道" "a channel that the template lacks";
    OtherChannel "M11" Info "“其他”后写明了渠道" "其他 is followed by the channel";
    ChannelAlias "M12" Info "渠道用的是别称" "a channel is printed under another name";
    ChannelNote "M13" Info "渠道栏内有注" "a note stands among the channels";
    ChannelAddress "M14" Info "渠道栏内有网址" "an address stands among the channels";
    GroupText "F3" Info "勾选处写明了群体" "a text stands in place of a tick";
    PrefectureLevel "V3" Info "有市级列" "there is a prefecture column";
    LevelAlias "V5" Info "层级用的是别称" "a level is printed under another name";
    LevelWord "V6" Info "以文字代替勾选" "a word stands in place of a tick";
    LevelBoxes "V7" Info "层级以方框列在一格" "levels are boxes in one cell";
    SeveralUnits "U2" Info "一格有多个主体" "one cell has several units";
    InnerOffice "U3" Info "主体为内设机构" "a unit is an inner office";
    UnitAlias "U4" Info "主体用的是简称或曾用名" "a unit is printed under another name";
    OpenUnits "U5" Info "主体以“等”结尾" "the units end with 等";
    PartOfUnit "U6" Info "主体为派出机构或下属单位" "a unit is a branch of another or stands below it";
    SameRow "C1" Info "完全相同的行已略去" "a row that repeats another was dropped";
    Encoding "C9" Info "文件不是 UTF-8" "the file is not in UTF-8";
    HiddenSheet "I01" Info "略去隐藏的工作表" "a hidden sheet was passed over";
    FormulaResult "I02" Info "取公式的结果，不计算" "the stored result of a formula was taken";
    IgnoredParts "I03" Info "略去宏、外部链接等" "macros, external links and the like were passed over";
    KeptReading "I04" Info "用字与上一版相同，沿用其解读" "worded as in the last version, whose reading is kept";
    OtherReading "I05" Info "现在的解读与上一版不同" "would now be read otherwise than in the last version";
    Renamed "I06" Info "名称略有出入，按上一版的事项处理" "another spelling of an item of the last version";
    ExtraElement "I07" Info "模板之外的要素" "an element beyond the template";
}

/// Something about a text, before it is known in which cell that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What it is.
    pub code: Code,
    /// The words, as printed.
    pub text: String,
    /// What they were understood to mean; `None` where they were not.
    pub understood: Option<String>,
    /// What was expected; `None` where the code says it all.
    pub expected: Option<Message>,
    /// What a person might put there instead.
    pub proposal: Option<String>,
}

impl Note {
    /// A note that says no more than its code does of `text`.
    pub fn new(code: Code, text: impl Into<String>) -> Self {
        Self { code, text: text.into(), understood: None, expected: None, proposal: None }
    }

    /// What the words were understood to mean.
    #[must_use]
    pub fn understood(self, as_what: impl Into<String>) -> Self {
        Self { understood: Some(as_what.into()), ..self }
    }

    /// What was expected, in Chinese and English.
    #[must_use]
    pub fn expected(self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { expected: Some(Message::new(zh, en)), ..self }
    }

    /// What a person might put there instead.
    #[must_use]
    pub fn proposal(self, proposal: impl Into<String>) -> Self {
        Self { proposal: Some(proposal.into()), ..self }
    }
}

/// A note and the cell, row or table that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The row of the grid, from 0; `None` for the whole.
    pub row: Option<usize>,
    /// The column of the grid, from 0; `None` for a whole row.
    pub column: Option<usize>,
    /// What there is to say.
    pub note: Note,
}

impl Placed {
    /// About all of a sheet or page.
    pub fn whole(note: Note) -> Self {
        Self { row: None, column: None, note }
    }

    /// About a row.
    pub fn row(row: usize, note: Note) -> Self {
        Self { row: Some(row), column: None, note }
    }

    /// About a cell.
    pub fn cell(row: usize, column: usize, note: Note) -> Self {
        Self { row: Some(row), column: Some(column), note }
    }
}
