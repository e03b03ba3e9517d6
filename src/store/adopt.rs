//! Adopting an upstream version: what the core must know, read under one scope, and the way into a draft.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{
    CatalogueView, Staged, Store, Then, VersionView,
    entity::{record, version},
    projection, read,
};
use crate::{
    catalogue::{
        adopt::{self, Adopted, Adoption, Bases, Edition, Printed, Side},
        check::Finding,
        code::{CatalogueCode, DivisionCode, DomainCode, ItemCode, UnitCode},
        digest::Digest,
        division::{DivisionState, Level},
        domain::{AssignmentRole, AssignmentState},
        element::ElementSchema,
        reference::State,
        scope::{Scope, ScopeRequest},
        text::Text,
        unit::UnitState,
        version::{CatalogueKind, Omission},
    },
    error::{Error, Result},
};

/// Which version is adopted where.
#[derive(Clone, Debug)]
pub struct AdoptionRequest {
    /// The upstream catalogue.
    pub from: CatalogueCode,
    /// Its version; `None`: the one in force on the day from which the draft will be.
    pub number: Option<u32>,
    /// The place that adopts.
    pub division: DivisionCode,
    /// What kind of catalogue it makes; `None`: a village list in a village, else a standard catalogue.
    pub kind: Option<CatalogueKind>,
    /// The version's short name; `None`: upstream's.
    pub label: Option<Text>,
    /// 施行日期; `None`: today in Asia/Shanghai, or the day of the target's last version where that is later.
    pub effective_from: Option<NaiveDate>,
    /// A remark; `None`: that of the last version.
    pub note: Option<Text>,
    /// Upstream items that are left out from now on.
    pub omissions: Vec<Omission>,
    /// Upstream items that were left out and are taken over after all.
    pub include: Vec<ItemCode>,
    /// Whose words hold in a conflict.
    pub take: Side,
}

/// An adoption and the version that it continues.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The draft and what there is to say about it.
    pub adopted: Adopted,
    /// The last version of the target; `None` before its first.
    pub last: Option<Digest>,
}

impl Store {
    /// Makes the document of an adoption; nothing is written. `NOT_FOUND` where source or place is not known or the
    /// source has nothing in force, `BAD_INPUT` where the place is not below the source's, `REDACTED` where a part of
    /// either version was erased.
    pub async fn adoption(&self, request: AdoptionRequest) -> Result<Prepared> {
        let today = self.scope(ScopeRequest::default()).await?;
        let level = self.level_below(&request.division, &request.from.division, today).await?;
        let catalogue = target(&request, level)?;
        let view = self.catalogue(&catalogue, today).await?;
        let last = view.as_ref().and_then(|view| view.history.known(today).max_by_key(|v| v.number));
        // Where the last version is yet to come, a draft of today would be made from what upstream no longer says then.
        let usual_day = last.map_or(today.effective_on, |last| last.effective_from.max(today.effective_on));
        let scope = Scope { effective_on: request.effective_from.unwrap_or(usual_day), ..today };
        let upstream = self.upstream(&request.from, request.number, scope).await?;
        let last = match view.as_ref().zip(last) {
            None => None,
            Some((view, last)) => Some(self.edition(view, last.number, scope).await?),
        };
        let bases = self.bases(last.as_ref()).await?;
        let asked = Adoption {
            catalogue,
            level,
            label: request.label,
            effective_from: request.effective_from,
            usual_day,
            note: request.note,
            units: self.assigned_units(&request.division, scope).await?,
            omissions: request.omissions,
            include: request.include,
            take: request.take,
        };
        let adopted = adopt::adopt(&asked, &upstream, last.as_ref(), &bases);
        Ok(Prepared { adopted, last: last.map(|last| last.digest) })
    }

    /// Stages a prepared adoption as [`Store::stage`] stages a document. `CONFLICT` where another version of the target
    /// was published since it was prepared.
    pub async fn stage_adoption(
        &self,
        prepared: &Prepared,
        then: Then,
    ) -> Result<(Option<Staged>, Vec<Finding>)> {
        self.stage_next(&prepared.adopted.document, prepared.last, then).await
    }

    /// The level of `division`, which must lie below `above`.
    async fn level_below(
        &self,
        division: &DivisionCode,
        above: &DivisionCode,
        scope: Scope,
    ) -> Result<Level> {
        let state: Option<DivisionState> = self.record(division.as_str(), scope).await?;
        let state = state.ok_or_else(|| Error::not_found("行政区划", "division", division))?;
        let mut parent = state.parent;
        // No chain is longer than the levels are many; a register that loops ends here, too.
        for _ in 0..6 {
            match parent {
                Some(code) if code == *above => return Ok(state.level),
                Some(code) => {
                    parent = self.record::<DivisionState>(code.as_str(), scope).await?.and_then(|s| s.parent);
                }
                None => break,
            }
        }
        Err(Error::bad_input(
            format!("{division} 不是 {above} 的下级"),
            format!("{division} is not below {above}"),
        ))
    }

