//! Which items a page shows (预读), as far as that can be told before its tables are read: what these items say is read with
//! the tables then.

use crate::{
    catalogue::selection::{Order, Place},
    config::USUAL_PAGE,
    graphql::catalogue::Catalogue,
    store::{Ahead, AheadItems, Seek},
};

/// The longest page that is read ahead, as long as one usually is: parts are often in memory already, because other places
/// say the same, and to read many of them again costs more than the statement that is spared.
const MOST: u64 = USUAL_PAGE;

/// What a page shows of a list.
pub(super) struct Shown {
    pub order: Order,
    pub seek: Seek<Place>,
}

impl Shown {
    /// What is to be read ahead of tables in their order: items of the one in which the page begins. Where rows were redacted,
    /// or the page ends in the next table, the rest takes one more statement.
    pub fn ahead(&self, tables: &[(u32, Catalogue)]) -> Option<Ahead> {
        // One more is sought than the page has.
        let count = self.seek.count.saturating_sub(1);
        if self.seek.from_end || !(1..=MOST).contains(&count) {
            return None;
        }
        let ((number, catalogue), first) = self.beginning(tables)?;
        let numbers = first..=first.saturating_add(u32::try_from(count - 1).ok()?);
        let items = match self.order {
            Order::Catalogue => AheadItems::Places(numbers),
            Order::Code => AheadItems::Serials(numbers),
            Order::RecentlyChanged => return None,
        };
        Some(Ahead { catalogue: catalogue.known.code.clone(), number: *number, items })
    }

    /// The table in which the page begins, and with which number.
    fn beginning<'a>(&self, tables: &'a [(u32, Catalogue)]) -> Option<(&'a (u32, Catalogue), u32)> {
        let Some(place) = &self.seek.after else {
            // Places are counted from 0, codes from 1.
            return Some((tables.first()?, u32::from(self.order == Order::Code)));
        };
        let is_there =
            |(_, catalogue): &&(u32, Catalogue)| *catalogue.known.code.as_str() == *place.catalogue;
        Some((tables.iter().find(is_there)?, place.index.saturating_add(1)))
    }
}
