//! Items and what stands below them, as walks write them.

use std::sync::Arc;

use super::{
    Item, Method, Relation,
    connection::{DomainCount, ItemConnection, ItemFacets, says_domain},
    element::ElementKind,
    list::Listing,
    parts::{self, TimeLimitKind, TimeUnit},
};
use crate::{
    catalogue::{
        content::{self, Content},
        element::ElementSchema,
        facet::{Citation, Facet},
        local::{Local, UnitText},
        printed::{Names, Said, print},
        text::Text,
        time_limit::{self, TimeLimit},
    },
    graphql::{
        at::View,
        connection::Edge,
        division::{self, Division, Level},
        domain::{self, Domain},
        scalars::Digest,
        version,
        walk::{ChannelNames, Lines, Look, Plan, Table, Walk, Written, choice, of, table},
    },
    store::Leaf,
};

/// The tables of this module, by the names of their types.
pub(in crate::graphql) const TABLES: [Table; 16] = [
    of::<Item>(),
    of::<ItemConnection>(),
    of::<Edge<Item>>(),
    of::<ItemFacets>(),
    of::<DomainCount>(),
    of::<content::ContentPoint>(),
    of::<Cited<'static>>(),
    of::<Limit<'static>>(),
    of::<time_limit::PublicityPeriod>(),
    of::<Responsible<'static>>(),
    of::<Used<'static>>(),
    of::<content::Audience>(),
    of::<content::AudienceGroup>(),
    of::<Further<'static>>(),
    of::<Said<'static>>(),
    of::<version::Source>(),
];

choice!(ElementKind, Method, Relation, TimeLimitKind, TimeUnit);

/// What an entry's content says; `None` while it is missing.
fn content_of<'a>(leaf: &'a Leaf, look: &mut Look<'_>) -> Option<&'a Content> {
    match leaf.content.get() {
        Some(content) => Some(content),
        None => {
            let content = look.content(leaf.entry.content)?;
            Some(leaf.content.get_or_init(|| content))
        }
    }
}

/// What an entry's local part says; `None` while it is missing.
fn local_of<'a>(leaf: &'a Leaf, look: &mut Look<'_>) -> Option<&'a Local> {
    match leaf.local.get() {
        Some(local) => Some(local),
        None => {
            let local = look.local(leaf.entry.local)?;
            Some(leaf.local.get_or_init(|| local))
        }
    }
}

impl Item {
    fn said_in<'a>(&'a self, look: &mut Look<'_>) -> Option<&'a Content> {
        content_of(self.leaf(), look)
    }

    fn own_in<'a>(&'a self, look: &mut Look<'_>) -> Option<&'a Local> {
        local_of(self.leaf(), look)
    }

    fn domain_in(&self, look: &mut Look<'_>) -> Option<Domain> {
        let code = match self.domain_code() {
            Some(code) => code,
            None => self.own_in(look)?.domain.as_ref()?,
        };
        domain::look(look, self.view(), code.as_str())
    }

    fn division_in(&self, look: &mut Look<'_>) -> Option<Division> {
        division::look(look, self.view(), self.division_code())
    }

    fn origin_in(&self, look: &mut Look<'_>) -> Option<Self> {
        let origin = self.entry().origin.as_ref()?;
        let upstream = look.catalogue(self.view(), origin.item.catalogue.as_str())?;
        let known = upstream.known.versions().iter().find(|known| known.digest == origin.version)?;
        let version = version::look(look, &upstream, known.number)?;
        let tree = look.tree(version.known.digest)?;
        Self::new(&version, &tree, tree.place(&origin.item)?)
    }

    fn cited_in<'a>(&'a self, look: &mut Look<'_>) -> Option<Vec<Cited<'a>>> {
        let basis = self.said_in(look)?.basis.as_ref()?;
        Some(basis.iter().map(|basis| Cited { basis, view: self.view() }).collect())
    }

    fn units_in<'a>(&'a self, look: &mut Look<'_>) -> Option<Vec<Responsible<'a>>> {
        let units = self.own_in(look)?.units.as_ref()?;
        let unit = |unit| Responsible { unit, division: self.division_code(), view: self.view() };
        Some(units.iter().map(unit).collect())
    }

    fn channels_in<'a>(&'a self, look: &mut Look<'_>) -> Option<Vec<Used<'a>>> {
        let (content, local) = (self.said_in(look), self.own_in(look));
        let (channels, local) = (content?.channels.as_ref()?, local?);
        Some(channels.iter().map(|used| Used { used, local, view: self.view() }).collect())
    }

    fn levels_in(&self, look: &mut Look<'_>) -> Option<Vec<Level>> {
        let levels = self.own_in(look)?.levels.as_ref()?;
        Some(levels.iter().filter(|(_, ticked)| **ticked).map(|(level, _)| Level::from(*level)).collect())
    }

