//! 公开渠道和载体: the boxes of the template.

use super::{Layout, UNKNOWN};
use crate::catalogue::{
    channel::OTHER,
    content::{ChannelUse, Content},
    element::ElementKind,
};

/// The longest name of which two stand in one line, as the template prints them.
const SHORT: usize = 8;

impl Layout {
    /// The boxes in template order, then the channels that the template lacks, then 其他. Blank where the row is known
    /// to have none.
    pub(super) fn channels(&self, content: &Content) -> String {
        let Some(used) = &content.channels else { return UNKNOWN.to_owned() };
        let mut lines = if used.is_empty() { Vec::new() } else { lines(self.boxes(used)) };
        if super::cell::open(content, ElementKind::Channel) {
            lines.push("等".to_owned());
        }
        lines.join("\n")
    }

    /// A row's channels in the order in which they are printed.
    pub(super) fn in_order<'a>(&self, used: &'a [ChannelUse]) -> Vec<&'a ChannelUse> {
        let mut ordered: Vec<&ChannelUse> = used.iter().collect();
        ordered.sort_by_key(|used| {
            let place = self.template.iter().position(|code| *code == used.code);
            (used.code == OTHER, place.unwrap_or(self.template.len()))
        });
        ordered
    }

    fn boxes(&self, used: &[ChannelUse]) -> Vec<String> {
        let boxed = |used: &ChannelUse| {
            let full = !self.marks.required || used.required != Some(false);
            format!("{}{}", if full { '■' } else { '□' }, self.channel(used))
        };
        let ordered = self.in_order(used);
        if self.marks.required {
            return ordered.into_iter().map(boxed).collect();
        }
        let blank = |code: &String| format!("□{}", self.channel_name(code));
        let of = |code: &String| {
            let chosen: Vec<String> =
                ordered.iter().filter(|used| used.code == *code).map(|used| boxed(used)).collect();
            if chosen.is_empty() { vec![blank(code)] } else { chosen }
        };
        let listed = self.template.iter().filter(|code| *code != OTHER).flat_map(of);
        let beyond = ordered.iter().filter(|used| used.code != OTHER && !self.template.contains(&used.code));
        let other = OTHER.to_owned();
        let last = match ordered.iter().any(|used| used.code == OTHER) || self.template.contains(&other) {
            true => of(&other),
            false => Vec::new(),
        };
        listed.chain(beyond.map(|used| boxed(used))).chain(last).collect()
    }

    fn channel(&self, used: &ChannelUse) -> String {
        match &used.text {
            Some(text) if used.code == OTHER => {
                format!("{}\u{ff08}{text}\u{ff09}", self.channel_name(OTHER))
            }
            Some(text) => text.to_string(),
            None => self.channel_name(&used.code),
        }
    }

    pub(super) fn channel_name(&self, code: &str) -> String {
        self.glossary.channels.get(code).map_or_else(|| code.to_owned(), |channel| channel.name.clone())
    }
}

/// Two short ones in a line.
fn lines(boxes: Vec<String>) -> Vec<String> {
    let short = |text: &str| text.chars().count() <= SHORT && !text.contains('\n');
    let mut lines: Vec<(String, bool)> = Vec::new();
    for text in boxes {
        match lines.last_mut() {
            Some((line, room)) if *room && short(&text) => {
                *line = format!("{line}\u{3000}{text}");
                *room = false;
            }
            _ => {
                let room = short(&text);
                lines.push((text, room));
            }
        }
    }
    lines.into_iter().map(|(line, _)| line).collect()
}
