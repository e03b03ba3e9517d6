//! How much two texts have in common: Dice's coefficient over pairs of neighbouring characters.
//!
//! strsim has it too, but divides by the number of bytes, which are three for a Chinese character.

use std::{
    cmp::Ordering,
    collections::{HashMap, HashSet},
};

/// 0 for nothing in common, 1 for the same text: what [`Pairs::dice`] is, in one look at two texts.
#[cfg(test)]
pub(super) fn dice(a: &str, b: &str) -> f64 {
    if a == b {
        return 1.0;
    }
    let mut pairs: HashMap<(char, char), usize> = HashMap::new();
    let of_a = neighbours(a).inspect(|pair| *pairs.entry(*pair).or_default() += 1).count();
    let (mut of_b, mut common) = (0, 0);
    for pair in neighbours(b) {
        of_b += 1;
        if let Some(left) = pairs.get_mut(&pair).filter(|left| **left > 0) {
            *left -= 1;
            common += 1;
        }
    }
    // Texts of one character have no neighbours and, not being equal, nothing in common.
    if of_a + of_b == 0 { 0.0 } else { f64::from(2 * common) / (of_a + of_b) as f64 }
}

fn neighbours(text: &str) -> impl Iterator<Item = (char, char)> {
    text.chars().zip(text.chars().skip(1))
}

/// The most texts that one text is compared with. Those that share its rarest pairs come first, so what is left out
/// has only common ones in common with it.
const MOST: usize = 500;

/// Texts among which like ones are found without a look at all of them.
///
/// A text is filed under its rarest pairs of characters only. Texts that are at least so alike share so many pairs that
/// one of these is among the rarest of both (prefix filtering).
#[derive(Debug, Default)]
pub(super) struct Index {
    texts: Vec<Pairs>,
    /// Each text once.
    places: HashMap<String, usize>,
    /// In how many texts a pair stands, and where it is one of the rarest.
    files: HashMap<(char, char), (usize, Vec<usize>)>,
    least: f64,
}

/// The pairs of a text in order, repeated ones as often as they stand there.
#[derive(Debug, Default)]
pub(super) struct Pairs(Vec<(char, char)>);

impl Pairs {
    pub(super) fn of(text: &str) -> Self {
        let mut pairs: Vec<_> = neighbours(text).collect();
        pairs.sort_unstable();
        Self(pairs)
    }

    /// [`dice`] of two texts of which it is known whether they are equal.
    pub(super) fn dice(&self, other: &Self, equal: bool) -> f64 {
        if equal {
            return 1.0;
        }
        let (mut common, mut at, mut there) = (0, 0, 0);
        while let (Some(one), Some(another)) = (self.0.get(at), other.0.get(there)) {
            match one.cmp(another) {
                Ordering::Less => at += 1,
                Ordering::Greater => there += 1,
                Ordering::Equal => (common, at, there) = (common + 1, at + 1, there + 1),
            }
        }
        let all = self.0.len() + other.0.len();
        if all == 0 { 0.0 } else { f64::from(2 * common) / all as f64 }
    }
}

impl Index {
    /// An index that finds texts of this likeness and above, which is more than nothing.
    pub(super) fn of<'t>(texts: impl IntoIterator<Item = &'t str>, least: f64) -> Self {
        let mut index = Self { least, ..Self::default() };
        for text in texts {
            let next = index.texts.len();
            if *index.places.entry(text.to_owned()).or_insert(next) == next {
                index.texts.push(Pairs::of(text));
            }
        }
        for pairs in &index.texts {
            for pair in pairs.0.chunk_by(|a, b| a == b).map(|same| same[0]) {
                index.files.entry(pair).or_default().0 += 1;
            }
        }
        for place in 0..index.texts.len() {
            for pair in index.rarest(&index.texts[place]) {
                index.files.entry(pair).or_default().1.push(place);
            }
        }
        index
    }

    /// Where a text stands among the different ones, in the order of their first occurrence.
    pub(super) fn place(&self, text: &str) -> Option<usize> {
        self.places.get(text).copied()
    }

    /// The pairs of the text at a place.
    pub(super) fn pairs(&self, place: usize) -> &Pairs {
        &self.texts[place]
    }

    /// The texts that are at least so alike, by their places; the text itself among them.
    pub(super) fn like(&self, text: &str, pairs: &Pairs) -> Vec<(usize, f64)> {
        let mut found: Vec<(usize, f64)> = self.place(text).map(|own| (own, 1.0)).into_iter().collect();
        let mut seen: HashSet<usize> = found.iter().map(|(own, _)| *own).collect();
        let rarest = self.rarest(pairs);
        let filed = rarest.iter().filter_map(|pair| self.files.get(pair)).flat_map(|(_, places)| places);
        for place in filed {
            if seen.len() >= MOST {
                break;
            }
            if seen.insert(*place) {
                let score = pairs.dice(&self.texts[*place], false);
                found.extend((score >= self.least).then_some((*place, score)));
            }
        }
        found
    }

    /// The rarest pairs of a text, so many that any text that is like enough has one of them among its own.
    fn rarest(&self, pairs: &Pairs) -> Vec<(char, char)> {
        let mut ranked: Vec<_> = pairs.0.iter().map(|pair| (self.frequency(*pair), *pair)).collect();
        ranked.sort_unstable();
        // Dice's coefficient is at most least where less than this is common: the other text has at most so many pairs.
        let common = (ranked.len() as f64 * self.least / (2.0 - self.least) - 1e-9).ceil().max(1.0) as usize;
        ranked.truncate((ranked.len() + 1).saturating_sub(common));
        let mut rarest: Vec<_> = ranked.into_iter().map(|(_, pair)| pair).collect();
        rarest.dedup();
        rarest
    }

    fn frequency(&self, pair: (char, char)) -> usize {
        self.files.get(&pair).map_or(0, |(many, _)| *many)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn likeness_counts_characters_not_bytes() {
        for (a, b, likeness) in [
            ("", "", 1.0),
            ("甲", "乙", 0.0),
            ("民政局", "民政局", 1.0),
            ("县民政局", "民政局", 0.8),
            ("甲乙", "丙丁", 0.0),
        ] {
            assert!((dice(a, b) - likeness).abs() < 1e-9, "{a} {b}: {}", dice(a, b));
            assert!((dice(a, b) - dice(b, a)).abs() < 1e-9);
        }
    }
    /// Texts of few different characters, so that many are alike.
    fn text() -> impl Strategy<Value = String> {
        proptest::string::string_regex("[甲乙丙丁]{0,9}").unwrap()
    }

    proptest! {
        #[test]
        fn the_index_finds_what_a_look_at_all_finds(
            texts in prop::collection::vec(text(), 0..60),
            wanted in text(),
            least in 0.05..1.0_f64,
        ) {
            let index = Index::of(texts.iter().map(String::as_str), least);
            let mut found = index.like(&wanted, &Pairs::of(&wanted));
            let mut all: Vec<(usize, f64)> =
                texts.iter().map(|text| (index.place(text).unwrap(), dice(&wanted, text))).collect();
            all.retain(|(_, score)| *score >= least);
            for found in [&mut found, &mut all] {
                found.sort_by(|a, b| a.partial_cmp(b).unwrap());
                found.dedup();
            }
            prop_assert_eq!(found, all);
        }
    }
}
