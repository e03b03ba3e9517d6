//! Rows and items that are alike by their words, found by an index of pairs of characters instead of a look at each row
//! with each item.

use std::collections::HashSet;

use crate::{
    catalogue::content::Content,
    import::{
        cell::clean::fold,
        likeness::{Index, Pairs},
    },
};

/// What each of the compared texts weighs: names and points twice as much as basis and limits.
const WEIGHTS: [f64; 3] = [0.4, 0.4, 0.2];

/// Two that are likely the same have names or points that are at least so alike: where names weigh 0.4 of 0.6, as in a
/// table without content, and all else is equal.
const LEAST: f64 = 0.39;

/// The most items that one row is compared with for their names, and for their points: the likest of these.
const NEAREST: usize = 500;

/// Pairs that are kept in all. Where each row of a very long table is like hundreds of items, the likest are kept of each
/// row; in any other table nothing is left out.
const PAIRS: usize = 4_000_000;

/// The folded words by which items are compared: names, points, and basis with limits.
#[derive(Clone, Debug)]
pub(super) struct Words([String; 3]);

impl Words {
    pub(super) fn of(content: &Content) -> Self {
        let names = content.names.iter().map(|name| fold(name.as_str()));
        let points = content.points.iter().flatten().map(|point| fold(point.text.as_str()));
        let basis = content.basis.iter().flatten().map(|basis| fold(basis.text.as_str()));
        let limits = content.time_limits.iter().flatten().filter_map(|limit| limit.text.as_ref());
        let rest = basis.chain(limits.map(|text| fold(text.as_str())));
        Self([names.collect(), points.collect(), rest.collect()])
    }
}

/// How alike two are, 0 to 1, by how alike their texts are; `None` for a text that neither has, which does not count.
fn together(likeness: impl Fn(usize) -> Option<f64>) -> f64 {
    let told = WEIGHTS.iter().enumerate().filter_map(|(text, weight)| Some((*weight, likeness(text)?)));
    let (sum, weight) =
        told.fold((0.0, 0.0), |(sum, all), (weight, like)| (sum + weight * like, all + weight));
    // Names alone are no content.
    if weight > WEIGHTS[0] { sum / weight } else { 0.0 }
}

/// The pairs of a row and an item whose likeness is at least this: the likeness, the row, the item. `likely` must be
/// what [`LEAST`] was made for, or more.
pub(super) fn pairs(rows: &[Words], items: &[Words], likely: f64) -> Vec<(f64, usize, usize)> {
    let all = Items::of(items);
    let most = PAIRS / rows.len().max(1);
    let of_row = |(row, words): (usize, &Words)| {
        let mut found = all.like(words, likely);
        if found.len() > most {
            found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            found.truncate(most);
        }
        found.into_iter().map(move |(score, item)| (score, row, item)).collect::<Vec<_>>()
    };
    rows.iter().enumerate().flat_map(of_row).collect()
}

/// Items by their texts.
struct Items {
    indexes: [Index; 3],
    /// For each text of each item its place in the index.
    places: Vec<[usize; 3]>,
    /// The items that have a text, for names and points.
    having: [Vec<Vec<usize>>; 2],
}

impl Items {
    fn of(items: &[Words]) -> Self {
        let indexes =
            [0, 1, 2].map(|text| Index::of(items.iter().map(|words| words.0[text].as_str()), LEAST));
        let mut having = [Vec::new(), Vec::new()];
        let mut places = Vec::with_capacity(items.len());
        for (item, words) in items.iter().enumerate() {
            let own = [0, 1, 2].map(|text| indexes[text].place(&words.0[text]).unwrap_or_default());
            for (having, place) in having.iter_mut().zip(own) {
                if having.len() <= place {
                    having.resize_with(place + 1, Vec::new);
                }
                having[place].push(item);
            }
            places.push(own);
        }
        Self { indexes, places, having }
    }

    /// The items that are so alike, each with its likeness.
    fn like(&self, words: &Words, likely: f64) -> Vec<(f64, usize)> {
        let pairs = [0, 1, 2].map(|text| Pairs::of(&words.0[text]));
        let own = [0, 1, 2].map(|text| self.indexes[text].place(&words.0[text]));
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        for text in [0, 1] {
            // What neither has is no likeness.
            if words.0[text].is_empty() {
                continue;
            }
            let mut places = self.indexes[text].like(&words.0[text], &pairs[text]);
            places.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            let items = places.iter().flat_map(|(place, _)| &self.having[text][*place]);
            for item in items.take(NEAREST) {
                if !seen.insert(*item) {
                    continue;
                }
                let there = self.places[*item];
                let score = together(|text| {
                    let (index, place) = (&self.indexes[text], there[text]);
                    let equal = own[text] == Some(place);
                    let told = !(equal && words.0[text].is_empty());
                    told.then(|| pairs[text].dice(index.pairs(place), equal))
                });
                if score >= likely {
                    found.push((score, *item));
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::import::likeness::dice;

    /// A look at each row with each item.
    fn all_with_all(rows: &[Words], items: &[Words], likely: f64) -> Vec<(f64, usize, usize)> {
        let mut found = Vec::new();
        for (row, words) in rows.iter().enumerate() {
            for (item, other) in items.iter().enumerate() {
                let score = together(|text| {
                    let (a, b) = (&words.0[text], &other.0[text]);
                    (!(a.is_empty() && b.is_empty())).then(|| dice(a, b))
                });
                if score >= likely {
                    found.push((score, row, item));
                }
            }
        }
        found
    }

    /// Words of few different characters, so that many are alike; some have no names, no points, or nothing else.
    fn words() -> impl Strategy<Value = Words> {
        let text = |most: usize| proptest::string::string_regex(&format!("[甲乙丙丁]{{0,{most}}}")).unwrap();
        [text(6), text(12), text(6)].prop_map(Words)
    }

    proptest! {
        #[test]
        fn the_index_finds_each_likely_pair(
            rows in prop::collection::vec(words(), 0..30),
            items in prop::collection::vec(words(), 0..60),
        ) {
            let sorted = |mut pairs: Vec<(f64, usize, usize)>| {
                pairs.sort_by_key(|(_, row, item)| (*row, *item));
                pairs
            };
            let likely = super::super::LIKELY;
            let found = sorted(pairs(&rows, &items, likely));
            prop_assert_eq!(found, sorted(all_with_all(&rows, &items, likely)));
        }
    }
}
