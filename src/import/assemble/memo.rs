//! Cells of the same words, read once: a long table repeats its bases, limits, units and channels in thousands of rows.

use std::{cell::RefCell, collections::HashMap};

use crate::{
    catalogue::{code::DomainCode, text::Text},
    import::cell::{
        Reading, basis::Basis, channels::Channels, points::Points, time_limit::Times, units::Units,
    },
};

/// Different words of one column that are remembered.
const MOST: usize = 4_096;

/// The longest words that are remembered, in bytes: longer ones are hardly ever said twice.
const LONGEST: usize = 4_096;

/// What the cells of one table were read as, column by column. A reader must be a function of the words alone.
#[derive(Debug, Default)]
pub(super) struct Memos {
    pub(super) name: Memo<Text>,
    pub(super) names: Memo<Vec<Text>>,
    /// Points of items that are about rules, and of others.
    pub(super) points: [Memo<Points>; 2],
    pub(super) basis: Memo<Basis>,
    pub(super) time_limit: Memo<Times>,
    pub(super) channels: Memo<Channels>,
    pub(super) units: Memo<Units>,
    pub(super) domain: Memo<DomainCode>,
}

/// The readings of one column by its words.
#[derive(Debug)]
pub(super) struct Memo<T>(RefCell<HashMap<String, Reading<T>>>);

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<T: Clone> Memo<T> {
    /// The reading of these words.
    pub(super) fn of(&self, words: &str, read: impl FnOnce(&str) -> Reading<T>) -> Reading<T> {
        if let Some(known) = self.0.borrow().get(words) {
            return known.clone();
        }
        let reading = read(words);
        let mut known = self.0.borrow_mut();
        if known.len() < MOST && words.len() <= LONGEST {
            known.insert(words.to_owned(), reading.clone());
        }
        reading
    }
}
