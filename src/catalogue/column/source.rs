//! Where the cells of an item's row come from.

use serde::Deserialize;

use super::ColumnType;

/// What the cells of a row are told from (行的部分): all but one of these say the same in the rows of many places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The version; some of it stands on its first row only.
    Version,
    /// What is meant to be the same everywhere, with the names of channels.
    Shared,
    /// Who and where.
    Own,
    /// The row itself, and more than one of these.
    Row,
}

/// Declares the sources: their names, the types of their cells, and whether a column of that name is what an import
/// reads.
macro_rules! sources {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal: $kind:ident $(, member $member:literal)?;)*) => {
        /// The member of an item's row that a column is taken from.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
        pub enum ItemSource {
            $($(#[doc = $doc])+ #[serde(rename = $name)] $variant,)*
        }

        impl ItemSource {
            /// All of them.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$variant),*];

            /// What its cells are.
            pub fn kind(self) -> ColumnType {
                match self { $(Self::$variant => ColumnType::$kind,)* }
            }

            /// The member, as it is declared: `content.points`.
            pub fn path(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What a cell is told from.
            pub fn part(self) -> Part {
                match self {
                    Self::UnitsText | Self::LevelsText => Part::Own,
                    _ => match self.path().split_once('.').map_or("", |(part, _)| part) {
                        "header" | "version" => Part::Version,
                        "content" | "text" => Part::Shared,
                        "local" => Part::Own,
                        _ => Part::Row,
                    },
                }
            }

            /// Whether it is one of the version, and not of the row.
            pub fn is_of_version(self) -> bool {
                self.part() == Part::Version
            }

            /// Whether a column with this name is the path of a member that an import reads.
            pub fn is_member(self, name: &str) -> bool {
                match self {
                    $($(Self::$variant => name == $member,)?)*
                    _ => false,
                }
            }
        }
    };
}

sources! {
    /// 目录代码.
    Catalogue = "header.catalogue": String, member "catalogue";
    /// 版本号.
    Number = "version.number": Integer;
    /// 版本摘要.
    VersionDigest = "version.digest": String;
    /// 修订号.
    Revision = "version.revision": Integer;
    /// 发布时间.
    PublishedAt = "version.publishedAt": Instant;
    /// 标题.
    Title = "header.title": String, member "title";
    /// 发布单位.
    Publisher = "header.publisher": String, member "publisher";
    /// 版本名称.
    Label = "header.label": String, member "label";
    /// 施行日期.
    EffectiveFrom = "header.effectiveFrom": Date, member "effectiveFrom";
    /// 备注.
    Note = "header.note": String, member "note";
    /// 上游目录代码.
    BasedOnCatalogue = "header.basedOn.catalogue": String, member "basedOn.catalogue";
    /// 上游版本号.
    BasedOnNumber = "header.basedOn.number": Integer, member "basedOn.number";
    /// 扩展要素声明.
    Elements = "header.elements": Json, member "elements";
    /// 来源.
    Sources = "header.sources": Json, member "sources";
    /// 未采用事项.
    Omissions = "header.omissions": Json, member "omissions";
    /// 行政区划代码.
    Division = "version.division": String;
    /// 行政区划.
    DivisionName = "version.divisionName": String;
    /// 目录类型.
    Kind = "version.kind": String;
    /// 领域代码.
    Domain = "row.domain": String;
    /// 领域.
    DomainName = "row.domainName": String;
    /// 序号.
    Position = "row.position": Integer;
    /// 事项代码.
    Item = "row.item": String, member "item";
    /// 事项摘要.
    ItemDigest = "row.itemDigest": String;
    /// 内容摘要.
    ContentDigest = "row.contentDigest": String;
    /// 本地摘要.
    LocalDigest = "row.localDigest": String;
    /// 与上游的关系.
    Relation = "row.relation": String;
    /// 已涂除.
    Redacted = "row.redacted": String;
    /// 公开事项, the first name.
    Name0 = "content.names.0": String, member "content.names.0";
    /// 公开事项, the second name.
    Name1 = "content.names.1": String, member "content.names.1";
    /// 公开事项, the third name.
    Name2 = "content.names.2": String, member "content.names.2";
    /// 公开内容 in words.
    PointsText = "text.points": String;
    /// 公开依据 in words.
    BasisText = "text.basis": String;
    /// 公开时限 in words.
    TimeLimitsText = "text.timeLimits": String;
    /// 公示期 in words.
    PublicityPeriodText = "text.publicityPeriod": String;
    /// 公开主体 in words.
    UnitsText = "text.units": String;
    /// 公开方式 in words.
    MethodsText = "text.methods": String;
    /// 公开渠道和载体 in words.
    ChannelsText = "text.channels": String;
    /// 公开对象 in words.
    AudienceText = "text.audience": String;
    /// 公开层级 in words.
    LevelsText = "text.levels": String;
    /// 主动公开.
    Proactive = "content.methods.proactive": Boolean;
    /// 依申请公开.
    OnRequest = "content.methods.onRequest": Boolean;
    /// 全社会.
    WholeSociety = "content.audience.wholeSociety": Boolean;
    /// 公开时限的种类.
    TimeLimitKind = "content.timeLimits.0.kind": String;
    /// 公开时限的数量.
    TimeLimitCount = "content.timeLimits.0.count": Integer;
    /// 公开时限的单位.
    TimeLimitUnit = "content.timeLimits.0.unit": String;
    /// 来源标题.
    SourceTitle = "row.source.title": String;
    /// 来源网址.
    SourceUrl = "row.source.url": String;
    /// 公开内容.
    Points = "content.points": Json, member "content.points";
    /// 公开依据.
    Basis = "content.basis": Json, member "content.basis";
    /// 公开时限.
    TimeLimits = "content.timeLimits": Json, member "content.timeLimits";
    /// 公示期.
    PublicityPeriod = "content.publicityPeriod": Json, member "content.publicityPeriod";
    /// 公开方式.
    Methods = "content.methods": Json, member "content.methods";
    /// 公开渠道和载体.
    Channels = "content.channels": Json, member "content.channels";
    /// 渠道要求.
    ChannelRule = "content.channelRule": String, member "content.channelRule";
    /// 公开对象.
    Audience = "content.audience": Json, member "content.audience";
    /// 以“等”结尾的要素.
    OpenEnded = "content.openEnded": Json, member "content.openEnded";
    /// 共同的扩展要素.
    SharedExtensions = "content.extensions": Json, member "content.extensions";
    /// 该行的领域代码.
    OwnDomain = "local.domain": String, member "local.domain";
    /// 公开主体.
    Units = "local.units": Json, member "local.units";
    /// 公开层级.
    Levels = "local.levels": Json, member "local.levels";
    /// 渠道网址.
    Addresses = "local.addresses": Json, member "local.addresses";
    /// 本地的扩展要素.
    OwnExtensions = "local.extensions": Json, member "local.extensions";
    /// 推断的要素.
    Inferred = "local.inferred": Json, member "local.inferred";
    /// 上游事项代码.
    OriginItem = "row.origin.item": String, member "origin.item";
    /// 上游版本摘要.
    OriginVersion = "row.origin.version": String, member "origin.version";
    /// 调整理由.
    Reason = "row.reason": String, member "reason";
    /// 来源序号.
    Source = "row.source": Integer, member "source";
}