    fn labels_in(&self, look: &mut Look<'_>) -> Vec<Arc<ElementSchema>> {
        self.version.element_schemas().iter().filter_map(|digest| look.element(*digest)).collect()
    }

    fn further_in<'a>(&'a self, look: &mut Look<'_>) -> Option<Vec<Further<'a>>> {
        let (content, local) = (self.said_in(look), self.own_in(look));
        let declared = [&content?.extensions, &local?.extensions];
        if declared.iter().all(|some| some.is_none()) {
            return Some(Vec::new());
        }
        let labels = self.labels_in(look);
        let label = |key: &Text| label(&labels, key.as_str()).map(str::to_owned);
        let further = |(key, text): (&'a Text, &'a Text)| Further { key, label: label(key), text };
        Some(declared.into_iter().flatten().flatten().map(further).collect())
    }
}

fn label<'a>(labels: &'a [Arc<ElementSchema>], key: &str) -> Option<&'a str> {
    labels.iter().find(|element| element.key.as_str() == key).map(|element| element.label.as_str())
}

/// The elements of an item, in print.
struct Elements<'a>(&'a Item);

impl Written for Elements<'_> {
    fn write(&self, plan: &Plan, walk: &mut Walk<'_>) {
        let (item, look) = (self.0, &mut walk.look);
        let (Some(content), Some(local)) = (item.said_in(look), item.own_in(look)) else {
            return None::<Vec<Said<'_>>>.write(plan, walk);
        };
        let channels = look.channels(item.view(), content.channels.iter().flatten().map(|used| &*used.code));
        // Few rows have elements that must be declared.
        let declares = content.extensions.is_some() || local.extensions.is_some();
        let labels = if declares { item.labels_in(look) } else { Vec::new() };
        let heard = Heard { view: item.view(), channels, labels };
        if !walk.look.lacks() {
            print(content, local, &heard).write(plan, walk);
        }
        walk.look.give_back(heard.channels);
    }
}

/// What was looked up for printing.
struct Heard {
    view: View,
    channels: ChannelNames,
    labels: Vec<Arc<ElementSchema>>,
}

impl Names for Heard {
    fn channel(&self, code: &str) -> Option<&str> {
        self.channels.get(self.view, code)
    }

    fn extension(&self, key: &str) -> Option<&str> {
        label(&self.labels, key)
    }
}

table!("Item": Item {
    id = |item, _| item.global_id(),
    code = |item, _| &item.entry().item,
    digest = |item, _| item.item_digest(),
    contentDigest = |item, _| Digest(item.entry().content),
    position = |item, _| item.position + 1,
    canonical = |item, _| item.canonical_text(),
    topic = |item, look| {
        item.said_in(look).and_then(|content| content.names.first().filter(|_| content.names.len() > 1))
    },
    name = |item, look| item.said_in(look).and_then(|content| content.names.last()),
    names = |item, look| item.said_in(look).map(|content| &content.names),
    catalogue = |item, _| &item.version.catalogue,
    version = |item, _| &item.version,
    domain = |item, look| item.domain_in(look),
    division = |item, look| item.division_in(look),
    content = |item, look| item.said_in(look).and_then(|content| content.points.as_ref()),
    basis = |item, look| item.cited_in(look),
    timeLimit = |item, look| {
        item.said_in(look).map(|content| Limit(content.time_limits.iter().flatten().next()))
    },
    furtherTimeLimits = |item, look| item.said_in(look).map(|content| {
        content.time_limits.iter().flatten().skip(1).map(|limit| Limit(Some(limit))).collect::<Vec<_>>()
    }),
    publicityPeriod = |item, look| item.said_in(look).and_then(|content| content.publicity_period.as_ref()),
    responsibleUnits = |item, look| item.units_in(look),
    methods = |item, look| item.said_in(look).and_then(|content| content.methods.map(parts::methods)),
    channels = |item, look| item.channels_in(look),
    audience = |item, look| item.said_in(look).and_then(|content| content.audience.as_ref()),
    levels = |item, look| item.levels_in(look),
    extensions = |item, look| item.further_in(look),
    inferred = |item, look| item.own_in(look).map(|local| {
        local.inferred.iter().flatten().map(|kind| ElementKind::from(*kind)).collect::<Vec<_>>()
    }),
    elements = |item, _| Elements(item),
    relation = |item, _| Relation::from(item.entry().relation),
    origin = |item, look| item.origin_in(look),
    reason = |item, _| &item.entry().reason,
    source = |item, _| item.source_of_row(),
});

table!("ItemEdge": Edge<Item> { node = |edge, _| &edge.node, cursor = |edge, _| &edge.cursor });

table!("ItemConnection": ItemConnection {
    edges = |page, _| page.item_edges(),
    nodes = |page, _| &page.items,
    pageInfo = |page, _| page.info(),
    totalCount = |page, look| match &page.listing {
        Listing::Here(here) => i32::try_from(here.rows.len()).ok(),
        // The database counts.
        Listing::Wide { .. } => {
            look.fail();
            None
        }
    },
    facets = |page, _| ItemFacets { listing: page.listing.clone() },
});

