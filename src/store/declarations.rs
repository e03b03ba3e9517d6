//! Which further elements (扩展要素) places and domains declare, read under one scope.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait};

use super::{Store, entity::record, read};
use crate::{
    catalogue::{
        code::{DivisionCode, DomainCode},
        declaration::{ElementsState, Held, Owner, held},
        division::DivisionState,
        reference::Register,
        scope::Scope,
    },
    error::Result,
};

/// No chain of divisions is longer than the levels are many; a register that loops ends here, too.
const LEVELS: usize = 6;

impl Store {
    /// The elements that hold in a place for a domain, the most specific declaration of each: of the place and those
    /// above it, of the domain, and of the domain in these. Without a place what a domain declares for all.
    pub async fn declarations(
        &self,
        division: Option<&DivisionCode>,
        domain: Option<&DomainCode>,
        scope: Scope,
    ) -> Result<Vec<Held>> {
        declarations(&self.reader, division, domain, scope).await
    }
}

/// The same within a transaction.
pub(super) async fn declarations<C: ConnectionTrait>(
    connection: &C,
    division: Option<&DivisionCode>,
    domain: Option<&DomainCode>,
    scope: Scope,
) -> Result<Vec<Held>> {
    // Most logs declare nothing, and then nobody need know what is above a place.
    let known = read::codes(connection, Register::Element, scope).await?;
    if known.is_empty() {
        return Ok(Vec::new());
    }
    let mut places = Vec::new();
    let mut next = division.cloned();
    while let Some(code) = next.take().filter(|_| places.len() < LEVELS) {
        let state: Option<DivisionState> = read::record(connection, code.as_str(), scope).await?;
        next = state.and_then(|state| state.parent);
        places.push(code);
    }
    let owners = Owner::over(&places, domain);
    let codes: Vec<String> = owners.iter().map(ToString::to_string).filter(|it| known.contains(it)).collect();
    let states = read::states(connection, record::Column::Code.is_in(codes), scope).await?;
    let states: HashMap<String, ElementsState> = states.into_iter().collect();
    Ok(held(&owners, &states, scope.effective_on))
}