    async fn upstream(&self, code: &CatalogueCode, number: Option<u32>, scope: Scope) -> Result<Edition> {
        let view = self.catalogue(code, scope).await?;
        let view = view.ok_or_else(|| Error::not_found("目录", "catalogue", code))?;
        let number =
            number.or(view.in_force).ok_or_else(|| Error::none_in_force(code, scope.effective_on))?;
        if view.history.is_void(number, scope) {
            return Err(Error::bad_input(
                format!("{code} #{number} 已撤回"),
                format!("{code} #{number} was withdrawn"),
            ));
        }
        self.edition(&view, number, scope).await
    }

    /// A version with all that it leads to. `REDACTED` where a part was erased.
    pub async fn edition(&self, view: &CatalogueView, number: u32, scope: Scope) -> Result<Edition> {
        let found = self.version(view, number, scope).await?;
        let missing = || Error::not_found("目录版本", "version", format!("{} #{number}", view.code));
        let found = found.ok_or_else(missing)?;
        let mut rows = Vec::with_capacity(found.version.size as usize);
        for row in self.entries(&found).await? {
            let content = row.content.ok_or(Error::Redacted(row.entry.content))?;
            let local = row.local.ok_or(Error::Redacted(row.entry.local))?;
            rows.push(Printed { entry: row.entry, content, local });
        }
        let elements = self.declared(&found).await?;
        Ok(Edition { version: found.version, digest: found.digest, elements, rows })
    }

    async fn declared(&self, version: &VersionView) -> Result<Vec<ElementSchema>> {
        let digests = &version.version.element_schemas;
        let objects = projection::objects(&self.reader, digests).await?;
        let element = |digest: &Digest| {
            let bytes = objects.get(digest).ok_or_else(|| projection::missing(*digest))?;
            projection::parsed(*digest, bytes.as_ref().ok_or(Error::Redacted(*digest))?)
        };
        digests.iter().map(element).collect()
    }

    /// What the rows of a version were taken from, and the version that it was based on.
    async fn bases(&self, last: Option<&Edition>) -> Result<Bases> {
        let Some(last) = last else { return Ok(Bases::new()) };
        let based_on = last.version.based_on.iter().map(|on| on.digest);
        let origins = last.rows.iter().filter_map(|row| row.entry.origin.as_ref()).map(|o| o.version);
        let digests: HashSet<Digest> = based_on.chain(origins).collect();
        let mut bases = Bases::new();
        for digest in digests {
            let key = version::Column::Digest.eq(digest.as_bytes().to_vec());
            let Some(row) = version::Entity::find().filter(key).one(&self.reader).await? else { continue };
            let rows = read::rows(&self.reader, &row.catalogue, row.number.unsigned_abs()).await?;
            let known = rows.into_iter().filter_map(|row| Some((row.entry.item, (row.content?, row.local?))));
            bases.insert(digest, known.collect());
        }
        Ok(bases)
    }

    /// The units that answer for each domain in a place, by their names: those that are responsible, else those that
    /// lead. An assignment or a unit that has ended counts no more.
    async fn assigned_units(
        &self,
        division: &DivisionCode,
        scope: Scope,
    ) -> Result<BTreeMap<DomainCode, Vec<Text>>> {
        let day = scope.effective_on;
        let holds = |from: Option<NaiveDate>, to: Option<NaiveDate>| {
            from.is_none_or(|from| from <= day) && to.is_none_or(|to| day <= to)
        };
        let parent = record::Column::Parent.eq(division.as_str());
        let assignments: Vec<(String, AssignmentState)> = read::states(&self.reader, parent, scope).await?;
        let named = assignments.iter().map(|(_, assignment)| assignment.unit.as_str());
        let units = read::states(&self.reader, record::Column::Code.is_in(named), scope).await?;
        let units: HashMap<String, UnitState> = units.into_iter().collect();
        let name = |code: &UnitCode| {
            let unit = units.get(code.as_str()).filter(|unit| holds(unit.valid_from(), unit.valid_to))?;
            Some(unit.name.clone())
        };
        let mut assigned: BTreeMap<DomainCode, Vec<Text>> = BTreeMap::new();
        for role in [AssignmentRole::Responsible, AssignmentRole::Lead] {
            let mut here: Vec<&AssignmentState> = assignments
                .iter()
                .map(|(_, assignment)| assignment)
                .filter(|one| one.role == role && holds(one.valid_from, one.valid_to))
                .collect();
            here.sort_by_key(|one| (one.order, one.unit.clone()));
            let mut of_role: BTreeMap<DomainCode, Vec<Text>> = BTreeMap::new();
            for one in here {
                if let Some(name) = name(&one.unit) {
                    of_role.entry(one.domain.clone()).or_default().push(name);
                }
            }
            for (domain, names) in of_role {
                assigned.entry(domain).or_insert(names);
            }
        }
        Ok(assigned)
    }
}

/// The code of the target: the same domain, or `00`.
fn target(request: &AdoptionRequest, level: Level) -> Result<CatalogueCode> {
    let usual = if level == Level::Village { CatalogueKind::Village } else { CatalogueKind::Standard };
    let kind = request.kind.unwrap_or(usual);
    let domain = request.from.domain.as_ref().map_or("00", DomainCode::as_str);
    let letter = kind.letter().map(String::from).unwrap_or_default();
    format!("{}-{domain}{letter}", request.division).parse().map_err(Error::internal)
}
