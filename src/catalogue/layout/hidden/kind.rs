//! What kinds of things a table has no place for.

use serde::Serialize;

use crate::catalogue::canonical::variant_name;

/// What a table has no place for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Hidden {
    /// 备注 of the version.
    Note,
    /// 上游版本 that the version was made from.
    BasedOn,
    /// 未采用.
    Omission,
    /// 扩展要素 that the version declares, with the schema of their values.
    Declaration,
    /// 事项代码.
    ItemCode,
    /// 来源事项: the upstream item.
    Origin,
    /// 调整理由.
    Reason,
    /// 来源: where the row was found.
    Source,
    /// 领域 of a row in a catalogue of one domain.
    RowDomain,
    /// 网址 of a channel.
    Address,
    /// What is known of a citation and its words do not say: title, document number, article, kind.
    Citation,
    /// What is known of a time limit or a publicity period and its words do not say.
    TimeLimit,
    /// 必选、可选 of a channel, where not every channel of the version tells.
    Required,
    /// Which registered channel is meant by a row's own wording.
    ChannelCode,
    /// The order of the row's channels, where it is not the template's.
    ChannelOrder,
    /// Whether all channels are due or one suffices, where the rows do not agree on the latter.
    ChannelRule,
    /// Which units of which any one answers.
    Alternatives,
    /// 特定群体代码.
    AudienceCode,
    /// 推断的要素.
    Inferred,
    /// 等 at an element that has no words to put it at, or whose own words end so.
    OpenEnded,
    /// 公开层级 that are known to be none at all, not level by level.
    NoLevel,
    /// Where one value ends and the next begins, or what a mark before it means: a value has that in its own words.
    Boundary,
    /// That an element is known: its words are the sign for what is not.
    Dash,
    /// Characters that no file could carry, which were replaced by signs.
    ControlCharacter,
}

impl Hidden {
    /// The Chinese term.
    pub fn label(self) -> &'static str {
        match self {
            Self::Note => "备注",
            Self::BasedOn => "上游版本",
            Self::Omission => "未采用的事项",
            Self::Declaration => "扩展要素的声明",
            Self::ItemCode => "事项代码",
            Self::Origin => "来源事项",
            Self::Reason => "调整理由",
            Self::Source => "来源",
            Self::RowDomain => "行的领域",
            Self::Address => "渠道网址",
            Self::Citation => "依据的解读",
            Self::TimeLimit => "时限的解读",
            Self::Required => "渠道必选、可选",
            Self::ChannelCode => "渠道代码",
            Self::ChannelOrder => "渠道次序",
            Self::ChannelRule => "渠道规则",
            Self::Alternatives => "可互换的主体",
            Self::AudienceCode => "特定群体代码",
            Self::Inferred => "推断的要素",
            Self::OpenEnded => "以“等”结尾",
            Self::NoLevel => "无公开层级",
            Self::Boundary => "各项的分界",
            Self::Dash => "与未知符号相同的文字",
            Self::ControlCharacter => "控制字符",
        }
    }

    /// The English term: the code in small letters.
    pub fn label_en(self) -> String {
        variant_name(&self).to_lowercase().replace('_', " ")
    }
}