table!("ItemFacets": ItemFacets { domains = |facets, look| facets.domains_in(look) });

table!("DomainCount": DomainCount { domain = |count, _| &count.domain, count = |count, _| count.count });

impl ItemFacets {
    fn domains_in(&self, look: &mut Look<'_>) -> Vec<DomainCount> {
        let Listing::Here(here) = &self.listing else {
            look.fail();
            return Vec::new();
        };
        let tallies = match here.rows.tallied(Facet::Domain) {
            Some(tallies) => tallies,
            None => {
                let unsaid = here.leaves().filter(|(table, _)| !says_domain(table, Facet::Domain));
                let missing = unsaid.filter(|(_, leaf)| local_of(leaf, look).is_none()).count();
                if missing > 0 {
                    return Vec::new();
                }
                here.tallies(Facet::Domain)
            }
        };
        let count = |tally: &crate::store::Tally| DomainCount {
            domain: tally.value.as_ref().and_then(|code| domain::look(look, here.view, code)),
            count: tally.int(),
        };
        tallies.iter().map(count).collect()
    }
}

table!("ContentPoint": content::ContentPoint {
    text = |point, _| &point.text,
    required = |point, _| point.required,
});

/// A citation of an item.
struct Cited<'a> {
    basis: &'a content::BasisCitation,
    view: View,
}

table!("BasisCitation": Cited<'_> {
    text = |cited, _| &cited.basis.text,
    title = |cited, _| &cited.basis.title,
    documentNumber = |cited, _| &cited.basis.document_number,
    article = |cited, _| &cited.basis.article,
    legalBasis = |cited, look| look.legal_basis(cited.view, &Citation::of(cited.basis)),
});

/// A time limit; `None`: not stated.
struct Limit<'a>(Option<&'a TimeLimit>);

table!("TimeLimit": Limit<'_> {
    kind = |limit, _| limit.0.map_or(TimeLimitKind::Unstated, |limit| limit.kind.into()),
    count = |limit, _| limit.0.and_then(|limit| limit.count),
    unit = |limit, _| limit.0.and_then(|limit| limit.unit).map(TimeUnit::from),
    period = |limit, _| limit.0.and_then(|limit| limit.period).map(TimeUnit::from),
    trigger = |limit, _| limit.0.and_then(|limit| limit.trigger.as_ref()),
    scope = |limit, _| limit.0.and_then(|limit| limit.scope.as_ref()),
    otherLawPrevails = |limit, _| limit.0.and_then(|limit| limit.other_law_prevails).unwrap_or(false),
    text = |limit, _| limit.0.and_then(|limit| limit.text.as_ref()),
});

table!("PublicityPeriod": time_limit::PublicityPeriod {
    count = |period, _| period.count,
    unit = |period, _| TimeUnit::from(period.unit),
    atLeast = |period, _| period.at_least,
    text = |period, _| &period.text,
});

/// A unit as an item prints it.
struct Responsible<'a> {
    unit: &'a UnitText,
    division: &'a str,
    view: View,
}

table!("ResponsibleUnit": Responsible<'_> {
    text = |printed, _| &printed.unit.text,
    alternatives = |printed, _| printed.unit.alternatives.as_deref().unwrap_or_default(),
    unit = |printed, look| look.unit(printed.view, printed.division, printed.unit.text.as_str()),
});

/// A channel as an item uses it.
struct Used<'a> {
    used: &'a content::ChannelUse,
    local: &'a Local,
    view: View,
}

table!("ChannelUse": Used<'_> {
    channel = |used, look| domain::look_channel(look, used.view, &used.used.code),
    required = |used, _| used.used.required,
    text = |used, _| &used.used.text,
    url = |used, _| {
        used.local.addresses.as_ref().and_then(|addresses| addresses.get(&used.used.code))
    },
});

table!("Audience": content::Audience {
    wholeSociety = |audience, _| audience.whole_society,
    groups = |audience, _| &audience.groups,
});

table!("AudienceGroup": content::AudienceGroup {
    text = |group, _| &group.text,
    code = |group, _| &group.code,
});

/// A further element of an item.
struct Further<'a> {
    key: &'a Text,
    /// Where it is declared.
    label: Option<String>,
    text: &'a Text,
}

table!("Extension": Further<'_> {
    key = |further, _| further.key,
    label = |further, _| further.label.as_deref().unwrap_or(further.key.as_str()),
    text = |further, _| further.text,
});

table!("Element": Said<'_> {
    kind = |said, _| ElementKind::from(said.kind),
    label = |said, _| &said.label,
    text = |said, _| Lines(&said.values),
    values = |said, _| &said.values,
});
