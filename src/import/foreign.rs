//! Foreign words (混入的词): sites that put a brand in place of 政府, 关于 and the like. One that repeats inside 《》,
//! where registered titles have other words, is proposed for replacement; nothing is replaced.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    assemble::{Assembled, Said},
    finding::{Code, Note},
    vocabulary::Vocabulary,
};
use crate::catalogue::layout::Part;

/// How many titles a word must stand in.
const REPEATED: usize = 2;

/// One word of a title that stands in the place of another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Replaced {
    foreign: String,
    meant: String,
}

/// W305 for each title with a word that repeats in several.
pub(super) fn words(rows: &[Assembled], vocabulary: &Vocabulary) -> Vec<Said> {
    let mut titles: BTreeMap<&str, Option<Replaced>> = BTreeMap::new();
    let cited = |row: &'_ Assembled| {
        let basis = row.row.content.basis.iter().flatten();
        basis.filter_map(|basis| basis.title.as_ref()).map(ToString::to_string).collect::<Vec<_>>()
    };
    let cited: Vec<Vec<String>> = rows.iter().map(cited).collect();
    for title in cited.iter().flatten() {
        titles.entry(title).or_insert_with(|| replaced(title, vocabulary));
    }
    let mut many: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (title, replaced) in &titles {
        if let Some(replaced) = replaced {
            many.entry(&replaced.foreign).or_default().insert(title);
        }
    }
    let mut said = Vec::new();
    for (row, title) in rows.iter().zip(&cited).flat_map(|(row, all)| all.iter().map(move |one| (row, one))) {
        let Some(Some(Replaced { foreign, meant })) = titles.get(title.as_str()) else { continue };
        if many.get(foreign.as_str()).is_some_and(|titles| titles.len() >= REPEATED) {
            let note = Note::new(Code::ForeignWords, title)
                .understood(title.replacen(foreign, meant, 1))
                .proposal(format!("{foreign} → {meant}"));
            said.push(row.say_of(&Part::Basis, note));
        }
    }
    said
}

/// The word of a title that is not registered, where one that is has another between the same beginning and end.
fn replaced(title: &str, vocabulary: &Vocabulary) -> Option<Replaced> {
    if vocabulary.law(title).is_some() {
        return None;
    }
    let near = vocabulary.law_titles().filter_map(|known| between(title, known));
    near.max_by_key(|(shared, _)| *shared).map(|(_, replaced)| replaced)
}

/// What stands in two titles between their common beginning and end, which are half of them at least; and how many
/// characters these are.
fn between(title: &str, known: &str) -> Option<(usize, Replaced)> {
    let (title, known): (Vec<char>, Vec<char>) = (title.chars().collect(), known.chars().collect());
    let shorter = title.len().min(known.len());
    let head = title.iter().zip(&known).take_while(|(a, b)| a == b).count();
    let tail = title.iter().rev().zip(known.iter().rev()).take_while(|(a, b)| a == b).count();
    let tail = tail.min(shorter - head);
    let middle = |text: &[char]| text[head..text.len() - tail].iter().collect::<String>();
    let (foreign, meant) = (middle(&title), middle(&known));
    let word = |text: &str| (2..=6).contains(&text.chars().count()) && text.chars().all(char::is_alphabetic);
    let half = (head + tail) * 2 >= title.len();
    let other =
        is_other(&foreign, title.get(title.len() - tail)) || is_other(&meant, title.get(title.len() - tail));
    (half && !other && word(&foreign) && word(&meant)).then(|| (head + tail, Replaced { foreign, meant }))
}

/// Whether words make a title that of another place or year, which is no wrong one.
fn is_other(words: &str, next: Option<&char>) -> bool {
    let ends = |c: char| "省市县区州旗镇乡村年".contains(c);
    words.ends_with(ends) || next.is_some_and(|c| ends(*c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_in_the_place_of_another_is_found() {
        let found =
            |title, known| between(title, known).map(|(_, made)| format!("{} {}", made.foreign, made.meant));
        assert_eq!(found("彩票网信息公开条例", "政府信息公开条例").as_deref(), Some("彩票网 政府"));
        assert_eq!(
            found("国务院彩票网加强管理的意见", "国务院关于加强管理的意见").as_deref(),
            Some("彩票网 关于")
        );
        assert_eq!(found("青禾省实施方案", "江苏省实施方案"), None);
        assert_eq!(found("2024年实施方案", "2021年实施方案"), None);
        assert_eq!(found("社会救助办法", "社会救助暂行办法"), None);
    }
}
