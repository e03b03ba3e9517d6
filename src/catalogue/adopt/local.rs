//! The local part of an adopted row: who and where become this place's own.

use std::collections::BTreeSet;

use super::Adoption;
use crate::catalogue::{
    code::DomainCode,
    content::Content,
    element::ElementKind,
    local::{Local, UnitText},
};

/// What this place makes of an upstream local part.
///
/// Units are those that the place's assignments name for the domain. Addresses and further local elements are
/// dropped: the upstream place's web page, telephone or office would be wrong here. Ticks of levels stay: they are
/// the plan of all levels at once.
pub(super) fn localise(asked: &Adoption, theirs: &Local) -> Local {
    let assigned = assigned(asked, theirs);
    let mut inferred = theirs.inferred.clone();
    if let Some(kinds) = inferred.as_mut().filter(|_| theirs.extensions.is_some()) {
        kinds.retain(|kind| *kind != ElementKind::Extension);
    }
    if assigned.is_some() {
        let kinds = inferred.get_or_insert_default();
        if !kinds.contains(&ElementKind::ResponsibleUnit) {
            kinds.push(ElementKind::ResponsibleUnit);
        }
    }
    Local {
        domain: theirs.domain.clone(),
        units: assigned.or_else(|| theirs.units.clone()),
        levels: theirs.levels.clone(),
        addresses: None,
        extensions: None,
        inferred,
    }
}

/// The domain of a row: the catalogue's, else its own.
pub(super) fn domain<'a>(asked: &'a Adoption, local: &'a Local) -> Option<&'a DomainCode> {
    asked.catalogue.domain.as_ref().or(local.domain.as_ref())
}

/// The units by assignment; `None` where nobody is assigned, where upstream names just these, or where it says that
/// there are none.
fn assigned(asked: &Adoption, theirs: &Local) -> Option<Vec<UnitText>> {
    let names = domain(asked, theirs).and_then(|domain| asked.units.get(domain))?;
    let units: Vec<UnitText> =
        names.iter().map(|name| UnitText { text: name.clone(), alternatives: None }).collect();
    let says_so = theirs.units.as_ref().is_some_and(|printed| printed.is_empty() || *printed == units);
    (!units.is_empty() && !says_so).then_some(units)
}

/// Merges the local part of a row that this place has with what upstream says now.
///
/// Units that an adoption put there (marked as inferred), or that are still upstream's words, follow; units that
/// somebody here wrote stay. Of `content`, the merged one, the elements `kept` are this place's own; an address
/// goes with its channel.
pub(super) fn merge(
    asked: &Adoption,
    base: Option<&Local>,
    ours: &Local,
    theirs: &Local,
    content: &Content,
    kept: &BTreeSet<ElementKind>,
) -> Local {
    let fresh = localise(asked, theirs);
    let marked = ours.inferred.iter().flatten().any(|kind| *kind == ElementKind::ResponsibleUnit);
    let printed = [Some(theirs), base].into_iter().flatten().any(|local| local.units == ours.units);
    let follows = marked || printed || ours.units.is_none();
    let mut kept = kept.clone();
    if !follows {
        kept.insert(ElementKind::ResponsibleUnit);
    }
    let levels = three_way(base.map(|base| &base.levels), &ours.levels, &theirs.levels);
    if levels != theirs.levels {
        kept.insert(ElementKind::Level);
    }
    Local {
        domain: three_way(base.map(|base| &base.domain), &ours.domain, &theirs.domain),
        units: if follows { fresh.units } else { ours.units.clone() },
        levels,
        addresses: ours.addresses.clone().map(|addresses| {
            let used = |channel: &str| content.channels.iter().flatten().any(|used| used.code == channel);
            addresses.into_iter().filter(|(channel, _)| used(channel)).collect()
        }),
        extensions: ours.extensions.clone(),
        inferred: inferred(&kept, ours.inferred.as_deref(), fresh.inferred),
    }
}

/// Ours stays where only this place changed it, and where both did.
fn three_way<T: PartialEq + Clone>(base: Option<&T>, ours: &T, theirs: &T) -> T {
    if base == Some(ours) { theirs.clone() } else { ours.clone() }
}

/// Each mark goes with the element that it is about.
fn inferred(
    kept: &BTreeSet<ElementKind>,
    ours: Option<&[ElementKind]>,
    fresh: Option<Vec<ElementKind>>,
) -> Option<Vec<ElementKind>> {
    if kept.is_empty() {
        return fresh;
    }
    let own = ours.into_iter().flatten().filter(|kind| kept.contains(kind));
    let followed = fresh.iter().flatten().filter(|kind| !kept.contains(kind));
    let marks: Vec<ElementKind> = followed.chain(own).copied().collect();
    (!marks.is_empty()).then_some(marks)
}
