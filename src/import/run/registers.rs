//! What the registers and other catalogues say around the tables of a file.

use std::collections::BTreeSet;

use super::Run;
use crate::{
    catalogue::{
        adopt::Edition,
        channel::ChannelState,
        code::{CatalogueCode, DivisionCode, DomainCode},
        declaration::Held,
        division::DivisionState,
        domain::DomainState,
        layout::Layout,
        legal_basis::LegalBasisState,
        scope::Scope,
        text::Text,
        unit::{AliasState, AliasedRegister, UnitState},
        version::CatalogueKind,
    },
    error::Result,
    import::{
        assemble::Assembled,
        branch,
        document::{self, Wanted},
        lookup::Units,
        subject::{self, Claims, Divisions, Subject},
        vocabulary::Vocabulary,
    },
    store::Store,
};

impl Run<'_> {
    /// The divisions that claims name, and the one that was asked for.
    pub(super) async fn divisions(&self, claims: &Claims) -> Result<Divisions> {
        let mut divisions = Divisions::new();
        let asked = self.options.asked.division.as_ref();
        let mut known: Vec<(String, DivisionState)> = self.store.called(&claims.places, self.scope).await?;
        if let Some(code) = asked
            && let Some(state) = self.store.record::<DivisionState>(code.as_str(), self.scope).await?
        {
            known.push((code.to_string(), state));
        }
        for (code, state) in known {
            if let Ok(code) = code.parse::<DivisionCode>() {
                let all = divisions.entry(state.name.to_string()).or_default();
                if !all.iter().any(|(other, _)| *other == code) {
                    all.push((code, state));
                }
            }
        }
        Ok(divisions)
    }

    /// The last version of a catalogue; `None` before its first.
    pub(super) async fn last(&self, code: &CatalogueCode) -> Result<Option<Edition>> {
        let Some(view) = self.store.catalogue(code, self.scope).await? else { return Ok(None) };
        let last = view.history.known(self.scope).map(|version| version.number).max();
        match last {
            Some(number) => Ok(Some(self.store.edition(&view, number, self.scope).await?)),
            None => Ok(None),
        }
    }

    /// The nearest catalogue above for the same domain, and how it is printed: a place's own, else the ministry's
    /// guideline. `None` where no version of any is in force.
    pub(super) async fn upstream(
        &self,
        code: &CatalogueCode,
        chain: &[(DivisionCode, DivisionState)],
    ) -> Result<Option<(Edition, Layout)>> {
        for (division, _) in chain.iter().skip(1) {
            for kind in [CatalogueKind::Standard, CatalogueKind::Guideline] {
                let domain = code.domain.as_ref().map_or("00", DomainCode::as_str);
                let letter = kind.letter().map(String::from).unwrap_or_default();
                let Ok(code) = format!("{division}-{domain}{letter}").parse() else { continue };
                let Some(view) = self.store.catalogue(&code, self.scope).await? else { continue };
                let Some(number) = view.in_force else { continue };
                let edition = self.store.edition(&view, number, self.scope).await?;
                let layout = Layout::of(&edition, self.store.glossary(&code, self.scope).await?);
                return Ok(Some((edition, layout)));
            }
        }
        Ok(None)
    }

    /// A place and those above it, the nearest first.
    pub(super) async fn chain(&self, place: &DivisionCode) -> Result<Vec<(DivisionCode, DivisionState)>> {
        let mut chain = Vec::new();
        let mut next = Some(place.clone());
        // No chain is longer than the levels are many; a register that loops ends here, too.
        while let Some(code) = next.take().filter(|_| chain.len() < 6) {
            let Some(state) = self.store.record::<DivisionState>(code.as_str(), self.scope).await? else {
                break;
            };
            next.clone_from(&state.parent);
            chain.push((code, state));
        }
        Ok(chain)
    }

    /// The further elements that hold for a catalogue on the day of its version to be.
    pub(super) async fn held(
        &self,
        subject: &Subject,
        wanted: &Wanted,
        last: Option<&Edition>,
    ) -> Result<Vec<Held>> {
        let day = document::day(wanted, last, self.scope.effective_on);
        let code = &subject.catalogue;
        let scope = Scope { effective_on: day, ..self.scope };
        self.store.declarations(Some(&code.division), code.domain.as_ref(), scope).await
    }

    /// The places that branches named by these rows may serve: the chain, and what lies below its first.
    pub(super) async fn served(
        &self,
        rows: &[Assembled],
        chain: &[(DivisionCode, DivisionState)],
    ) -> Result<Vec<(DivisionCode, DivisionState)>> {
        let mut places = chain.to_vec();
        let names: BTreeSet<String> = branch::branches(rows).flat_map(branch::places).collect();
        if let Some((own, state)) = chain.first().filter(|_| !names.is_empty()) {
            let names: Vec<String> = names.into_iter().collect();
            let named: Vec<(String, DivisionState)> = self.store.called(&names, self.scope).await?;
            let named = named.into_iter().filter_map(|(code, state)| Some((code.parse().ok()?, state)));
            let below = named.filter(|(code, _)| code != own && subject::within(code, own, state.level));
            places.extend(below);
        }
        Ok(places)
    }

    pub(super) async fn units(&self, chain: &[(DivisionCode, DivisionState)]) -> Result<Units> {
        let places: Vec<DivisionCode> = chain.iter().map(|(code, _)| code.clone()).collect();
        let codes: Vec<String> = places.iter().map(ToString::to_string).collect();
        let units: Vec<(String, UnitState)> = self.store.belonging(&codes, self.scope).await?;
        let aliases: Vec<(String, AliasState)> = self.store.registered(self.scope).await?;
        let decided: Vec<(Text, String)> = aliases
            .into_iter()
            .filter(|(_, alias)| alias.register == AliasedRegister::Unit)
            .filter(|(_, alias)| alias.division.as_ref().is_none_or(|place| places.contains(place)))
            .map(|(_, alias)| (alias.text, alias.target))
            .collect();
        Ok(Units::new(&places, &units, &decided))
    }
}

/// The names of channels, laws and domains.
pub(super) async fn vocabulary(store: &Store, scope: Scope) -> Result<Vocabulary> {
    let channels: Vec<(String, ChannelState)> = store.registered(scope).await?;
    let bases: Vec<(String, LegalBasisState)> = store.registered(scope).await?;
    let domains: Vec<(String, DomainState)> = store.registered(scope).await?;
    Ok(Vocabulary::new(&channels, &bases, &domains))
}
